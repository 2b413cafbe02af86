# SPDX-License-Identifier: GPL-3.0-or-later
"""ModelsLab's 3D interface on loopback, both product lines: `python -m tests.servers.modelslab --port 0`."""

import re
from collections import deque
from urllib.parse import urlsplit

from . import deliveries, modelslab_answers as answers
from .base import HTML, Reply, VendorServer, serve
from .modelslab_rules import judge_data_uri, judge_parameters

LINES = {"/v6/3d/": "standard", "/v1/enterprise/3d/": "enterprise"}
UPLOAD = "/v6/base64_to_url"
SUBMIT = "/v6/3d/image_to_3d"
ENTERPRISE = "/v1/enterprise/3d/image_to_3d"
ERRORS = {
    "bad_request": (400, "The image field is required."),
    "unable_to_fetch": (400, "Unable to fetch image from provided URL"),
    "unauthorized": (401, "Invalid API key"),
    "payment_required": (402, "Insufficient credits. Please add funds to your wallet."),
    "forbidden": (403, "This feature requires a premium subscription"),
    "not_found": (404, "Request not found"),
    "rate_limited": (429, "Rate limit exceeded. Maximum 5 queued requests allowed."),
    "internal_error": (500, "Something went wrong on our side"),
    "unavailable": (503, "The service is unavailable for maintenance"),
    "unheard_of": (418, "The moon is in the wrong house"),
    "flagged": (400, "The image was blocked by our NSFW filter"),
}
FIELDS = {"init_image": ["The init image must be a valid URL."], "seed": ["The seed must be an integer."]}
FAULTS = ("bad_gateway", "html", "words", "hold", "reset", "cut", "echo_key", "redirect", "messege", "fields")
RESULTS = ("several", "proxy", "only_links", "nothing", "bare_name", "text_output")
FETCHES = ("failed", "error", "unknown_word", "failed_for_the_image", "failed_for_the_rate", "rate_limited_reset")


