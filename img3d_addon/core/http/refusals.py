# SPDX-License-Identifier: GPL-3.0-or-later
"""From an answer that is no success to the error that a user reads. No bpy."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any, cast

from ..errors import (
    AuthError,
    CreditsError,
    NetworkError,
    NotFound,
    PlanError,
    ProviderError,
    RateLimited,
    RequestRefused,
    ServerError,
    TooLarge,
)
from . import redact
from .answer import Answer, decoded

__all__ = ["BY_STATUS", "one_line", "refusal", "said_by", "wait_of"]

BY_STATUS: Mapping[int, type[ProviderError]] = {
    400: RequestRefused,
    401: AuthError,
    402: CreditsError,
    403: PlanError,
    404: NotFound,
    405: NotFound,
    409: RequestRefused,
    410: NotFound,
    413: TooLarge,
    415: RequestRefused,
    422: RequestRefused,
    429: RateLimited,
}
WORDS = ("errors", "message", "messege", "error", "detail", "reason", "error_message", "msg", "title")
"""Where services put their sentence, in the order of trust; `messege` is ModelsLab's spelling."""

DOES: Mapping[type[ProviderError], str] = {
    AuthError: "refused the key",
    CreditsError: "says that the credits do not suffice",
    PlanError: "does not allow this call",
    NotFound: "did not find what was asked for",
    TooLarge: "says that the request is too large",
    RateLimited: "has had too many requests",
    ServerError: "failed by its own fault",
}
LONGEST = 500  # characters of a service's own words that a person may be shown


def refusal(
    answer: Answer,
    *,
    provider: str,
    kind: type[ProviderError] | None = None,
    wait: float | None = None,
    advice: str | None = None,
) -> ProviderError:
    """Return the error for a status outside 2xx, with the service's own sentence in it.

    `kind` overrides what the status alone says; `wait` is used for a `RateLimited` that names no time itself.
    """
    if answer.status == 407:
        text = f"The proxy wants a user name and password before it lets {provider} be asked (HTTP 407)"
        return NetworkError(text, sent=False, provider=provider, status=407)
    kind = kind or BY_STATUS.get(answer.status) or (ServerError if answer.status >= 500 else ProviderError)
    said = said_by(answer)
    does = DOES.get(kind, "refused the request")
    if answer.text.lstrip().startswith("<"):
        does += ", with a web page that may come from a proxy or a firewall"
    error = kind(
        f"{provider} {does}{f': “{said}”' if said else ''} (HTTP {answer.status})",
        provider=provider,
        status=answer.status,
        advice=advice,
    )
    # only JSON is surely the service's own word; gateways in front of it answer in plain text and web pages
    error.said = said if _is_json(answer) else ""
    if isinstance(error, RateLimited):
        told = wait_of(answer)
        error.wait = wait if told is None else told
    return error


def said_by(answer: Answer) -> str:
    """Return the service's own sentence, or an empty text when the answer is a web page or empty.

    Queries of addresses in it are left out: they may be signatures, such as that of the picture it cannot read.
    """
    text = answer.text.strip()
    try:
        found = "; ".join(_sentences(decoded(text)))
    except (ValueError, RecursionError):
        found = "" if text.startswith("<") else text
    return one_line(redact.addresses(found))


def one_line(text: str, longest: int = LONGEST) -> str:
    """Return words from outside as one line that can be shown: no control characters, at most `longest` of them."""
    line = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * longest])
    line = re.sub(r"\s+", " ", line).strip()
    return line if len(line) <= longest else f"{line[:longest]}…"


def _is_json(answer: Answer) -> bool:
    try:
        decoded(answer.text)
    except ValueError:
        return False
    return True


def wait_of(answer: Answer) -> float | None:
    """Return the seconds that the service asks to wait: `Retry-After`, or a hint in the body."""
    header = answer.headers.get("retry-after", "").strip()
    hints = answer.object
    for value in (header, hints.get("retry_after"), hints.get("remainingSeconds")):
        seconds = _seconds(value)
        if seconds is not None:
            return seconds
    return None


def _seconds(value: Any) -> float | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    from email.utils import parsedate_to_datetime  # slow to import

    try:
        seconds = float(value)
    except (TypeError, ValueError):
        try:
            seconds = parsedate_to_datetime(str(value)).timestamp() - time.time()
        except (TypeError, ValueError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _sentences(value: Any) -> Iterable[str]:
    """Yield the texts below the first known word of an object, or of a list, in their order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _sentences(item)
    elif isinstance(value, Mapping):
        yield from _of_object(cast("Mapping[str, Any]", value))


def _of_object(value: Mapping[str, Any]) -> Iterable[str]:
    for word in WORDS:
        found = list(_sentences(value.get(word)))
        if found:
            yield from found
            return
    # an object of field -> complaints, as ModelsLab and validators write
    for name, item in value.items():
        if isinstance(item, list):
            yield from (f"{name}: {text}" for text in _sentences(item))
