# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetch a picture from an address that the user gave. No bpy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from ..errors import BadInput, BadResult, NetworkError
from ..provider import Provider
from ..settings import Settings
from . import receive
from .answer import Headers
from .base64text import decode

if TYPE_CHECKING:
    from requests import Response

    from ..jobs.control import Control
    from .api import Api

__all__ = ["MOST_BYTES", "fetch_picture", "is_address", "name_in"]

MOST_BYTES = 100_000_000
REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_ADVICE = "Copy the address of the image itself, or save it to a file and choose that."


class _Web(Provider):
    """Whatever server an address names: it gets no key, and nothing but the question."""

    name = "web"
    label = "The server of the picture"
    read_timeout = 20.0


def is_address(text: str) -> bool:
    """Whether a text is one address that a picture may be fetched from: http, https or `data:image`."""
    text = text.strip()
    if re.match(r"data:image/", text, re.IGNORECASE):
        return True
    return bool(re.fullmatch(r"https?://[^\s/]+\S*", text, re.IGNORECASE))


def name_in(url: str) -> str:
    """Return what to call the picture: the last part of the address without its suffix, else "picture"."""
    if url[:5].lower() == "data:":
        return "picture"
    return Path(unquote(urlsplit(url).path)).stem or "picture"


def fetch_picture(url: str, path: Path, *, settings: Settings, control: Control) -> Path:
    """Write what is at `url`, at most `MOST_BYTES`, to `path`; `control.stop` ends it at once.

    `Offline`, `NetworkError`, or `BadInput` when it is no file that can be had. Whether it is a picture is not judged.
    """
    url = url.strip()
    if url[:5].lower() == "data:":
        try:
            return decode(url, path, most_bytes=MOST_BYTES)
        except BadResult as error:
            raise BadInput(f"The address holds no picture ({error.message})", advice=_ADVICE) from None
    from .api import Api

    api = Api(_Web(), settings, account={})
    control.attach(api)
    try:
        return _fetched(url, path, api)
    finally:
        control.attach(None)
        api.close()


def _fetched(url: str, path: Path, api: Api) -> Path:
    for _ in range(REDIRECTS):
        host = _host(url)
        # compressed on the way, the length could not be compared
        with api.open("GET", url, headers={"Accept": "image/*", "Accept-Encoding": "identity"}) as response:
            headers = Headers(response.headers)
            if response.status_code not in _REDIRECTS:
                return _saved(response, headers, path, api=api, host=host)
            url = urljoin(url, headers.get("location", ""))
    raise NetworkError(f"{_host(url)} redirects in a circle")


def _saved(response: Response, headers: Mapping[str, str], path: Path, *, api: Api, host: str) -> Path:
    if response.status_code != 200:
        raise BadInput(f"{host} refused the picture (HTTP {response.status_code})", advice=_ADVICE)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("text/"):
        raise BadInput(f"At this address of {host} is a web page, no picture", advice=_ADVICE)
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > MOST_BYTES:
        raise BadInput(_too_large(host), advice=_ADVICE)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        for _done in receive.write_file(api.chunks(response), path, most=MOST_BYTES):
            pass
    except BadResult:
        raise BadInput(_too_large(host), advice=_ADVICE) from None
    return path


def _too_large(host: str) -> str:
    return f"The picture at {host} has more than {MOST_BYTES // 1_000_000} MB"


def _host(url: str) -> str:
    """Return the host of an address; `BadInput` when it is not one of http or https."""
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1) > 0:
            return parts.hostname
    except ValueError:
        pass
    raise BadInput("The address leads to what is neither http nor https", advice=_ADVICE)
