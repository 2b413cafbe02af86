# SPDX-License-Identifier: GPL-3.0-or-later
"""A store of finished files that no service owns, and services whose answers lead there. Standard library only."""

import json
import re
from collections import deque

from .base import Reply, VendorServer
from .glb import glb

# order, case and escapes are part of what is signed
SIGNED = "X-Amz-Date=20260101T000000Z&b=2&a=1&Policy=eyJ-_~%2B%2f&Key-Pair-Id=K1&Signature=b~a%20c+d%3D&e="
ALLOWED = {"host", "user-agent", "accept", "accept-encoding", "connection"}
GOOD = Reply(200, glb(), {"Content-Type": "application/octet-stream"})


class Store(VendorServer):
    """Gives `GOOD`, or what `give` was told, to whom asks with the whole link and with nothing else."""

    name = "store"
    scenes = ("success",)

    def __init__(self, **options):
        super().__init__(**options)
        self.links = []  # targets that were given out
        self.file = "model.glb"
        self._replies = deque([GOOD])
        self._over = {}

    def link(self, host=None):
        """Return an address that was never given out before."""
        self.links.append(f"/results/{len(self.links) + 1}/{self.file}?{SIGNED}")
        return f"{host or self.url}{self.links[-1]}"

    def give(self, *replies):
        """Let the next downloads meet `replies`, one each; the last one stays."""
        self._replies = deque(replies)

    def end_first(self, reply):
        """Let the link that is asked for first meet `reply` for ever."""
        self._over = {None: reply}

    def reply(self, request):
        if request.method != "GET" or request.body or set(request.headers) - ALLOWED:
            self.complain(f"{request.method} with {sorted(set(request.headers) - ALLOWED)}")
        if request.target not in self.links:
            self.complain(f"{request.target} was never given out")
            return Reply(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>", {"Content-Type": "application/xml"})
        with self._lock:
            if None in self._over:
                self._over = {request.target: self._over[None]}
            if request.target in self._over:
                return self._over[request.target]
            return self._replies.popleft() if len(self._replies) > 1 else self._replies[0]


def linking(service, store, *, own=False):
    """Return a server of `service` whose links to files lead to `store`, which is at its own address if `own`."""

    class Linking(service.server):
        def reply(self, request):
            if request.path.startswith("/results/"):
                return store.reply(request)
            reply = super().reply(request)
            host = re.match(r"https?://[^/]+", self.url)[0]
            links = f'"{re.escape(host)}{service.links}[^"]*"'.encode()
            if "json" in reply.headers.get("Content-Type", "") and re.search(links, reply.body):
                link = json.dumps(store.link(host if own else None)).encode()
                reply.body = re.sub(links, lambda _found: link, reply.body)
            return reply

    return Linking()
