# SPDX-License-Identifier: GPL-3.0-or-later
"""Large files on loopback, `python -m bench.store`: GET /N delivers a GLB of N bytes, POST takes anything."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .child import ROOT

__all__ = ["a_store"]

PIECE = 1 << 20


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # noqa: N802
        left = int(self.path[1:]) - 12
        self._begin(left + 12, "application/octet-stream")
        self.wfile.write(struct.pack("<4sII", b"glTF", 2, left + 12))
        while left:
            self.wfile.write(bytes(min(PIECE, left)))
            left -= min(PIECE, left)

    def do_POST(self) -> None:  # noqa: N802
        left = int(self.headers["Content-Length"])
        while left:
            left -= len(self.rfile.read(min(PIECE, left)))
        self._begin(2, "application/json")
        self.wfile.write(b"{}")

    def log_message(self, *_args: object) -> None:
        """Say nothing."""

    def _begin(self, length: int, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()


@contextmanager
def a_store() -> Generator[str]:
    """Start it in a process of its own, whose memory is not ours, and yield its address."""
    server = subprocess.Popen([sys.executable, "-m", "bench.store"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield server.stdout.readline().strip() if server.stdout else ""
    finally:
        server.terminate()
        server.communicate()


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as store:
        sys.stdout.write(f"http://127.0.0.1:{store.server_port}\n")
        sys.stdout.flush()
        store.serve_forever()
