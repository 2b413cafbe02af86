# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenario, model Pixal3D: upload the picture as an asset, run the model, choose its model among the assets. No bpy.

API: https://docs.scenario.com/reference
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar, cast

from ..core.errors import (
    AuthError,
    BadInput,
    BadResult,
    CreditsError,
    NotFound,
    PlanError,
    ProviderError,
    RateLimited,
    RequestRefused,
    ServerError,
    TaskFailed,
)
from ..core.http.answer import Answer
from ..core.http.api import Api, Base64File
from ..core.http.refusals import refusal, said_by
from ..core.params import Bool, Choice, Float, Int, Param, Secret, Text
from ..core.provider import Provider
from ..core.unheard import unheard
from ..core.values import Balance, ImageLimits, Model, Picture, Price, Running, Task

__all__ = ["ScenarioPixal3D"]

log = logging.getLogger(__name__)

UNIT = "creative units"
MOST_BASE64 = 6_000_000  # characters; larger pictures go as a file of their own
GLB = ("model/gltf-binary", "model/glb")
WAITS = {"queued": "In the queue", "pending": "In the queue", "warming-up": "The service starts up"}
RUNS = {"in-progress": "", "processing": "", "finalizing": "Finalizing"}
ENDS = ("failure", "failed", "error", "canceled", "cancelled")
REFUNDS = "Failed jobs are normally refunded; look at the account on Scenario's web page."
UNITS_WORDS = re.compile(r"\b(units?|credits?|cus?|insufficient|balance)\b", re.IGNORECASE)
PLAN_WORDS = re.compile(r"\b(plans?|subscriptions?|upgrade)\b", re.IGNORECASE)


def _stage(stage: str, title: str, *, strength: float, rescale: float, moves: bool = True) -> tuple[Param, ...]:
    """Return the parameters of one of the model's three stages, which all have the same ones."""
    params: tuple[Param, ...] = (
        Float(
            f"{stage}GuidanceStrength",
            strength,
            min=0,
            max=10,
            advanced=True,
            label=f"{title} guidance",
            help=f"{title} stage: how closely it follows the picture",
        ),
        Float(
            f"{stage}GuidanceRescale",
            rescale,
            min=0,
            max=1,
            advanced=True,
            label=f"{title} guidance rescale",
            help=f"{title} stage: how much of what strong guidance exaggerates is taken back; 0 is nothing",
        ),
        Int(
            f"{stage}SamplingSteps",
            36,
            min=1,
            max=50,
            advanced=True,
            label=f"{title} steps",
            help=f"{title} stage: number of steps; more take longer",
        ),
    )
    if not moves:
        return params
    help = f"{title} stage: moves the steps towards the early, coarse part; 1 spreads them evenly"
    label = f"{title} time rescale"
    return (*params, Float(f"{stage}RescaleT", 3.0, min=1, max=6, advanced=True, label=label, help=help))


