# SPDX-License-Identifier: GPL-3.0-or-later
"""fal.ai's queue on loopback: `python -m tests.servers.fal --port 0 --scene success`."""

import re
import secrets

from .base import HTML, Reply, VendorServer, serve
from .fal_models import MODELS, judge
from .glb import archive, glb, mtl, obj, png

NGINX = (
    b"<html>\r\n<head><title>502</title></head>\r\n<body><center><h1>Trouble</h1></center><hr>nginx\r\n</body></html>"
)
KEYS = ("model_glb", "model_mesh", "model", "output", "mesh", "glb")  # where results name their file
POLICY = "The content could not be processed because it was flagged by a content checker."
LOST = "Could not generate a mesh from the picture"
# scene: status, detail, header x-fal-error-type
ERRORS = {
    "bad_request": (400, "The request could not be read", "bad_request"),
    "unauthorized": (401, "Cannot access application. Authentication is required to access this application.", None),
    "exhausted": (
        403,
        "User is locked. Reason: Exhausted balance. Top up your balance in the dashboard.",
        None,
    ),
    "forbidden": (403, "Your key may not use this application", None),
    "not_found": (404, "Application 'trellis-9' not found", None),
    "timeout": (408, "The request was too slow", "request_timeout"),
    "conflict": (409, "The runner is being replaced", None),
    "too_large": (413, "Payload too large", None),
    "unprocessable": (
        422,
        [{"loc": ["body", "image_url"], "msg": "Failed to download the file", "type": "file_download_error"}],
        None,
    ),
    "policy": (422, [{"loc": ["body", "image_url"], "msg": POLICY, "type": "content_policy_violation"}], None),
    "policy_header": (422, POLICY, "content_policy_violation"),
    "concurrency": (429, "Maximum number of concurrent requests reached", None),
    "internal": (500, "Internal Server Error", "internal_server_error"),
    "nameless": (503, "", "runner_scheduling_failure"),
}
POLLS = ("poll_408", "poll_409", "poll_429", "poll_500", "poll_502", "poll_503", "poll_504", "poll_reset")
RESULTS = ("result_unprocessable", "result_internal", "result_policy", "result_502", "result_detail", "result_nothing")
FILES = ("file_expired", "file_html", "file_truncated", "file_cut", "file_redirected", "file_to_disk")
NAMED = tuple(f"as_{key}{way}" for key in KEYS for way in ("", "_url"))
SHAPES = (*NAMED, "as_model_urls", "as_obj", "as_obj_urls", "as_zip")


