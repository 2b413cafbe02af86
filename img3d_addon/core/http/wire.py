# SPDX-License-Identifier: GPL-3.0-or-later
"""The live sockets of one client: how far a request came, and how another thread ends it. No bpy."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter

__all__ = ["Wire", "adapter"]


class Wire:
    """What is known of the request under way. `reached` tells that a connection, with TLS where due, stood.

    `target`, path and query, goes into the request line byte for byte; urllib3 would rewrite its percent escapes.
    """

    def __init__(self) -> None:
        self.reached = False
        self.target = self.origin = ""
        self._aborted = False
        self._lock = threading.Lock()
        self._live: list[tuple[Any, socket.socket]] = []

    def begin(self, *, origin: str, target: str) -> None:
        """Forget the request before; an empty `target` leaves the line to urllib3."""
        self.reached, self.origin, self.target = False, origin, target

    def add(self, connection: Any, sock: socket.socket) -> None:
        """Remember a new socket. A duplicate is kept: shutting it down ends reads, TLS or not, in any thread."""
        with self._lock:
            if self._aborted:
                raise ConnectionAbortedError("ended")
            self._live.append((connection, sock.dup()))

    def sweep(self) -> None:
        """Let go of sockets whose connection is closed."""
        with self._lock:
            closed = [(connection, sock) for connection, sock in self._live if connection.sock is None]
            self._live = [item for item in self._live if item not in closed]
        for _connection, sock in closed:
            sock.close()

    def abort(self) -> None:
        """Break every connection, now and later."""
        with self._lock:
            self._aborted = True
            for _connection, sock in self._live:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)


class FinalResponse(http.client.HTTPResponse):
    """Skips interim answers such as 103 Early Hints; `http.client` skips 100 only and takes the rest for final."""

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            read: Any = super()  # its types leave this method out
            line: tuple[str, int, str] = read._read_status()
            if line[1] not in (102, 103):
                return line
            http.client.parse_headers(self.fp)


def adapter(wire: Wire) -> HTTPAdapter:
    """Return a `requests` adapter whose connections report to `wire`."""
    from requests.adapters import HTTPAdapter

    pools = _pool_classes(wire)

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = pools

        def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
            manager = super().proxy_manager_for(proxy, **kwargs)
            if not str(proxy).lower().startswith("socks"):  # it has connection classes of its own
                manager.pool_classes_by_scheme = pools
            return manager

    return Adapter()


def _pool_classes(wire: Wire) -> dict[str, Any]:
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    class Plain(HTTPConnectionPool):
        ConnectionCls: Any = _recorded(HTTPConnectionPool.ConnectionCls, wire)

    class Secure(HTTPSConnectionPool):
        ConnectionCls: Any = _recorded(HTTPSConnectionPool.ConnectionCls, wire)

    return {"http": Plain, "https": Secure}


def _recorded(base: Any, wire: Wire) -> Any:
    def new_conn(self: Any) -> socket.socket:
        sock: socket.socket = base._new_conn(self)
        wire.add(self, sock)
        return sock

    def connect(self: Any) -> None:
        base.connect(self)
        wire.reached = True

    def putrequest(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None:
            wire.reached = True
        if wire.target:
            url = wire.target if url.startswith("/") else wire.origin + wire.target  # a proxy wants it whole
        base.putrequest(self, method, url, *args, **kwargs)

    own = {"_new_conn": new_conn, "connect": connect, "putrequest": putrequest, "response_class": FinalResponse}
    return type("Recorded", (base,), own)
