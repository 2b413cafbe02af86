# SPDX-License-Identifier: GPL-3.0-or-later
"""A strict service on loopback: records what it is sent, judges it, and plays scenes. Standard library only.

Written from the services' contracts, never from our client. A subclass answers in `reply`; `play` chooses what the
next requests meet. What only a wire can do wrong (a reset, a cut file, a long silence) is done here.
"""

import argparse
import contextlib
import json
import socket
import ssl
import struct
import sys
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from .forms import parse_form

MOST_BODY = 80 << 20
CERTIFICATE = Path(__file__).with_name("loopback.pem")
HTML = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>"


@dataclass
class Request:
    """One request as it came over the wire; header names are in lower case."""

    method: str
    target: str
    headers: dict
    body: bytes = field(repr=False)

    @property
    def path(self):
        return urlsplit(self.target).path

    @property
    def query(self):
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def json(self):
        return json.loads(self.body)

    def form(self):
        """Return (fields, files) of a multipart body; `ValueError` when it is none."""
        return parse_form(self.headers.get("content-type", ""), self.body)


@dataclass
class Reply:
    """An answer. `cut`: bytes of the body after which the connection breaks; `reset`: it breaks with no answer."""

    status: int = 200
    body: bytes = field(default=b"", repr=False)
    headers: dict = field(default_factory=dict)
    cut: int | None = None
    reset: bool = False
    hold: bool = False  # say nothing until the server is released or stopped

    @classmethod
    def of_json(cls, value, status=200, **headers):
        """Return an answer of JSON; `retry_after=1` is the header Retry-After."""
        named = {name.replace("_", "-").title(): str(text) for name, text in headers.items()}
        return cls(status, json.dumps(value).encode(), {"Content-Type": "application/json", **named})


class VendorServer:
    """A loopback service in threads of this process; `with` starts it and joins it again."""

    name = "vendor"
    keys = ("sk-TEST-0123456789",)
    scenes = ()

    def __init__(self, *, port=0, delay=0.0, record=None, tls=False):
        self.requests = []
        self.complaints = []  # what was wrong with requests that a correct client never makes
        self.released = threading.Event()
        self.stopping = threading.Event()
        self.delay = delay
        self._record = record
        self._lock = threading.Lock()
        self._planned = deque(["success"])
        self._open = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"vendor": self}))
        self._server.daemon_threads = False
        self._scheme = "https" if tls else "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self):
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def play(self, *scenes):
        """Let the next main requests meet `scenes`, one each; the last one stays."""
        unknown = set(scenes) - set(self.scenes)
        assert not unknown, f"{self.name} has no scenes {sorted(unknown)}"
        with self._lock:
            self._planned = deque(scenes)

    def next_scene(self):
        """Take the scene for a main request."""
        with self._lock:
            return self._planned.popleft() if len(self._planned) > 1 else self._planned[0]

    def complain(self, text):
        """Note that the client broke the contract."""
        self.complaints.append(text)

    def seen(self, method, path):
        """Return the requests for one route."""
        return [request for request in self.requests if (request.method, request.path) == (method, path)]

    def reply(self, request):
        """Return the `Reply` to a request; subclasses."""
        raise NotImplementedError

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        self.stopping.set()
        self.released.set()
        self._server.shutdown()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
        self._thread.join()

    __enter__ = start

    def __exit__(self, *_):
        self.stop()

    def _take(self, request):
        with self._lock:
            self.requests.append(request)
            if self._record:
                self._record.write(json.dumps({"method": request.method, "path": request.path}) + "\n")
                self._record.flush()
        if self.delay:
            self.stopping.wait(self.delay)
        return self.reply(request)


class _Handler(BaseHTTPRequestHandler):
    vendor = None  # a subclass for each server says which
    protocol_version = "HTTP/1.1"
    timeout = 60  # seconds without a byte from the client

    def setup(self):
        super().setup()
        with self.vendor._lock:
            self.vendor._open.add(self.connection)

    def finish(self):
        with self.vendor._lock:
            self.vendor._open.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def handle(self):
        with contextlib.suppress(ConnectionError, TimeoutError, ssl.SSLError):  # clients under test hang up
            super().handle()

    def serve(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > MOST_BODY or "chunked" in self.headers.get("Transfer-Encoding", ""):
            self.vendor.complain(f"{self.path}: a body without, or with too large, a Content-Length")
            self.close_connection = True
            return self.answer(Reply.of_json({"message": "length required"}, status=411))
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True
            return None
        headers = {name.lower(): value for name, value in self.headers.items()}
        return self.answer(self.vendor._take(Request(self.command, self.path, headers, body)))

    do_GET = do_POST = do_PUT = do_DELETE = serve  # noqa: N815

    def answer(self, reply):
        if reply.hold:
            self.vendor.released.wait()
        if reply.reset or self.vendor.stopping.is_set():
            return self.reset()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body[: reply.cut])
        if reply.cut is not None:
            self.wfile.flush()
            self.close_connection = True
        return None

    def reset(self):
        linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()

    def log_message(self, *_args):
        pass


def serve(kind, arguments=None):
    """Run a server as a program: print its address, serve until standard input or the process ends."""
    parser = argparse.ArgumentParser(description=f"The {kind.name} service, played on loopback")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--scene", action="append", choices=kind.scenes, help="again for the next request; last stays")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--record", type=argparse.FileType("a"), help="a file that gets one line of JSON a request")
    given = parser.parse_args(arguments)
    with kind(port=given.port, delay=given.delay, record=given.record) as server:
        server.play(*(given.scene or ["success"]))
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