class ScenarioPixal3D(Provider):
    """Detailed, textured models; the picture becomes an asset of the account first."""

    name = "scenario_pixal3d"
    label = "Scenario Pixal3D"
    summary = "Detailed textured mesh of up to 2 million vertices, with textures of up to 4096 pixels"
    docs = "https://docs.scenario.com"
    key_page = "https://app.scenario.com"
    vendor = "SCENARIO"
    base_url = "https://api.cloud.scenario.com/v1"
    account = (
        Secret("key", env="SCENARIO_SDK_API_KEY", label="API key", help="Needs a paid plan"),
        Secret("secret", env="SCENARIO_SDK_API_SECRET", label="API secret", help="Is shown once, with its key"),
        Text(
            "projectId",
            "",
            env="SCENARIO_PROJECT_ID",
            label="Project",
            help="Begins with proj_; only needed when the key spans several projects",
        ),
    )
    params: ClassVar[tuple[Param, ...]] = (
        Int(
            "decimationTarget",
            200000,
            min=5000,
            max=2000000,
            label="Vertices",
            help="To how many vertices the mesh is reduced",
        ),
        Choice(
            "resolution",
            4096,
            choices=(1024, 2048, 4096),
            label="Texture size",
            help="Width and height of the texture",
            unit="pixels",
        ),
        Choice(
            "generationResolution",
            1536,
            choices=(1024, 1536),
            label="Detail",
            help="Resolution at which the shape is generated; the larger one is finer and takes longer",
        ),
        Bool("remesh", True, help="Rebuild the mesh on the server"),
        Int(
            "seed",
            -1,
            min=-1,
            max=2147483647,
            help="The same seed gives the same model again; -1 leaves it out, for a random one. "
            "Which numbers the service takes is not documented",
        ),
        *_stage("ss", "Structure", strength=7.5, rescale=0.7, moves=False),
        *_stage("shapeSlat", "Shape", strength=7.5, rescale=0.5),
        *_stage("texSlat", "Texture", strength=1.0, rescale=0.0),
        Float("meshScale", 1.0, min=0.1, max=4, advanced=True, label="Mesh scale", help="Size of the generated mesh"),
        Int(
            "maxNumTokens",
            49152,
            min=4096,
            max=131072,
            advanced=True,
            label="Most tokens",
            help="Limit of the detail that is worked on at once; more takes longer",
        ),
    )
    # The documents name no limit of pixels. With 24 MB a picture keeps its quality, and large ones go as files.
    image = ImageLimits(min_side=640, max_side=2048, max_bytes=24_000_000)

    has_upload = True
    cancellable = True
    reports_percent = True
    has_estimate = True
    has_balance = True
    largest_texture = 4096
    unit = UNIT
    poll_every = 4.0

    def headers(self, account: Mapping[str, str]) -> Mapping[str, str]:
        """Return key and secret as HTTP Basic wants them."""
        pair = f"{account['key']}:{account['secret']}"
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def upload(self, api: Api, picture: Picture) -> str | Task:
        """Make an asset of the picture: small ones inside JSON, large ones as a file of their own."""
        query = _project(api)
        if (picture.size + 2) // 3 * 4 < MOST_BASE64:
            body = {"image": Base64File(picture.path), "name": picture.path.name, "hide": True}
            return _id(api.post("assets", json=body, query=query).json["asset"]["id"])
        upload = api.post("uploads", json=_one_part(picture), query=query).json["upload"]
        try:
            api.put(upload["parts"][0]["url"], body=picture.path)
        except ProviderError as error:
            if error.status is None:
                raise
            text = f"The store of {self.label} did not take the picture (HTTP {error.status})"
            raise ServerError(text, provider=self.label, status=error.status) from error
        name = _id(upload["id"])
        api.post(f"uploads/{name}/action", json={"action": "complete"}, query=query)
        return Task(name, wait=1.0)

    def poll_upload(self, api: Api, task: Task) -> Running | str:
        """Ask whether the picture has become an asset."""
        upload = api.get(f"uploads/{task.id}", query=_project(api)).json["upload"]
        status = str(upload["status"]).lower()
        if status == "failed":
            said = _words(upload.get("errorMessage")) or "no reason was given"
            text = f"{self.label} could not use the picture: “{said}”"
            raise _saying(said, RequestRefused(text, provider=self.label))
        if status == "imported" or (status == "complete" and upload.get("entityId")):
            return _id(upload["entityId"])
        return Running(message="The service checks the picture")

    def submit(self, api: Api, picture: Picture, params: Mapping[str, Any]) -> Task:
        """Run the model on the uploaded picture."""
        body = api.post("generate/custom/model_pixal3d", json=_inputs(picture, params), query=_project(api)).json
        cost = {name: body[name] for name in ("creativeUnitsCost", "creativeUnitsDiscount") if name in body}
        # a job stays in its project, whatever the preferences say when it is taken up again
        return Task(_id(body["job"]["jobId"]), {"projectId": api.key("projectId"), "seed": params["seed"], **cost})

    def poll(self, api: Api, task: Task) -> Running | Model:
        """Ask how the job is; when it is done, look for the model among its assets."""
        job = api.get(f"jobs/{task.id}", query=_project(api, task)).json["job"]
        status = str(job["status"]).lower()
        if status in ENDS:
            raise self._ended(job, status)
        if status != "success":
            return _running(status, job.get("progress"))
        names: list[str] = job["metadata"]["assetIds"]
        assets = _assets(api, task, names)
        models = sorted(filter(_is_model, assets), key=_is_other)
        ready = [asset for asset in models if _status(asset) == "success"]
        if ready and not _is_other(ready[0]):
            return _model(ready[0], (ready[0]["url"],), job=job, task=task)
        if len(assets) < len(names) or any(_status(asset) == "pending" for asset in assets):
            return Running(1.0, "The model is being stored")
        if not ready:
            raise self._no_model(models, names)
        return _model(ready[0], _addresses(api, task, ready[0]), job=job, task=task)

    def cancel(self, api: Api, task: Task) -> str:
        """Ask to stop the job; say honestly what that means."""
        try:
            api.post(f"jobs/{task.id}/action", json={"action": "cancel"}, query=_project(api, task))
        except RequestRefused:
            return (
                f"Stopped waiting; {self.label} cannot stop jobs of this kind and may still charge it. "
                "Resume fetches the model."
            )
        return f"{self.label} stops the job; the units may still be spent: look at the account on its web page."

    def estimate(self, api: Api | None, params: Mapping[str, Any], picture: Picture | None = None) -> Price | None:
        """Ask for the price by a dry run, which has a status of its own (269) and starts nothing."""
        if api is None:
            return None
        if picture is None or not picture.remote:
            text = f"{self.label} names its price only for a picture"
            raise BadInput(text, advice="Name the picture that is to be priced; asking costs nothing.")
        query = {"dryRun": "true", **_project(api)}
        answer = api.post("generate/custom/model_pixal3d", json=_inputs(picture, params), query=query)
        if answer.status != 269 and answer.json.get("job"):
            raise BadResult(
                f"{self.label} was asked for a price and started the job {answer.json['job'].get('jobId')} instead",
                provider=self.label,
                advice="It may be charged: look at the account on Scenario's web page.",
            )
        return _price(answer.json["creativeUnitsCost"], answer.json.get("creativeUnitsDiscount"))

    def faces(self, params: Mapping[str, Any]) -> int | None:
        """Count on the target of vertices: a closed mesh has twice as many triangles."""
        return 2 * params["decimationTarget"]

    def balance(self, api: Api) -> Balance:
        """Ask for the units that are left: those of the plan in this period, and those bought on top."""
        team = self._team(api)
        limits = api.get(f"teams/{team['id']}/limits", query=_project(api)).json
        left = _number(limits["limits"]["creativeUnits"]) - _number(limits["values"]["creativeUnits"])
        bought = sum(_number(part["remaining"]) for part in limits.get("oneShotCreativeUnits") or ())
        note = f"{team.get('name') or team['id']}, plan {limits.get('plan') or 'unknown'}"
        return Balance(amount=max(0.0, left) + bought, unit=UNIT, note=note)

    def check_key(self, api: Api) -> str:
        """Ask whose key it is."""
        team = self._team(api)
        plan = f" (plan {team['plan']})" if team.get("plan") else ""
        return f"The key works; it belongs to the team {team.get('name') or team['id']}{plan}."

    def explain(self, answer: Answer) -> ProviderError:
        """Read the sentence where this service puts it; tell missing units from a missing plan by its words."""
        body = answer.object
        said = _sentence(answer, body)
        limit = _limit(body.get("details"))
        if said or limit:
            hints = {name: body[name] for name in ("remainingSeconds", "retry_after") if name in body}
            answer = replace(answer, text=json.dumps({"message": said + limit + _trace(body), **hints}))
        error = refusal(answer, provider=self.label, kind=_kind(answer.status, said))
        error.advice = _advice(error, limit)
        return error

    def _team(self, api: Api) -> Mapping[str, Any]:
        """Return the team of the project, or the first one."""
        teams: list[Mapping[str, Any]] = api.get("teams", query=_project(api)).json["teams"]
        if not teams:
            text = f"{self.label} accepts the key, but it belongs to no team"
            raise PlanError(text, provider=self.label)
        wanted = api.key("projectId")
        owns = [team for team in teams if any(part.get("id") == wanted for part in team.get("projects") or ())]
        return (owns or teams)[0]

    def _ended(self, job: Mapping[str, Any], status: str) -> ProviderError:
        metadata: Mapping[str, Any] = job.get("metadata") or {}
        if status.startswith("cancel"):
            text = f"The job was cancelled at {self.label}"
            return TaskFailed(text, provider=self.label, advice=f"Submit it again. {REFUNDS}")
        said = _words(metadata.get("error")) or "no reason was given"
        hint = _words(metadata.get("hint"))
        billing: Mapping[str, Any] = job.get("billing") or {}
        refunds = "" if billing.get("disableRefund") else REFUNDS
        advice = " ".join(f"{part.rstrip('.')}." for part in (hint, refunds) if part)
        return _saying(said, TaskFailed(f"{self.label} failed: “{said}”", provider=self.label, advice=advice or None))

    def _no_model(self, models: list[Mapping[str, Any]], names: list[str]) -> ProviderError:
        if models:
            text = f"{self.label} could not store the model that it has made"
            return TaskFailed(text, provider=self.label, advice=REFUNDS)
        return BadResult(f"{self.label} has made {len(names)} assets, and none is a model", provider=self.label)


