# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP client that is handed to providers. No bpy."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import tempfile
import threading
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin, urlsplit

from ..errors import Cancelled, Img3dError, Offline, OutputError, ProviderError
from ..files import room
from ..params import Secret
from . import keys, receive, redact
from .answer import Answer, Headers
from .base64text import decode
from .body import Base64File, Body, FilePart, of_file, of_form, of_json

if TYPE_CHECKING:
    from requests import Response

    from ..provider import Provider
    from ..settings import Settings

__all__ = ["Api", "Base64File", "FilePart"]

log = logging.getLogger(__name__)

MOST_FILE = 1 << 30  # bytes
MOST_REFUSAL = 2 << 20  # bytes that are read of an answer that is no success
REDIRECTS = 5


class Api:
    """One provider's connection: base URL, headers, keys, time-outs, errors.

    For one thread at a time; `abort` may be called from any. An answer outside 2xx is raised as
    `provider.explain(answer)`, trouble on the way as `NetworkError`. Answers that are neither JSON nor text are
    written into `folder`. Nothing is ever sent twice.
    """

    def __init__(
        self, provider: Provider, settings: Settings, *, account: Mapping[str, str], folder: Path | None = None
    ) -> None:
        from .transport import Transport  # with it come ssl and http.client: not when the add-on is enabled

        self.provider = provider
        self.settings = settings
        self._folder = folder
        self.base_url = keys.base_url(provider, settings) if provider.base_url else ""
        self._account = dict(account)
        self._secrets = _secrets(provider, account)
        self._hosts = {_origin(self.base_url)}
        if self.base_url == provider.base_url:
            self._hosts.update(map(_origin, provider.other_hosts))
        self._ended = threading.Event()
        self._end: Img3dError | None = None
        self._files = 0
        self._transport = Transport(
            label=provider.label,
            user_agent=settings.user_agent,
            connect_timeout=settings.connect_timeout,
            read_timeout=provider.read_timeout,
        )

    def get(self, path: str, *, query: Mapping[str, str] | None = None) -> Answer:
        """GET `path`, which is joined to the base URL, or is a whole address."""
        return self._call("GET", self._address(path, query))

    def post(
        self,
        path: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, FilePart] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """POST to `path`: `json` (with `Base64File` values if need be), or `form` and `files` as multipart."""
        body = None
        if json is not None:
            body = of_json(json)
        elif form is not None or files is not None:
            body = of_form(form or {}, files or {})
        return self._call("POST", self._address(path, query), body=body, headers=headers)

    def put(
        self, url: str, *, body: Path | bytes, headers: Mapping[str, str] | None = None, bare: bool = True
    ) -> Answer:
        """PUT `body` to a whole address of any host; `bare` is without the provider's headers, even at home."""
        return self._call("PUT", url, body=of_file(body), headers=headers, bare=bare)

    def delete(self, path: str) -> Answer:
        """DELETE `path`."""
        return self._call("DELETE", self._address(path, None))

    def key(self, name: str) -> str:
        """Return a declared account value, such as a key for the services that want it in the body."""
        return self._account[name]

    def is_home(self, url: str) -> bool:
        """Tell whether `url` belongs to the service itself, so that keys may go there."""
        return _origin(url) in self._hosts

    def decode(self, text: str) -> Path:
        """Write a file that came as base64, or as a `data:` address, inside an answer; `BadResult` when it is none."""
        return decode(text, self._next_file())

    @property
    def folder(self) -> Path:
        """Where files of answers go."""
        if self._folder is None:
            raise ProviderError(f"{self.provider.label} answered with a file where words were expected")
        return self._folder

    @property
    def cancelled(self) -> bool:
        """Whether `abort` was called."""
        return self._ended.is_set()

    def check(self) -> None:
        """Raise the error given to `abort`."""
        if self._ended.is_set() and self._end:
            raise self._end

    def wait(self, seconds: float) -> None:
        """Let `seconds` pass; `abort` ends the wait at once."""
        self._ended.wait(seconds)
        self.check()

    def abort(self, error: Img3dError | None = None) -> None:
        """End the request under way, and every later one, with `error`; by default `Cancelled`. Any thread."""
        if not self._ended.is_set():
            self._end = error or Cancelled("The job was cancelled")
            self._ended.set()
        self._transport.abort()

    def close(self) -> None:
        """Close the connections. Not while a request is under way: `abort` that first."""
        self._transport.close()

    @contextlib.contextmanager
    def open(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: Body | None = None
    ) -> Generator[Response, None, None]:
        """Make one request with just these headers; the response is read through `chunks`. For the core only."""
        self.check()
        if not self.settings.online:
            raise Offline(f"{self.provider.label} needs the network", advice=self.settings.offline_advice)
        try:
            response = self._transport.send(method, url, headers=headers, body=body)
            with contextlib.closing(response):
                log.debug("%s %s -> %s", method, redact.url(url), response.status_code)
                yield response
        except ProviderError:
            self.check()  # our own abort breaks connections, too
            raise

    def chunks(self, response: Response) -> Iterator[bytes]:
        """Yield the body of a response of `open`."""
        for chunk in self._transport.chunks(response):
            self.check()
            yield chunk
        self.check()

    def scrub(self, text: str) -> str:
        """Return `text` without the keys of this client."""
        return redact.secrets_out(text, self._secrets)

    def _call(
        self,
        method: str,
        url: str,
        *,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
        bare: bool = False,
    ) -> Answer:
        for _ in range(REDIRECTS):
            own: Mapping[str, str] = {} if bare or not self.is_home(url) else self.provider.headers(self._account)
            with self.open(method, url, headers={**own, **(headers or {})}, body=body) as response:
                if response.status_code not in (301, 302, 303, 307, 308):
                    return self._judged(self._answer(response, url))
                url = self._next(method, url, response.headers.get("Location", ""))
        raise ProviderError(f"{self.provider.label} redirected in a circle", provider=self.provider.label)

    def _judged(self, answer: Answer) -> Answer:
        if 200 <= answer.status < 300:
            return answer
        log.debug("%s answered: %s", self.provider.label, redact.text(answer.text[:2000]))
        raise self.provider.explain(answer)

    def _answer(self, response: Response, url: str) -> Answer:
        headers = Headers({name: self.scrub(value) for name, value in response.headers.items()})
        first, chunks = receive.peek(self.chunks(response))
        good = 200 <= response.status_code < 300
        text, file = "", None
        if not good:
            text = receive.read_text(chunks, most=MOST_REFUSAL, cut=True, headers=headers)
        elif receive.is_text(headers.get("content-type", "").partition(";")[0].strip().lower(), first):
            text = receive.read_text(chunks, most=receive.MOST_TEXT, cut=False, headers=headers)
        else:
            file = self._save(chunks)
        return Answer(
            status=response.status_code,
            headers=headers,
            text=self.scrub(text),
            file=file,
            url=url,
            provider=self.provider.label,
        )

    def _save(self, chunks: Iterator[bytes]) -> Path:
        path = self._next_file()
        for _done in receive.write_file(chunks, path, most=MOST_FILE):
            self.check()
        return path

    def _next_file(self) -> Path:
        self._files += 1
        room.give_back(self.folder)  # it was held for just this file
        return self._writable() / f"answer-{self._files}"

    def _writable(self) -> Path:
        """Return the folder for answers, or another one where it was shut: what comes may be paid for already."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if os.access(self.folder, os.W_OK | os.X_OK):
                return self.folder
            reason = os.strerror(errno.EACCES)
        except OSError as error:
            reason = error.strerror
        try:
            return Path(tempfile.mkdtemp(prefix="img3d-answer-"))
        except OSError as error:
            raise OutputError(f"{self.folder} cannot be written ({reason})") from error

    def _address(self, path: str, query: Mapping[str, str] | None) -> str:
        url = self._whole(path) if "://" in path else f"{self.base_url}/{path.lstrip('/')}"
        if query:
            url += ("&" if "?" in url else "?") + urlencode(query)
        return url

    def _whole(self, url: str) -> str:
        """Return a whole address; the user's own base URL stands in for the vendor's other hosts, too."""
        if self.base_url == self.provider.base_url or _origin(url) not in map(_origin, self.provider.other_hosts):
            return url
        parts = urlsplit(url)
        return f"{self.base_url}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    def _next(self, method: str, url: str, location: str) -> str:
        """Return where a redirect leads, when it may be followed."""
        target = urljoin(url, location)
        if method == "GET" and location and self.is_home(url) and self.is_home(target):
            return target
        where = f"to {self.scrub(redact.url(target))}" if location else "without saying where"
        raise ProviderError(
            f"{self.provider.label} redirected the request {where}, which is not followed",
            provider=self.provider.label,
            advice="Check the base URL in the preferences; http where https is due is a common cause.",
        )


def _secrets(provider: Provider, account: Mapping[str, str]) -> tuple[str, ...]:
    """Return what nobody may read: keys, the parts that colons join in them, and what the headers make of them."""
    keys = [account[item.name] for item in provider.account if isinstance(item, Secret) and item.name in account]
    parts = [part for key in keys if ":" in key for part in key.split(":")]
    header = provider.headers(account).get("Authorization", "") if keys else ""
    return (*keys, header.rpartition(" ")[2], *parts) if header else (*keys, *parts)


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", "", None
    return parts.scheme, (parts.hostname or "").lower(), port
