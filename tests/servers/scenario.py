# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenario's interface on loopback: `python -m tests.servers.scenario --port 0 --scene success`.

It prints its base URL, with the `/v1`. A scene is taken by the first request that it is about: those of `UPLOADS`
by an upload, of `PRICES` by a dry run, of `ACCOUNTS` by a look at the teams, all others by a job, for its whole life.
"""

import base64
import re
from dataclasses import dataclass, field

from . import scenario_checks as checks, scenario_shapes as shapes
from .base import Reply, serve
from .scenario_assets import AssetServer
from .scenario_scenes import ACCOUNTS, ERRORS, JOBS, MADE, PRICES, SCENES, UPLOADS, WIRE

GENERATE = "/v1/generate/custom/model_pixal3d"
UNITS = 60


@dataclass
class Job:
    scene: str
    inputs: dict
    project: str
    polls: int = 0
    canceled: bool = False
    assets: list = field(default_factory=list)


class ScenarioServer(AssetServer):
    """Checks what the contract says of each request. `units` falls with each job that is taken and with nothing else.

    With `project`, the key spans projects: each request must name just this one. The secret of a key is the key + "-2".
    """

    name = "scenario"
    scenes = SCENES

    def __init__(self, *, project="", **options):
        super().__init__(**options)
        self.project = project
        self.units = 412.0
        self.jobs = {}
        self.routes = {
            ("POST", "/assets"): self.take_asset,
            ("POST", "/assets/get-bulk"): self.show_assets,
            ("GET", "/assets/([^/]+)"): self.show_asset,
            ("POST", "/assets/([^/]+)/download"): self.convert,
            ("POST", "/uploads"): self.begin_upload,
            ("POST", "/uploads/([^/]+)/action"): self.end_upload,
            ("GET", "/uploads/([^/]+)"): self.show_upload,
            ("POST", "/generate/custom/model_pixal3d"): self.generate,
            ("GET", "/jobs/([^/]+)"): self.show_job,
            ("POST", "/jobs/([^/]+)/action"): self.cancel,
            ("GET", "/teams"): self.show_teams,
            ("GET", "/teams/([^/]+)/limits"): self.show_limits,
        }

    @property
    def url(self):
        return f"{self.root}/v1"

    def reply(self, request):
        if not request.path.startswith("/v1/"):
            return self.stored(request)
        pairs = {base64.b64encode(f"{key}:{key}-2".encode()).decode() for key in self.keys}
        if request.headers.get("authorization") not in {f"Basic {pair}" for pair in pairs}:
            return self.error("unauthorized")
        for (method, pattern), answer in self.routes.items():
            found = re.fullmatch("/v1" + pattern, request.path)
            if found and method == request.method:
                return self.routed(request, answer, found.groups())
        return self.wrong(f"{request.method} {request.path}: there is no such call", status=404)

    def routed(self, request, answer, names):
        allowed = checks.QUERIES_OF_GENERATE if request.path == GENERATE else checks.QUERIES
        wrong = checks.judge_query(request, allowed)
        if wrong:
            return self.wrong(wrong)
        if len(request.body) > checks.MOST_BODY:
            return self.wrong("the body has more than 10 MB", status=413)
        if self.project and request.query.get("projectId") != self.project:
            return self.error("not_found", words="Not found: which project? Give projectId")
        if request.method == "POST" and checks.object_of(request) is None:
            return self.wrong("the body must be a JSON object")
        return answer(request, *names)

    # jobs

    def generate(self, request):
        images = {name for name, asset in self.assets.items() if asset.kind == "image"}
        wrong = checks.judge_inputs(request.json, images)
        if wrong:
            return self.wrong(wrong)
        if "dryRun" in request.query:
            return self.price(self.scene_of(PRICES), request)
        scene = self.next_scene()
        if scene in UPLOADS + PRICES + ACCOUNTS:
            scene = "success"
        if scene == "echo_key":
            return self.error("bad_request", words=f"bad header {request.headers['authorization']}")
        if scene in ERRORS or (scene in WIRE and scene != "hold"):
            return self.error(scene)
        reply = Reply.of_json({"job": self.begin(scene, request), **shapes.price(UNITS)})
        reply.hold = scene == "hold"
        return reply

    def begin(self, scene, request):
        self.units -= UNITS
        name = f"job_{len(self.jobs) + 1}"
        self.jobs[name] = Job(scene, request.json, request.query.get("projectId", shapes.PROJECT))
        return self.job(name, "queued")

    def price(self, scene, request):
        if scene == "price_no_units":
            return self.error("no_units")
        body = shapes.price(UNITS)
        if scene == "price_runs":
            return Reply.of_json({"job": self.begin("success", request), **body})
        if scene == "price_with_job":
            body["job"] = shapes.job("job_0", inputs=request.json)
        return Reply.of_json(body, status=269)

    def job(self, name, word, progress=0.0):
        job = self.jobs[name]
        more = {"assets": job.assets, "inputs": job.inputs, "owner": job.project}
        if word.lower() == "success":
            more["billing"] = {"cuCost": UNITS, "cuDiscount": 0, "cuCostDetails": {}}
            progress = 1.0
        elif word.lower() in ("failure", "failed", "error"):
            more |= {"error": "The input image could not be processed", "hint": "Try another image"}
        return shapes.job(name, status=word, progress=progress, **more)

    def show_job(self, request, name):
        job = self.jobs.get(name)
        if job is None:
            return self.wrong(f"there is no {name}", status=404)
        steps = JOBS.get(job.scene, ("queued", 0.42, "success"))
        with self._lock:
            step = steps[min(job.polls, len(steps) - 1)]
            job.polls += 1
        if job.canceled:
            return Reply.of_json({"job": self.job(name, "canceled", 0.3)})
        if isinstance(step, float):
            return Reply.of_json({"job": self.job(name, "in-progress", step)})
        if step.startswith("!"):
            return self.error(step[1:])
        if step.lower() == "success" and not job.assets:
            job.assets = [self.make(kind, job.scene) for kind in MADE.get(job.scene, ("preview", "glb"))]
        return Reply.of_json({"job": self.job(name, step, 0.9 if step == "finalizing" else 0.0)})

    def cancel(self, request, name):
        job = self.jobs.get(name)
        if job is None or request.json != {"action": "cancel"}:
            return self.wrong(f"{name}: {request.body[:80]!r}", status=404)
        if job.scene != "cancellable":
            return self.error("bad_request", words="Cannot cancel this type of job")
        job.canceled = True
        return Reply.of_json({"job": self.job(name, "canceled")})

    # the account

    def show_teams(self, request):
        scene = self.scene_of(ACCOUNTS)
        if scene == "account_unauthorized":
            return self.error("unauthorized")
        return Reply.of_json({"teams": [] if scene == "no_teams" else shapes.teams()})

    def show_limits(self, request, name):
        if name not in {team["id"] for team in shapes.teams()}:
            return self.wrong(f"there is no {name}", status=404)
        bought, plan = 100, 1000
        return Reply.of_json(shapes.limits(plan_units=plan, used=plan + bought - self.units, bought=bought))


if __name__ == "__main__":
    serve(ScenarioServer)
