# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetch a finished model from the addresses that a service gave. No bpy."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ..errors import BadResult, NetworkError, NotFound, OutputError, ProviderError, ServerError
from ..files.preflight import check_length
from ..files.sniff import MODELS, kind_of
from . import receive, redact
from .answer import Answer, Headers
from .base64text import decode
from .refusals import one_line, refusal

if TYPE_CHECKING:
    from requests import Response

    from .api import Api

__all__ = ["MOST_BYTES", "Downloading", "fetch", "fetch_beside", "judge"]

log = logging.getLogger(__name__)

MOST_BYTES = 1 << 30
REDIRECTS = 10
BESIDE = (".mtl", ".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tga", ".bin")  # what may lie beside a model
GONE = (400, 401, 403, 404, 410)  # what stores answer for a signed link that is over


@dataclass(frozen=True)
class Downloading:
    """So many bytes are on disk; `total` is None while the service does not say."""

    done: int
    total: int | None = None


def fetch(
    urls: Sequence[str], *, api: Api, folder: Path, name: str = "model", most_bytes: int = MOST_BYTES
) -> Generator[Downloading, None, Path]:
    """Fetch the first of `urls` that delivers a model, yielding progress; return `folder/name.<kind>`.

    An archive is left packed; `data:` addresses are decoded. None of the provider's headers are sent.
    `BadResult` when what came is no model, `NotFound` when a link is over, other `ProviderError`s as they come.
    """
    last: ProviderError | None = None
    for url in urls:
        raw = folder / f"{name}.download"
        try:
            yield from _get(url, api=api, path=raw, most_bytes=most_bytes)
            return _renamed(raw, folder / f"{name}.{judge(raw)}")
        except ProviderError as error:
            log.info("%s did not deliver: %s", redact.url(url), error.kind)
            error.message, error.said = api.scrub(error.message), api.scrub(error.said)
            last = error
        finally:
            with contextlib.suppress(OSError):
                raw.unlink(missing_ok=True)
    if last is None:
        raise BadResult(f"{api.provider.label} named no file", provider=api.provider.label)
    last.provider = api.provider.label
    raise last


def fetch_beside(files: Mapping[str, str], *, api: Api, folder: Path) -> Generator[Downloading, None, None]:
    """Fetch files that belong to a model into its `folder`, by their names; the model counts without them."""
    for name, url in files.items():
        if not _is_plain(name) or Path(name).suffix.lower() not in BESIDE:
            log.warning("%s names a file that cannot lie beside a model", api.provider.label)
            continue
        try:
            yield from _get(url, api=api, path=folder / name, most_bytes=MOST_BYTES)
        except (BadResult, NotFound) as error:
            log.warning("%s, which belongs to the model, was not delivered: %s", name, error)


def judge(path: Path) -> str:
    """Return the kind of a delivered file, a model's or "zip"; `BadResult` says what came instead of a whole one."""
    try:
        kind = kind_of(path)
        if kind != "zip" and kind not in MODELS:
            raise BadResult(_no_model(path, kind))
        if kind == "glb":
            check_length(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be read ({error.strerror})") from error
    return kind


def _is_plain(name: str) -> bool:
    """Whether this is a file's name on every system, and no path."""
    return bool(re.fullmatch(r"\w[\w .()-]{0,100}", name)) and not name.endswith((".", " "))


def _renamed(raw: Path, path: Path) -> Path:
    try:
        return raw.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror})") from error


def _get(url: str, *, api: Api, path: Path, most_bytes: int) -> Generator[Downloading, None, None]:
    if url[:5].lower() == "data:":
        yield Downloading(decode(url, path, most_bytes=most_bytes).stat().st_size)
        return
    for _ in range(REDIRECTS):
        _allow(url)
        # compressed on the way, the length could not be compared
        with api.open("GET", url, headers={"Accept-Encoding": "identity"}) as response:
            location = response.headers.get("Location", "")
            if response.status_code not in (301, 302, 303, 307, 308):
                yield from _save(response, api=api, path=path, most_bytes=most_bytes)
                return
            url = urljoin(url, location)
    raise NetworkError("The link to the model redirects in a circle")


def _save(response: Response, *, api: Api, path: Path, most_bytes: int) -> Generator[Downloading, None, None]:
    chunks = api.chunks(response)
    headers = Headers(response.headers)
    if response.status_code != 200:
        text = receive.read_text(chunks, most=4096, cut=True, headers=headers)
        raise _refused(Answer(status=response.status_code, headers=headers, text=text))
    length = headers.get("content-length", "")
    total = int(length) if length.isdecimal() and "content-encoding" not in headers else None
    if total is not None and total > most_bytes:
        raise BadResult(f"The model has {total >> 20} MiB; more than {most_bytes >> 20} MiB are not fetched")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{path.parent} cannot be made ({error.strerror})") from error
    for done in receive.write_file(chunks, path, most=most_bytes):
        yield Downloading(done, total)


def _refused(answer: Answer) -> ProviderError:
    if answer.status in GONE:
        return NotFound(f"The link to the model is over or was refused (HTTP {answer.status})", status=answer.status)
    if answer.status == 429 or answer.status >= 500:
        return refusal(answer, provider="The server of the model file")
    return ServerError(f"The server of the model file answered HTTP {answer.status}", status=answer.status)


def _allow(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good:
        scheme, colon, _ = url.partition(":")
        kind = f"an address of the kind “{scheme[:20]}:”" if colon else "what is no web address"
        raise BadResult(f"The model is said to lie at {kind}; only http and https are read")


def _no_model(raw: Path, kind: str) -> str:
    if kind == "empty":
        return "The delivered file is empty"
    if kind == "html":
        return "A web page was delivered instead of a model: the link may be over, or a proxy answered"
    if kind == "json":
        with raw.open("rb") as stream:
            text = stream.read(4096).decode(errors="replace")
        return f"A message was delivered instead of a model: “{one_line(redact.text(text), 300)}”"
    return f"The delivered file is no model that Blender can read ({kind})"