class ModelsLabServer(VendorServer):
    """Checks everything that the contract says of a request.

    `image_field`: the only field of the picture that v6 reads, or "" for either. `as_200`: errors come with HTTP 200.
    `polls`: fetches before a job is done. `foreign`: where the scene "foreign_fetch" and the upload scene "foreign"
    point to. `balance` falls with each job that ends well only.
    """

    name = "modelslab"
    scenes = (
        "success",
        "immediate",
        "no_eta",
        "long_eta",
        "odd_eta",
        "no_fetch_result",
        "foreign_fetch",
        "no_id",
        "rate_limited_untold",
        "rate_limited_reset",
        *RESULTS,
        *(f"immediate_{name}" for name in RESULTS),
        *FAULTS,
        *ERRORS,
    )
    fetch_scenes = ("success", "processing", *FETCHES, *FAULTS, *ERRORS)
    upload_scenes = ("success", "processing", "bare", "foreign", "nothing", *FAULTS, *ERRORS)

    def __init__(self, *, image_field="", as_200=False, polls=2, foreign="http://127.0.0.1:9", **options):
        super().__init__(**options)
        self.image_field = image_field
        self.as_200 = as_200
        self.polls = polls
        self.foreign = foreign
        self.balance = 43.6
        self.jobs = {}
        self.pictures = {}  # what base64_to_url took, by the address that it gave
        self.pending = {}  # polls left of pictures that are being taken in
        self._plans = {name: deque(["success"]) for name in ("fetch", "upload", "file")}

    def play_fetch(self, *scenes):
        """Let the next fetches meet `scenes`, one each; the last one stays."""
        assert set(scenes) <= set(self.fetch_scenes), scenes
        self._plans["fetch"] = deque(scenes)

    def play_upload(self, *scenes):
        """Let the next pictures meet `scenes`, one each; the last one stays."""
        assert set(scenes) <= set(self.upload_scenes), scenes
        self._plans["upload"] = deque(scenes)

    def play_file(self, *scenes):
        """Let the next downloads meet `scenes`, one each; the last one stays."""
        assert set(scenes) <= set(deliveries.SCENES), scenes
        self._plans["file"] = deque(scenes)

    def _planned_for(self, what):
        with self._lock:
            plan = self._plans[what]
            return plan.popleft() if len(plan) > 1 else plan[0]

    def reply(self, request):
        if "authorization" in request.headers or any(key in str(request.headers) for key in self.keys):
            self.complain(f"{request.path}: the key belongs into the body, and no header")
        if any(key in request.target for key in self.keys):
            self.complain(f"{request.path}: the key is in the address")
        path = request.path.removeprefix("/api")
        if path.startswith("/files/"):
            return self.file(request, path.removeprefix("/files/"))
        return self.asked(request, path)

    def asked(self, request, path):
        """Answer what wants the key in a JSON body, which is all but the files."""
        if request.method != "POST" or request.headers.get("content-type") != "application/json":
            self.complain(f"{request.method} {path}: only POST with JSON is asked for here")
            return self.error("not_found", status=405)
        body = request.json
        if body.get("key") not in self.keys:
            return self.error("unauthorized")
        if path == "/wallet_balance":
            return self.wallet(body)
        if path == UPLOAD:
            return self.upload(request, body)
        line = next((start for start in LINES if path.startswith(start)), "")
        if line and path == f"{line}image_to_3d":
            return self.submit(request, body, line)
        return self.fetch(request, body, path, line)

    def wallet(self, body):
        if set(body) != {"key"}:
            self.complain(f"wallet_balance: unknown fields {sorted(set(body) - {'key'})}")
        return Reply.of_json({"status": "success", "data": {"balance": self.balance, "currency": "USD"}})

    def upload(self, request, body):
        """Take a picture as a data URI and give an address out."""
        wrong = judge_data_uri(body)
        if wrong:
            self.complain(f"base64_to_url: {wrong}")
            return self.error("bad_request", words=wrong)
        scene = self._planned_for("upload")
        odd = self.trouble(scene, request, body)
        if odd:
            return odd
        number = len(self.pictures) + len(self.pending) + 1
        if scene in ("processing", "bare", "foreign"):
            return self.taking_in(scene, number)
        return self.taken_in(number, empty=scene == "nothing")

    def taken_in(self, number, *, empty=False):
        url = f"{self.url}/files/picture-{number}.png"
        self.pictures[url] = True
        return Reply.of_json({"status": "success", "id": number, "output": [] if empty else [url]})

    def taking_in(self, scene, number):
        self.pending[str(number)] = self.polls
        where = self.foreign if scene == "foreign" else self.url
        answer = {"status": "processing", "id": number, "eta": 2, "output": []}
        if scene != "bare":
            answer["fetch_result"] = f"{where}/api/v6/fetch/{number}"
        return Reply.of_json(answer)

    def submit(self, request, body, line):
        """Judge an order and start a job, or do what the scene says."""
        wrong = judge_parameters(body, line=LINES[line], image_field=self.image_field, pictures=self.pictures)
        if wrong:
            self.complain(f"image_to_3d: {wrong}")
            return self.error("bad_request", words=wrong)
        scene = self.next_scene()
        odd = self.trouble(scene, request, body) or self.limited(scene)
        if odd:
            return odd
        number = 98765 + len(self.jobs)
        job = {"line": line, "left": self.polls, "scene": scene.removeprefix("immediate_"), "number": number}
        job |= {"format": body["output_format"], "seed": body.get("seed", 0)}
        self.jobs[str(number)] = job
        if scene.startswith("immediate"):
            job["left"] = 0
            return self.finished(job)
        return answers.queued(job, url=self.url, foreign=self.foreign)

    def fetch(self, request, body, path, line):
        """Answer how a job, or a picture, is."""
        if set(body) != {"key"}:
            self.complain(f"{path}: unknown fields {sorted(set(body) - {'key'})}")
        found = re.fullmatch(r"/v6/fetch/(\d+)", path)
        if found and found[1] in self.pending:
            return self.fetch_picture(request, body, found[1])
        job = self.jobs.get(path.removeprefix(f"{line}fetch/")) if line else None
        if job is None or job["line"] != line:
            self.complain(f"{path}: there is no such address")
            return self.error("not_found")
        scene = self._planned_for("fetch")
        odd = self.trouble(scene, request, body) or self.limited(scene) or answers.ended(scene)
        if odd:
            return odd
        if scene == "processing" or job["left"] > 0:
            job["left"] -= scene == "success"
            word = "waiting-for-gpu" if scene == "unknown_word" else "processing"
            return Reply.of_json({"status": word, "eta": 7, "id": job["number"], "output": [], "meta": {}})
        return self.finished(job)

    def fetch_picture(self, request, body, number):
        odd = self.trouble(self._planned_for("fetch"), request, body)
        if odd:
            return odd
        if self.pending[number] > 0:
            self.pending[number] -= 1
            return Reply.of_json({"status": "processing", "id": int(number), "eta": 1, "output": []})
        return self.taken_in(int(number))

    def finished(self, job):
        """Charge a job once and return the answer that carries the model."""
        if not job.get("charged"):
            self.balance -= 0.25
        job["charged"] = True
        return answers.finished(job, url=self.url)

    def file(self, request, name):
        """Deliver a finished file; before that there is none, and a correct client does not look."""
        if request.method != "GET" or request.body:
            self.complain(f"/files/{name}: files are fetched with GET and nothing else")
        number = re.split(r"[.-]", name)[0]
        if name.startswith("moved-"):
            return deliveries.deliver("success", moved="")
        job = self.jobs.get(number)
        if job is None:
            return Reply.of_json({"message": "no such file"}, status=404)
        if job["left"] > 0:
            self.complain(f"/files/{name}: asked for before the job was done")
            return Reply.of_json({"message": "no such file"}, status=404)
        if name.endswith((".png", ".mp4")):
            self.complain(f"/files/{name}: that is not the model")
        return deliveries.deliver(self._planned_for("file"), moved=f"{self.url}/files/moved-{name}")

    def trouble(self, scene, request, body):
        """Return the answers that may meet any request."""
        if scene in ERRORS:
            return self.error(scene)
        key = body["key"]
        odd = {
            "bad_gateway": lambda: Reply(502, HTML, {"Content-Type": "text/html"}),
            "html": lambda: Reply(200, HTML, {"Content-Type": "text/html"}),
            "words": lambda: Reply.of_json({"note": "nothing to say"}),
            "hold": lambda: Reply(hold=True),
            "reset": lambda: Reply(reset=True),
            "cut": lambda: Reply(200, b'{"status": "success"}', {"Content-Type": "application/json"}, cut=9),
            "echo_key": lambda: self.error("bad_request", words=f"the key {key} may not do that"),
            "redirect": lambda: Reply(
                307, b"", {"Location": f"{self.foreign}{urlsplit(request.target).path}?key={key}"}
            ),
            "messege": lambda: self.error("bad_request", word="messege"),
            "fields": lambda: self.error("bad_request", words=FIELDS, status=422),
        }
        return odd[scene]() if scene in odd else None

    def limited(self, scene):
        """Return the other ways to be told of too many requests."""
        if scene == "rate_limited_untold":
            return self.error("rate_limited", told=None)
        return self.error("rate_limited", told=None, x_ratelimit_reset=17) if scene == "rate_limited_reset" else None

    def error(self, name, *, words=None, status=None, word="message", told=30, **headers):
        code, text = ERRORS[name]
        body = {"status": "error", word: words or text}
        if name == "rate_limited" and told:
            body["retry_after"] = told
        return Reply.of_json(body, status=200 if self.as_200 else status or code, **headers)


if __name__ == "__main__":
    serve(ModelsLabServer)
