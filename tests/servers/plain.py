# SPDX-License-Identifier: GPL-3.0-or-later
"""A service of no vendor, for tests of the client itself: every path is a scene, `on` sets what it answers."""

from .base import Reply, VendorServer


class PlainServer(VendorServer):
    """Answers each path with the reply, or the function of the request, that `on` was given; else 404."""

    name = "plain"
    scenes = ("success",)

    def __init__(self, **options):
        super().__init__(**options)
        self._routes = {}

    def on(self, path, *replies):
        """Let requests for `path` meet `replies` one after the other; the last one stays."""
        self._routes[path] = list(replies)
        return f"{self.url}{path}"

    def reply(self, request):
        replies = self._routes.get(request.path)
        if not replies:
            return Reply.of_json({"message": f"nothing at {request.path}"}, status=404)
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        return reply(request) if callable(reply) else reply
