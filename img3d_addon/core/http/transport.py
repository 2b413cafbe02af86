# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP request at a time: proxies and certificates of the user's system, time-outs, trouble in words. No bpy."""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import NetworkError
from ..packages import need
from .body import Body
from .wire import Wire, adapter

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session

__all__ = ["CHUNK", "Transport"]

CHUNK = 256 * 1024  # bytes
VERBATIM = re.compile(r"[!-~]+")


class Transport:
    """A `requests` session for one thread; `abort` may be called from any. Redirects are the caller's to judge."""

    def __init__(self, *, label: str, user_agent: str, connect_timeout: float, read_timeout: float) -> None:
        self.label = label
        self.user_agent = user_agent
        self.timeout = (connect_timeout, read_timeout)
        self._wire = Wire()
        self._session: Session | None = None

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: Body | None = None
    ) -> Response:
        """Return the open response of one request; `NetworkError` tells whether it can have reached the server."""
        self._wire.sweep()
        origin, target = _line(url)
        self._wire.begin(origin=origin, target=target)
        known = url.partition("?")[0] if target else url  # urllib3 logs it: a signed query must not be in it
        try:
            return self._send(method, known, headers or {}, body)
        except _trouble() as error:
            raise self.failure(error, url) from None

    def chunks(self, response: Response) -> Iterator[bytes]:
        """Yield the body in pieces; `NetworkError` when it breaks off or is shorter than it was said to be."""
        try:
            yield from response.iter_content(CHUNK)
            said = response.headers.get("Content-Length", "")
            got = response.raw.tell()
        except _trouble() as error:
            raise self.failure(error, response.url) from None
        # the requests of Blender 4 takes a short body for a whole one
        if said.isdecimal() and response.request.method != "HEAD" and got < int(said):
            raise NetworkError(f"{self._host(response.url)} broke off after {got} of {said} bytes", provider=self.label)

    def failure(self, error: BaseException, url: str) -> NetworkError:
        """Say what went wrong, in words that help, without anything that the error text may leak."""
        via_proxy = bool(self._proxies(url))
        words = _words(error, self._host(url), reached=self._wire.reached, via_proxy=via_proxy)
        return NetworkError(words, sent=self._wire.reached, provider=self.label)

    def abort(self) -> None:
        """End the request under way from another thread; later ones fail at once."""
        self._wire.abort()

    def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            self._session.close()
        self._wire.sweep()

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: Body | None) -> Response:
        session = self._open()
        if method != "GET":
            for mounted in session.adapters.values():
                mounted.close()  # a kept connection may be dead: what is never repeated goes over a fresh one
        request = self._prepare(session, method, url, headers, body)
        settings = session.merge_environment_settings(url, {}, True, None, None)
        settings["proxies"] = self._proxies(url)
        return session.send(request, timeout=self.timeout, allow_redirects=False, **settings)

    def _prepare(
        self, session: Session, method: str, url: str, headers: Mapping[str, str], body: Body | None
    ) -> PreparedRequest:
        from requests import Request

        own = {"User-Agent": self.user_agent, **headers}
        if body is not None:
            own.setdefault("Content-Type", body.mime)
        # an own `auth`, which adds nothing, keeps requests from sending what stands in ~/.netrc instead of the key
        # an empty body is none: requests would send it in chunks, without a length, which some servers refuse
        return session.prepare_request(Request(method, url, headers=own, data=body or None, auth=_unchanged))

    def _open(self) -> Session:
        if self._session is None:
            need("requests")
            from requests import Session

            self._session = Session()
            for prefix in ("https://", "http://"):
                self._session.mount(prefix, adapter(self._wire))
        return self._session

    def _proxies(self, url: str) -> dict[str, str]:
        """Return the proxies of the environment, none for this computer itself: no proxy can reach that."""
        if _is_loopback(urlsplit(url).hostname or ""):
            return {}
        from requests.utils import get_environ_proxies

        found = get_environ_proxies(url)
        scheme = urlsplit(url).scheme
        return {name: value for name, value in found.items() if name in (scheme, "all") or "://" in name}

    def _host(self, url: str) -> str:
        host = urlsplit(url).hostname or "the service"
        return f"{self.label} ({host})" if self.label else host


def _unchanged(request: PreparedRequest) -> PreparedRequest:
    return request


def _line(url: str) -> tuple[str, str]:
    """Return origin and target as they are written; no target where HTTP does not allow its characters."""
    address = url.partition("#")[0]
    scheme, _, rest = address.partition("://")
    end = min((place for place in map(rest.find, "/?") if place >= 0), default=len(rest))
    target = rest[end:] if rest[end:].startswith("/") else f"/{rest[end:]}"
    return f"{scheme}://{rest[:end]}", target if VERBATIM.fullmatch(target) else ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _trouble() -> tuple[type[BaseException], ...]:
    from urllib3.exceptions import HTTPError

    return (OSError, HTTPError, http.client.HTTPException, UnicodeError)  # requests' own errors are OSErrors


def _words(error: BaseException, host: str, *, reached: bool, via_proxy: bool) -> str:
    """Return one sentence about a failed request."""
    from requests import exceptions

    chain = list(_chain(error))
    text = " ".join(str(item) for item in chain)

    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(item, kinds) for item in chain)

    late = "without an answer" if reached else "before a connection was made"
    cases = (
        (
            has(exceptions.ProxyError, exceptions.InvalidProxyURL),
            f"The proxy between here and {host} could not be used",
        ),
        (via_proxy and "SOCKS" in text, f"The SOCKS proxy between here and {host} could not be used"),
        ("TLS CA certificate" in text, f"REQUESTS_CA_BUNDLE names no certificate file, so that {host} was not asked"),
        (has(ssl.SSLCertVerificationError) or "VERIFY_FAILED" in text, f"The certificate of {host} was not trusted"),
        (has(ssl.SSLError, exceptions.SSLError) and not reached, f"No secure connection (TLS) to {host} could be made"),
        (has(socket.gaierror) or "resolve" in text, f"The name of {host} was not found (DNS)"),
        (has(ConnectionRefusedError), f"{host} refused the connection"),
        (has(TimeoutError, exceptions.Timeout) or "timed out" in text, f"{host} timed out {late}"),
        (not reached, f"No connection to {host} could be made"),
    )
    return next((words for case, words in cases if case), f"The connection to {host} was broken off")


def _chain(error: BaseException, depth: int = 0) -> Iterator[BaseException]:
    """Yield an error and what it wraps; requests and urllib3 keep the cause in several places."""
    yield error
    if depth > 8:
        return
    inner = (getattr(error, "reason", None), error.__cause__, error.__context__, *error.args)
    for item in inner:
        if isinstance(item, BaseException) and item is not error:
            yield from _chain(item, depth + 1)