def _project(api: Api, task: Task | None = None) -> dict[str, str]:
    """Return the query that names the project: that of the task, else that of the account, else none."""
    project = str(task.data.get("projectId", "") if task else api.key("projectId"))
    return {"projectId": project} if project else {}


def _one_part(picture: Picture) -> dict[str, Any]:
    name, size = picture.path.name, picture.size
    return {"fileName": name, "contentType": picture.mime, "kind": "image", "parts": 1, "fileSize": size}


def _inputs(picture: Picture, params: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in params.items() if name != "seed" or value >= 0}
    return {"image": picture.remote, **given}


def _running(status: str, progress: Any) -> Running:
    if status in WAITS:
        return Running(message=WAITS[status])
    if status not in RUNS:
        unheard("Scenario", status)
    fraction = min(1.0, max(0.0, progress)) if isinstance(progress, int | float) else None
    return Running(fraction, RUNS.get(status, ""))


def _assets(api: Api, task: Task, names: list[str]) -> list[Mapping[str, Any]]:
    """Return what is known of the assets; one by one where the call for several is not to be had."""
    query = _project(api, task)
    if len(names) > 1:
        try:
            return api.post("assets/get-bulk", json={"assetIds": names}, query=query).json["assets"]
        except (NotFound, RequestRefused) as error:
            log.info("assets are asked for one by one: %s", error)
    found: list[Mapping[str, Any]] = []
    for name in names:
        with suppress(NotFound):  # it may be there in a moment
            found.append(api.get(f"assets/{_id(name)}", query=query).json["asset"])
    return found


