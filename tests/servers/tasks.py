# SPDX-License-Identifier: GPL-3.0-or-later
"""A made-up service with tasks on loopback: submit, poll a few times, fetch; it can stop at each of these."""

import threading

from .base import Reply, VendorServer, _Handler
from .glb import glb

KEY = "sk-TEST-0123456789"


class TasksServer(VendorServer):
    """`hold_at`: "submit", "poll" or "result", where the next answer stops (a result in its middle) until `go_on`.

    `reached` is set when it does. Each task needs `polls` questions before it is done.
    """

    name = "tasks"
    scenes = ("success",)

    def __init__(self, *, polls=3, **options):
        super().__init__(**options)
        self._server.RequestHandlerClass = type("Handler", (_Stalling,), {"vendor": self})
        self.polls = polls
        self.hold_at = ""
        self.reached = threading.Event()
        self.asked = {}  # polls by task
        self.model = glb()

    def go_on(self):
        """Answer everything from now on."""
        self.hold_at = ""
        self.released.set()

    @property
    def submits(self):
        return len(self.seen("POST", "/submit"))

    def reply(self, request):
        if request.path.startswith("/result/"):
            if "authorization" in request.headers:
                self.complain("a result address was asked with the key")
            return self._held("result", Reply(200, self.model, {"Content-Type": "application/octet-stream"}))
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return Reply.of_json({"message": "bad key"}, status=401)
        if (request.method, request.path) == ("POST", "/submit"):
            _fields, files = request.form()
            assert files["image"].data
            with self._lock:
                name = f"t{len(self.asked) + 1}"
                self.asked[name] = 0
            return self._held("submit", Reply.of_json({"id": name}))
        return self._status(request.path.removeprefix("/tasks/"))

    def _status(self, name):
        if name not in self.asked:
            return Reply.of_json({"message": f"no task {name}"}, status=404)
        self.asked[name] += 1
        if self.asked[name] <= self.polls:
            progress = {"status": "running", "progress": self.asked[name] / (self.polls + 1)}
            return self._held("poll", Reply.of_json(progress))
        return Reply.of_json({"status": "done", "url": f"{self.url}/result/{name}.glb?Signature=s3cr3t-signature"})

    def _held(self, where, reply):
        if self.hold_at == where:
            self.hold_at = ""
            reply.stall = len(reply.body) // 2 if where == "result" else 0
            reply.hold = not reply.stall
            if reply.hold:
                self.reached.set()
        return reply


class _Stalling(_Handler):
    """Stops in the middle of a body, too."""

    def answer(self, reply):
        stall = getattr(reply, "stall", 0)
        if not stall:
            return super().answer(reply)
        self.send_response(reply.status)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body[:stall])
        self.wfile.flush()
        self.vendor.reached.set()
        self.vendor.released.wait()
        self.wfile.write(reply.body[stall:])
        return None
