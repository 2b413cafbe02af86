# SPDX-License-Identifier: GPL-3.0-or-later
"""Take keys, signed queries and picture data out of what goes into logs and errors. No bpy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

__all__ = ["addresses", "secrets_out", "text", "url"]

MASK = "***"
_URL = re.compile(r"https?://[^\s\"'<>\\]+")
_FIELD = re.compile(r"(\"(?:key|[\w-]*(?:api_?key|secret|token|password|signature))\"\s*:\s*)\"[^\"]*\"", re.IGNORECASE)
_SCHEME = re.compile(r"\b(Bearer|Basic|Key)(\s+)[A-Za-z0-9+/=._:~-]{4,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{160,}={0,2}")
SHORTEST_SECRET = 6  # characters; a shorter one would blank ordinary words
MOST_ESCAPED = 1 << 20  # characters; longer texts hold base64, and are not looked through letter by letter


def text(value: str, secrets: Iterable[str] = ()) -> str:
    """Return `value` without `secrets`, keys in JSON, authorisation schemes, queries of addresses and long base64."""
    value = secrets_out(value, secrets)
    value = addresses(value)
    value = _SCHEME.sub(rf"\1\2{MASK}", _FIELD.sub(rf'\1"{MASK}"', value))
    return _BASE64.sub(lambda match: f"<{len(match.group())} characters>", value)


def addresses(value: str) -> str:
    """Return `value` with its web addresses as `url` shows them, and nothing else changed."""
    return _URL.sub(lambda match: url(match.group()), value)


def secrets_out(value: str, secrets: Iterable[str]) -> str:
    """Return `value` with each of `secrets` masked, also where JSON escapes stand in it, and nothing else changed."""
    for secret in secrets:
        if len(secret) < SHORTEST_SECRET:
            continue
        value = value.replace(secret, MASK)
        if "\\" in value and len(value) <= MOST_ESCAPED:
            letters = (rf"(?:\\?{re.escape(letter)}|\\u(?i:{ord(letter):04x}))" for letter in secret)
            value = re.sub("".join(letters), MASK, value)
    return value


def url(value: str) -> str:
    """Return an address without user, query and fragment; a data URI without its data."""
    if value[:5].lower() == "data:":
        return value.partition(",")[0][:80] + ",…"
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "<no address>"
    query = "?…" if parts.query else ""
    scheme = f"{parts.scheme}:" if parts.scheme else ""
    return f"{scheme}//{host}{port}{parts.path}{query}" if host else f"{scheme}{parts.path}{query}"