def _status(asset: Mapping[str, Any]) -> str:
    return str(asset.get("status") or "success").lower()


def _is_model(asset: Mapping[str, Any]) -> bool:
    """Textures and materials of a model are assets of their own, with sources such as `3d:texture:mtl`."""
    return asset.get("kind") == "3d" and ":texture" not in str(asset.get("source"))


def _is_other(asset: Mapping[str, Any]) -> bool:
    return str(asset.get("mimeType")).lower() not in GLB


def _addresses(api: Api, task: Task, asset: Mapping[str, Any]) -> tuple[str, ...]:
    """Return where a model that is no GLB is to be had: converted, else as it was made, else as it is shown."""
    for body in ({"targetFormat": "glb"}, {}):
        try:
            answer = api.post(f"assets/{_id(asset['id'])}/download", json=body, query=_project(api, task))
            return (answer.json["url"], asset["url"])
        except RequestRefused as error:
            log.info("no address with %s: %s", body, error)
    return (asset["url"],)


def _model(asset: Mapping[str, Any], urls: Iterable[str], *, job: Mapping[str, Any], task: Task) -> Model:
    inputs: Mapping[str, Any] = job["metadata"].get("input") or {}
    seed = inputs.get("seed", task.data.get("seed"))
    return Model(
        urls=tuple(urls),
        cost=_cost(job.get("billing"), task),
        seed=seed if isinstance(seed, int) and seed >= 0 else None,
        facts={"asset_id": asset["id"]},
    )