class FalServer(VendorServer):
    """`foreign` is an address that answers may name although it is not the service's own.

    `prices` maps a model to its entry of the price list, `balance` is what the account call answers.
    """

    name = "fal"
    scenes = (
        "success", "concurrency_told", "gateway", "reset", "hold", "no_urls", "foreign_urls", "unknown_status",
        "failed", "failed_policy", *ERRORS, *POLLS, *RESULTS, *FILES, *SHAPES,
    )  # fmt: skip

    def __init__(self, *, foreign="https://foreign.invalid", **options):
        super().__init__(**options)
        self.foreign = foreign
        self.tasks = {}
        self.cancelled = []
        self.served = 0
        self.balance = 24.5
        self.prices = {
            model: {"endpoint_id": model, "unit_price": 0.07, "unit": "generations", "currency": "USD"}
            for model in MODELS
        }

    def reply(self, request):
        if request.path.startswith("/files/"):
            return self.file(request)
        if request.headers.get("authorization") not in {f"Key {key}" for key in self.keys}:
            return self.error("unauthorized")
        if (request.method, request.path) == ("GET", "/v1/models/pricing"):
            return self.pricing(request.query)
        if (request.method, request.path) == ("GET", "/billing/user_balance"):
            return Reply.of_json(self.balance)
        if request.method == "POST" and request.path.lstrip("/") in MODELS:
            return self.submit(request)
        asked = re.fullmatch(r"/([^/]+/[^/]+)/requests/([\w-]+)(/status|/cancel|)", request.path)
        return self.asked(request, *asked.groups()) if asked else self.error("not_found")

    def submit(self, request):
        model = request.path.lstrip("/")
        try:
            wrong = judge(model, request.json)
        except ValueError:
            wrong = ("", "JSON decode error", "json_invalid")
        if request.query:
            wrong = ("query", "Extra inputs are not permitted", "extra_forbidden")
        if wrong:
            field, words, kind = wrong
            self.complain(f"{model}: {field}: {words}")
            return Reply.of_json({"detail": [{"loc": ["body", field], "msg": words, "type": kind}]}, status=422)
        return self.met(self.next_scene(), model)

    def met(self, scene, model):
        """Return what a submit that was in order meets."""
        if scene in ERRORS:
            return self.error(scene)
        if scene == "concurrency_told":
            return self.error("concurrency", retry_after=7)
        if scene == "gateway":
            return Reply(502, NGINX, {"Content-Type": "text/html"})
        if scene == "reset":
            return Reply(reset=True)
        task = {"id": secrets.token_hex(8), "app": "/".join(model.split("/")[:2]), "model": model, "scene": scene}
        self.tasks[task["id"]] = {**task, "asked": 0, "results": 0}
        at = f"{self.foreign if scene == 'foreign_urls' else self.url}/{task['app']}/requests/{task['id']}"
        body = {"request_id": task["id"], "status": "IN_QUEUE", "queue_position": 2}
        if scene != "no_urls":
            body |= {"response_url": at, "status_url": f"{at}/status", "cancel_url": f"{at}/cancel"}
        reply = Reply.of_json(body, x_fal_request_id=task["id"])
        reply.hold = scene == "hold"
        return reply

    def asked(self, request, app, name, what):
        """Answer for one request: its status, its end, or its result."""
        task = self.tasks.get(name)
        if task is None or task["app"] != app:
            self.complain(f"{request.method} {request.path}: there is no such request")
            return self.error("not_found")
        route = {("PUT", "/cancel"): self.cancel, ("GET", "/status"): self.status, ("GET", ""): self.result}
        answer = route.get((request.method, what))
        if answer is None:
            self.complain(f"{request.method} {request.path} is no call")
            return Reply.of_json({"detail": "Method Not Allowed"}, status=405)
        if set(request.query) - {"logs"} or request.query.get("logs", "1") not in ("0", "1", "true", "false"):
            self.complain(f"{request.target}: the query")
        return answer(task)

    def cancel(self, task):
        if task["asked"] > 2:
            return Reply.of_json({"status": "ALREADY_COMPLETED"}, status=400)
        self.cancelled.append(task["id"])
        return Reply.of_json({"status": "CANCELLATION_REQUESTED"}, status=202)

    def status(self, task):
        task["asked"] += 1
        turn, scene = task["asked"], task["scene"]
        if scene in POLLS and turn == 2:
            task["scene"] = "success"
            task["asked"] = 1
            return self.trouble(scene.removeprefix("poll_"))
        if turn == 1:
            return Reply.of_json({"status": "IN_QUEUE", "queue_position": 2}, status=202)
        logs = [
            {"message": "Loading the model", "level": "INFO", "timestamp": "2026-10-01T10:00:00Z"},
            {"message": "Sampling 4/12\r\n", "level": "INFO", "timestamp": "2026-10-01T10:00:05Z"},
        ]
        if turn == 2:
            word = "WARMING_UP" if scene == "unknown_status" else "IN_PROGRESS"
            return Reply.of_json({"status": word, "logs": logs}, status=202)
        body = {"status": "COMPLETED", "logs": logs, "metrics": {"inference_time": 12.3}}
        if scene.startswith("failed"):
            kind = "content_policy_violation" if scene == "failed_policy" else "runner_error"
            body |= {"error": POLICY if scene == "failed_policy" else LOST, "error_type": kind}
        return Reply.of_json(body)

    def result(self, task):
        if task["asked"] < 3:
            self.complain(f"the result of {task['id']} was asked for before its end")
            return Reply.of_json({"detail": "Request is still in progress"}, status=400)
        task["results"] += 1
        scene = task["scene"]
        if scene == "result_502" and task["results"] == 1:
            return self.trouble("502")
        odd = {
            "result_unprocessable": lambda: self.error("unprocessable"),
            "result_internal": lambda: self.error("internal"),
            "result_policy": lambda: self.error("policy"),
            "result_detail": lambda: Reply.of_json({"detail": LOST}),
            "result_nothing": lambda: Reply.of_json({"timings": {"prepare": 1.5}, "remeshing_dir": None}),
        }
        return odd[scene]() if scene in odd else Reply.of_json(self.shape(scene, task))

    def shape(self, scene, task):
        """Return a result that names its file in one of the known ways."""
        zipped = scene == "as_zip" or "seed3d" in task["model"]
        name = "out.zip" if zipped else "model.glb"
        named = self.named(name, task)
        if scene == "as_obj":
            return {"model_obj": self.named("model.obj", task), "material_mtl": self.named("model.mtl", task),
                    "texture": self.named("texture.png", task)}  # fmt: skip
        if scene == "as_obj_urls":
            return {"model_urls": {kind: self.named(f"model.{kind}", task) for kind in ("obj", "mtl")}}
        if scene == "as_model_urls":
            return {"model_urls": {"fbx": None, "obj": self.named("model.obj", task), "glb": named}, "seed": 7}
        key = scene.removeprefix("as_").removesuffix("_url") if scene.startswith("as_") and not zipped else ""
        if not key:
            key = "model_mesh" if task["model"] == "fal-ai/triposr" else "model" if zipped else "model_glb"
        other = {"thumbnail": self.named("preview.png", task), "seed": 7}
        return {**other, key: named["url"] if scene.endswith("_url") else named}

    def named(self, name, task):
        sign = f"?Expires={task['results']}&b=2&a=1&Signature={task['scene']}"
        url = f"{self.url}/files/{task['id']}/{name}{sign}"
        return {"url": url, "content_type": "application/octet-stream", "file_name": name, "file_size": 1234}

    def file(self, request):
        """Serve a finished file, to anybody who has the whole link and shows no key."""
        if "authorization" in request.headers:
            self.complain("a file was asked for with the key")
            return Reply(400, b"<Error>Only one auth mechanism allowed</Error>", {"Content-Type": "application/xml"})
        name = request.path.rpartition("/")[2]
        task = self.tasks[request.path.split("/")[2]]
        if not re.fullmatch(rf"Expires=\d+&b=2&a=1&Signature={task['scene']}", request.target.partition("?")[2]):
            self.complain(f"{request.target}: the signed query was changed")
            return Reply(403, b"<Error>SignatureDoesNotMatch</Error>", {"Content-Type": "application/xml"})
        self.served += 1
        model = {"glb": glb, "zip": archive, "obj": obj, "mtl": mtl}.get(name.rpartition(".")[2], png)()
        whole = Reply(200, model, {"Content-Type": "application/octet-stream"})
        old = request.query["Expires"] == "1"
        odd = {
            "file_expired": Reply(404, HTML, {"Content-Type": "text/html"}) if old else whole,
            "file_html": Reply(200, HTML, {"Content-Type": "text/html"}),
            "file_truncated": Reply(200, model[:-100], whole.headers),
            "file_cut": Reply(200, model, whole.headers, cut=len(model) // 2) if self.served == 1 else whole,
            "file_redirected": Reply(302, b"", {"Location": request.target}) if self.served == 1 else whole,
            "file_to_disk": Reply(302, b"", {"Location": "file:///etc/passwd"}),
        }
        return odd.get(task["scene"], whole)

    def pricing(self, query):
        if set(query) != {"endpoint_id"}:
            self.complain(f"prices: the query {query}")
            return Reply.of_json(
                {"error": {"type": "validation_error", "message": "endpoint_id is required"}}, status=400
            )
        found = self.prices.get(query["endpoint_id"])
        return Reply.of_json({"prices": [found] if found else [], "next_cursor": None, "has_more": False})

    def trouble(self, what):
        """Return trouble on the way that has nothing to do with the task."""
        if what == "reset":
            return Reply(reset=True)
        if what in ("502", "503", "504"):
            return Reply(int(what), NGINX, {"Content-Type": "text/html"})
        scene = {"408": "timeout", "409": "conflict", "429": "concurrency", "500": "internal"}[what]
        return self.error(scene, **({"retry_after": 1} if what == "429" else {}))

    def error(self, scene, **headers):
        status, detail, kind = ERRORS[scene]
        if kind:
            headers["x_fal_error_type"] = kind
        return Reply.of_json({"detail": detail}, status=status, **headers)


if __name__ == "__main__":
    serve(FalServer)
