# SPDX-License-Identifier: GPL-3.0-or-later
"""Vtrix' generation interface on loopback: `python -m tests.servers.vtrix --port 0 --scene success`."""

from .base import HTML, Reply, VendorServer, serve
from .glb import archive, glb, png
from .usd import usda, usdz
from .vtrix_requests import Wrong, commands_of, content_of
from .vtrix_words import (
    BY_REQUEST,
    CODES,
    CONTENTS,
    DONE,
    FAILED,
    FLAWED,
    LINKS,
    REFUSED,
    SAD,
    STATES,
    UNREAD,
    WORDS,
    head,
)

CREATE = "/model/v1/generation"
SIGNED = "X-Tos-Expires=86400&X-Tos-Signature=b%2Ba%3D&b=2&a=1&A=%7e"  # its order and its escapes are signed, too


class VtrixServer(VendorServer):
    """Checks all that the contract says of a request and plays the life of a task.

    `takes` is the form of body: "wrapper", "flat", or "neither"; a form that is not taken is refused as `refuses`
    says: a status, or a code, with status 400, or with 200 and no id when `refuses_in_200`. `spent` counts the
    models that were made.
    """

    name = "vtrix"
    scenes = (
        *("success", "states", "no_progress", "no_cost", "number_cost", "odd_cost", "outputs", "request_id"),
        *(f"done_{word}" for word in DONE),
        *("completed_error", "cancelled", "at_once", "at_once_unknown", "at_once_no_id", "forever"),
        *("missing_id", "missing_id_silent", "number_id"),
        *(f"submit_{code}" for code in CODES),
        *(f"no_id_{code}" for code in CODES),
        *("told_429", "echo_key", "bad_gateway", "html", "empty", "reset", "cut_answer", "hold"),
        *("poll_bad_gateway", "poll_429", "poll_reset", "poll_401", "poll_404", "poll_html", "poll_500"),
        *FAILED,
        *REFUSED,
        *FLAWED,
        *LINKS,
        *CONTENTS,
    )

    def __init__(self, *, takes="wrapper", refuses="400", refuses_in_200=False, create=CREATE, **options):
        super().__init__(**options)
        self.takes, self.refuses, self.refuses_in_200, self.create = takes, refuses, refuses_in_200, create
        self.provoked = False  # whether the last answer allows the other form of body
        self.spent = 0
        self.commands = []  # of each accepted request
        self._tasks = {}  # answers to polls by id; the last one stays
        self._links = {}

    def reply(self, request):
        if request.path.startswith("/cdn/"):
            return self.file(request)
        if request.headers.get("authorization") not in {f"Bearer {key}" for key in self.keys}:
            return Reply.of_json({"error": {"code": "401", "message": WORDS[401]}}, status=401)
        task = request.path.removeprefix(f"{self.create}/task/")
        if request.method == "POST" and request.path == self.create:
            return self.submit(request)
        if request.method == "GET" and task != request.path:
            return self.status(task)
        return Reply.of_json({"message": f"no route {request.method} {request.path}"}, status=404)

    def submit(self, request):
        try:
            form, commands = self.judged(request)
        except (Wrong, ValueError) as wrong:
            self.complain(str(wrong))
            return Reply.of_json({"error": {"code": getattr(wrong, "code", ""), "message": str(wrong)}}, status=400)
        if form != self.takes:
            return self.other_form()
        self.commands.append(commands)
        reply = self.taken(self.next_scene(), commands, request)
        code = next((code for code in CODES if code.encode() in reply.body), "")
        self.provoked = code in UNREAD or (reply.status in (400, 422) and not code)
        return reply

    def judged(self, request):
        """Return the form of the body and its commands; `Wrong` for what no correct client sends."""
        if request.headers.get("content-type", "").partition(";")[0] != "application/json" or request.query:
            raise Wrong("the body must be JSON, the address without a query")
        form, content = content_of(request.json)
        if form == "flat" and self.takes == "wrapper" and not self.provoked:
            raise Wrong("input: is required, and nothing gave a reason to leave it out")
        return form, commands_of(content)

    def other_form(self):
        self.provoked = True
        if len(self.refuses) == 3:
            return Reply.of_json({"message": "the body is not understood"}, status=int(self.refuses))
        body = {"error": {"code": self.refuses, "message": CODES[self.refuses]}}
        return Reply.of_json(body, status=200 if self.refuses_in_200 else 400)

    def taken(self, scene, commands, request):
        """Return what a request that was in order meets."""
        kind, _, code = scene.rpartition("_")
        odd = {
            "told_429": lambda: Reply.of_json({"message": WORDS[429]}, status=429, retry_after=7),
            "echo_key": lambda: Reply.of_json({"message": f"bad {request.headers['authorization']}"}, status=403),
            "bad_gateway": lambda: Reply(502, HTML, {"Content-Type": "text/html"}),
            "html": lambda: Reply(200, HTML, {"Content-Type": "text/html"}),
            "empty": lambda: Reply(200, b"", {"Content-Type": "application/json"}),
            "reset": lambda: Reply(reset=True),
            "missing_id": lambda: Reply.of_json({"status": "failed", "error": {"message": SAD}}),
            "missing_id_silent": lambda: Reply.of_json({"status": "in_progress"}),
        }
        if scene in odd:
            return odd[scene]()
        if scene in REFUSED:
            return Reply.of_json(REFUSED[scene][1], status=REFUSED[scene][0])
        if kind in ("submit", "no_id"):
            body = {"error": {"code": code, "message": CODES[code]}}
            return Reply.of_json(body, status=200 if kind == "no_id" else 400 if code in BY_REQUEST else 500)
        return self.begun(scene, commands["fileformat"])

    def begun(self, scene, kind):
        number = len(self._tasks) + 1
        task = 700 + number if scene == "number_id" else f"task_{number:04}"
        self._tasks[str(task)] = list(self.life(scene, task, kind))
        self.spent += scene not in FAILED
        if scene.startswith("at_once"):
            body = self.done(scene, task, kind)()
            if scene == "at_once_no_id":
                del body["id"]
        else:
            body = head(task, "IN_PROGRESS" if scene == "request_id" else "in_progress")
        if scene == "request_id":
            body["request_id"] = body.pop("id")
        reply = Reply.of_json(body)
        reply.hold, reply.cut = scene == "hold", 9 if scene == "cut_answer" else None
        return reply

    def life(self, scene, task, kind):
        """Yield what each poll meets: a `Reply`, an object, or a function that makes the object anew."""
        if scene == "at_once_unknown":
            yield Reply.of_json({"error": {"message": "task not found"}}, status=404)
            return
        if scene == "at_once":
            yield self.done(scene, task, kind)
            return
        if scene == "states":
            yield from (head(task, state) for state in STATES)
        if scene.startswith("poll_"):
            yield from _trouble(scene)
        yield head(task, "in_progress")
        yield head(task, "in_progress", **({} if scene == "no_progress" else {"progress": 0.35}))
        if scene in FAILED:
            yield {**head(task, "failed"), **FAILED[scene]}
        elif scene == "cancelled":
            yield head(task, "cancelled")
        elif scene != "forever":
            yield self.done(scene, task, kind)

    def done(self, scene, task, kind):
        def make():
            status = scene.removeprefix("done_") if scene.startswith("done_") else "completed"
            body = {**head(task, status), "updated_at": 1767225790, "metadata": {}}
            body["usage"] = {"discount": 1, "input_tokens": 0, "output_tokens": 30000, "total_tokens": 30000}
            if scene not in ("no_cost", "outputs"):
                body["usage"]["cost"] = {"number_cost": 0.35, "odd_cost": "free"}.get(scene, "0.35")
            if scene == "completed_error":
                body["error"] = {"message": SAD}
            if scene == "outputs":
                body["outputs"] = [{**item, "content_type": "model/gltf-binary"} for item in self.content(scene, kind)]
            elif scene == "several":
                body["output"] = [{"content": [item]} for item in self.content(scene, kind)]
            elif scene != "no_output":
                body["output"] = [{"content": self.content(scene, kind)}]
            if scene == "request_id":
                body["request_id"], body["status"] = body.pop("id"), "COMPLETED"
            return body

        return make

    def content(self, scene, kind):
        """Return the content items of a finished task, each with a link of its own."""
        suffix, data = {
            "glb": ("glb", glb()),
            "obj": ("zip", archive()),
            "usd": ("usd", usda()),
            "usdz": ("usdz", usdz()),
        }[kind]
        picture = self.link("preview.png", Reply(200, png(), {"Content-Type": "image/png"}))
        special = {
            "zip": lambda: ("model.glb", archive({"model.glb": glb()})),
            "obj_zip": lambda: ("model.zip", archive()),
            "wrong_name": lambda: ("model.obj", glb()),
        }
        name, data = special[scene]() if scene in special else (f"model.{suffix}", data)
        model = self.link(name, self.flawed(scene, data))
        item = {"type": kind, "url": model, "jobId": "cgt-20260101-x"}
        return {
            "several": [{"type": "image", "url": picture}, {"type": kind, "format": suffix, "url": model}],
            "format_first": [
                {"type": kind, "format": "png", "url": picture},
                {"type": "png", "format": kind, "url": model},
            ],
            "only_picture": [{"type": "image", "url": picture}],
            "no_url": [{"type": kind}],
        }.get(scene, [item])

    def flawed(self, scene, data):
        moved = f"{self.url}{self.target('moved.bin')}"
        over = Reply(403, b"<Error><Code>AccessDenied</Code></Error>", {"Content-Type": "application/xml"})
        fresh = sum("/model." in target for target in self._links)
        good = Reply(200, data, {"Content-Type": "application/octet-stream"})
        if scene == "redirect":
            self._links[moved.removeprefix(self.url)] = good
        return {
            "truncated": Reply(200, data[: len(data) // 2]),
            "cut": Reply(200, data, cut=len(data) // 2),
            "html_file": Reply(200, HTML, {"Content-Type": "text/html"}),
            "json_file": Reply.of_json({"message": "the file is not ready"}),
            "empty_file": Reply(200, b""),
            "empty_zip": Reply(200, archive({})),
            "evil_zip": Reply(200, archive({"../evil.obj": data})),
            "redirect": Reply(302, b"", {"Location": moved}),
            "redirect_file": Reply(302, b"", {"Location": "file:///etc/passwd"}),
            "redirect_ftp": Reply(302, b"", {"Location": "ftp://127.0.0.1/model.glb"}),
            "expired": good if fresh else over,
            "gone": over,
        }.get(scene, good)

    def target(self, name):
        return f"/cdn/{len(self._links) + 1}/{name}?{SIGNED}"

    def link(self, name, reply):
        target = self.target(name)
        self._links[target] = reply
        return f"{self.url}{target}"

    def status(self, task):
        steps = self._tasks.get(task)
        if not steps:
            return Reply.of_json({"error": {"code": "404", "message": f"task {task} not found"}}, status=404)
        step = steps.pop(0) if len(steps) > 1 else steps[0]
        body = step() if callable(step) else step
        return body if isinstance(body, Reply) else Reply.of_json(body)

    def file(self, request):
        if "authorization" in request.headers:
            self.complain("a result address was asked with the key")
            return Reply(400, b"<Error><Code>InvalidArgument</Code></Error>", {"Content-Type": "application/xml"})
        if request.target not in self._links:
            self.complain(f"{request.target} was never given out")
        return self._links.get(request.target, Reply(403, b"SignatureDoesNotMatch"))


def _trouble(scene):
    """Yield what one poll meets before the task goes on."""
    if scene == "poll_429":
        yield Reply.of_json({"message": WORDS[429]}, status=429, retry_after=0)
    yield {
        "poll_bad_gateway": Reply(502, HTML, {"Content-Type": "text/html"}),
        "poll_429": Reply.of_json({"message": WORDS[429]}, status=429, retry_after=0),
        "poll_reset": Reply(reset=True),
        "poll_401": Reply.of_json({"message": WORDS[401]}, status=401),
        "poll_404": Reply.of_json({"message": "task not found"}, status=404),
        "poll_html": Reply(200, HTML, {"Content-Type": "text/html"}),
        "poll_500": Reply.of_json({"error": {"code": 3020098, "message": CODES["003020098"]}}, status=500),
    }[scene]


if __name__ == "__main__":
    serve(VtrixServer)