def _cost(billing: Any, task: Task) -> Price | None:
    """Return what was billed, else what was announced; a bill that cannot be read must not cost the model."""
    told: Mapping[str, Any] = task.data
    for found in ((billing, "cuCost", "cuDiscount"), (told, "creativeUnitsCost", "creativeUnitsDiscount")):
        source, cost, discount = found
        with contextlib.suppress(LookupError, TypeError, ValueError):
            return _price(source[cost], source.get(discount))
    return None


def _price(cost: Any, discount: Any) -> Price:
    less = _number(discount or 0)
    return Price(amount=_number(cost), unit=UNIT, note=f"with a discount of {less:g}" if less else "")


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{number} is no amount")
    return number


def _id(value: Any) -> str:
    """Return an id that can stand in a path."""
    if not isinstance(value, str) or not re.fullmatch(r"[\w-]+", value):
        raise ValueError(f"{value!r} is no id")
    return value


def _words(value: Any) -> str:
    """Return the sentence of a field that is documented as a text, also where it holds an object."""
    return said_by(Answer(status=200, text=json.dumps({"message": value}))) if value else ""


def _sentence(answer: Answer, body: Mapping[str, Any]) -> str:
    """Return the words below the first of the keys that has some; Scenario's own plugin reads them in this order."""
    for key in ("reason", "message", "error", "detail"):
        said = said_by(replace(answer, text=json.dumps(body.get(key) or "")))
        if said:
            return said
    return said_by(answer)


def _limit(details: Any) -> str:
    """Return which limit of jobs at once was met, in brackets."""
    if not isinstance(details, Mapping) or "actionName" not in details:
        return ""
    known = cast("Mapping[str, Any]", details)
    return f" ({known['actionName']}: {known.get('actionLimit', 'limit unknown')})"


def _trace(body: Mapping[str, Any]) -> str:
    trace = body.get("trace_id") or body.get("traceId")
    return f" (trace {trace})" if trace else ""


def _kind(status: int, said: str) -> type[ProviderError] | None:
    """Tell missing units from a missing plan: both statuses are used for both."""
    if status not in (402, 403):
        return None
    if UNITS_WORDS.search(said):
        return CreditsError
    return PlanError if PLAN_WORDS.search(said) else None


def _advice(error: ProviderError, limit: str) -> str:
    if isinstance(error, AuthError):
        return (
            "Check key and secret in the add-on's preferences, or in SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET."
        )
    if isinstance(error, NotFound):
        return "A key that spans several projects needs the project's id, in the preferences or SCENARIO_PROJECT_ID."
    if isinstance(error, RateLimited) and limit:
        return "Wait until other jobs of this account are done; its plan lets only so many run at once."
    return error.advice


def _saying(words: str, error: ProviderError) -> ProviderError:
    error.said = words
    return error
