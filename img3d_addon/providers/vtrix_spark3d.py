# SPDX-License-Identifier: GPL-3.0-or-later
"""Vtrix spark_3d, which is ByteDance's Seed3D: submit, poll, fetch. No bpy.

API: https://doc.vtrix.ai/docs/api/vtrix/spark-3d
The body and the addresses are those of the vendor's own tool: https://github.com/VtrixAI/vtrix-cli
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, cast
from urllib.parse import quote

from ..core.errors import (
    BadResult,
    CreditsError,
    NotFound,
    PlanError,
    ProviderError,
    RequestRefused,
    ServerError,
    TaskFailed,
)
from ..core.http.answer import Answer
from ..core.http.api import Api, Base64File
from ..core.http.refusals import one_line, refusal, said_by
from ..core.params import Choice, Param, Secret, Text
from ..core.provider import Provider
from ..core.unheard import unheard
from ..core.values import ImageLimits, Model, Picture, Price, Running, Task

__all__ = ["VtrixSpark3D"]

REFUSALS = {
    "003020001": "there is no text in the request",
    "003020002": "there is no picture in the request",
    "003020003": "the subdivision level is not taken",
    "003020004": "the file format is not taken",
    "003020005": "the address of the picture is not taken",
}
FAULTS = {
    "003020095": "the generation failed",
    "003020096": "the result could not be read",
    "003020097": "the service behind it failed",
    "003020098": "the status could not be found out",
    "003020099": "the task could not be made",
}
CODES = REFUSALS | FAULTS
UNREAD = ("003020001", "003020002")  # both items are always sent: the service looked for them elsewhere in the body
WORKING = ("pending", "queued", "in_progress", "processing", "running")
DONE = ("completed", "succeeded", "success")
OVER = ("failed", "cancelled", "canceled")
BESIDE = ("image", "png", "jpg", "jpeg", "webp", "gif", "video", "mp4")  # outputs that are no model
MONEY = ("balance", "credit", "fund", "recharge", "quota")  # not "insufficient": permissions are that, too
NOBODYS = "img3d-key-test"  # a task that does not exist


class _Unread(RequestRefused):
    """A refusal that may be meant for the form of the body."""


FACES = {"high": 200_000, "medium": 100_000, "low": 30_000}
"""How many faces each level of detail has."""


class VtrixSpark3D(Provider):
    """Detailed textured meshes of 30,000 to 200,000 faces, as GLB, OBJ or USD."""

    name = "vtrix_spark3d"
    label = "Vtrix spark_3d (Seed3D)"
    summary = "Detailed textured mesh of 30,000 to 200,000 faces, as GLB, OBJ or USD"
    docs = "https://doc.vtrix.ai/docs/api/vtrix/spark-3d"
    key_page = "https://vtrix.ai/settings?tab=api-keys"
    vendor = "VTRIX"
    base_url = "https://cloud.vtrix.ai"
    account = (
        Secret("key", env="VTRIX_API_KEY", label="API key"),
        Choice(
            "body",
            "wrapper",
            choices=("wrapper", "flat"),
            env="IMG3D_VTRIX_BODY",
            advanced=True,
            label="Form of the request",
            help="As the vendor's own tool sends it, or as its page for this model reads",
        ),
        Text(
            "create_path",
            "/model/v1/generation",
            env="IMG3D_VTRIX_CREATE_PATH",
            advanced=True,
            label="Create path",
            help="Where models are ordered, below the base URL; tasks are below it",
        ),
    )
    params: ClassVar[tuple[Param, ...]] = (
        Choice(
            "subdivisionlevel",
            "medium",
            choices=("high", "medium", "low"),
            labels={level: f"{level.capitalize()} ({faces:,} faces)" for level, faces in FACES.items()},
            label="Detail",
            help="How many faces the mesh gets",
        ),
        Choice(
            "fileformat",
            "glb",
            choices=("glb", "obj", "usd", "usdz"),
            labels={"glb": "GLB", "obj": "OBJ", "usd": "USD", "usdz": "USDZ"},
            label="File format",
            help="What the service delivers; GLB suits Blender best",
        ),
    )
    # 10 MB, fewer than 4096 * 4096 pixels, aspect from 0.4 to 2.5. Whether the file or its base64 text may have 10 MB
    # is not said, nor what happens at the ends of the aspect: the stricter reading holds, and some way inside.
    image = ImageLimits(
        min_side=640, max_side=2048, max_pixels=2048 * 2048, max_bytes=7_400_000, min_aspect=0.42, max_aspect=2.4
    )

    reports_percent = True
    formats = ("glb", "obj", "usdz", "zip")

    def headers(self, account: Mapping[str, str]) -> Mapping[str, str]:
        """Return the key."""
        return {"Authorization": f"Bearer {account['key']}"}

    def submit(self, api: Api, picture: Picture, params: Mapping[str, Any]) -> Task | Model:
        """Ask for a model, and in the other form of body where the service refuses to read this one."""
        content = [
            {"type": "text", "text": " ".join(f"--{name} {value}" for name, value in params.items())},
            {"type": "image_url", "image_url": {"url": Base64File(picture.path, f"data:{picture.mime};base64,")}},
        ]
        if api.key("body") == "flat":
            return self._ask(api, {"content": content}, params)
        try:
            return self._ask(api, {"input": [{"params": {"content": content}}]}, params)
        except _Unread as error:
            refused = error
        try:
            return self._ask(api, {"content": content}, params)
        except _Unread as error:
            if error.said != refused.said:
                refused.message = f"{refused.message.rstrip('.')}; asked in another form: “{error.said}”"
            raise refused from None

    def poll(self, api: Api, task: Task) -> Running | Model:
        """Ask how the task is."""
        try:
            answer = api.get(_of_task(api, task.id))
        except NotFound:
            if not task.data.get("urls"):
                raise
            # the answer to the submit was whole, and the service keeps no task for it
            return Model(urls=tuple(task.data["urls"]), cost=_price(task.data.get("cost")))
        found = cast("Mapping[str, Any]", answer.json)
        status = _status(found)
        if status in OVER or (_complaint(found) and status not in WORKING):
            raise self._failure(answer, f"ended the task as {one_line(status, 40)}")
        if status not in DONE:
            known = status in WORKING
            word = "" if status == "in_progress" else status if known else unheard(self.label, status)
            return Running(fraction=_fraction(found.get("progress")), message=word)
        urls = _urls(found, wanted=str(task.data.get("fileformat")))
        if not urls:
            raise BadResult(f"{self.label} says that it is done, but names no model", provider=self.label)
        return Model(urls=urls, cost=_price(_cost(found)))

    def faces(self, params: Mapping[str, Any]) -> int | None:
        """Read the level of detail."""
        return FACES[params["subdivisionlevel"]]

    def check_key(self, api: Api) -> str:
        """Ask for a task that does not exist: only with a key that is taken can it be missed."""
        try:
            _ = api.get(_of_task(api, NOBODYS)).json
        except (NotFound, RequestRefused) as error:
            if not error.said:  # a web page, or nothing: whatever that is, it did not look at the key
                raise
        return (
            "The key was not refused. Only that was tested, by asking for a task that does not exist: "
            f"{self.label} has no free call that names the account or its balance."
        )

    def explain(self, answer: Answer) -> ProviderError:
        """Read the ten codes; a 403 is an empty account or a missing permission, which only its words tell."""
        found = answer.object
        code, said = _code(found), said_by(answer)
        kind: type[ProviderError] | None = ServerError if code in FAULTS else None
        if code in UNREAD or (answer.status in (400, 422) and code not in CODES):
            kind = _Unread
        elif code in REFUSALS:
            kind = RequestRefused
        elif answer.status == 403:
            kind = CreditsError if any(word in said.lower() for word in MONEY) else PlanError
        error = refusal(answer, provider=self.label, kind=kind)
        if code in CODES and not said:
            error.said = CODES[code]
            error.message = f"{error.message}: {CODES[code]}"
        return error

    def _ask(self, api: Api, body: Mapping[str, Any], params: Mapping[str, Any]) -> Task | Model:
        answer = api.post(api.key("create_path"), json={"model": "spark_3d", **body})
        found = cast("Mapping[str, Any]", answer.json)
        name = found.get("id") or found.get("request_id")
        status = _status(found) if name else ""
        if status in OVER or (_complaint(found) and (not name or status in DONE)):
            raise self._failure(answer, "did not take the request")
        wanted = str(params["fileformat"])
        urls = _urls(found, wanted=wanted) if status in DONE or not name else ()
        if name:
            data = {"fileformat": wanted, "urls": list(urls), "cost": _cost(found)}
            return Task(str(name), data, wait=1.0 if urls else 0.0)
        if urls:
            return Model(urls=urls, cost=_price(_cost(found)))
        raise BadResult(f"{self.label} answered with success, but names no task", provider=self.label)

    def _failure(self, answer: Answer, what: str) -> ProviderError:
        """Return the error that an answer with status 200 speaks of."""
        found = answer.object
        code = _code(found)
        said = _complaint(found) or said_by(answer) or CODES.get(code, "")
        kind = _Unread if code in UNREAD else RequestRefused if code in REFUSALS else TaskFailed
        text = f"{self.label} {what}" + (f": “{said}”" if said else ", and does not say why")
        error = kind(f"{text} (code {code})" if code else text, provider=self.label, status=answer.status)
        error.said = said or what
        return error


def _of_task(api: Api, name: str) -> str:
    return f"{api.key('create_path').rstrip('/')}/task/{quote(name, safe='')}"


def _status(found: Mapping[str, Any]) -> str:
    """Return the status in lower case; an answer with outputs needs none."""
    if found.get("status"):
        return str(found["status"]).strip().lower()
    if any(_items(found)):
        return DONE[0]
    raise KeyError("status")


def _trouble(found: Mapping[str, Any]) -> Any:
    """Return what stands for an error: a text or an object, under one of two names."""
    return found.get("error") or found.get("provider_error")


def _complaint(found: Mapping[str, Any]) -> str:
    """Return the service's sentence about what went wrong, or what its code means; empty where nothing did."""
    trouble = _trouble(found)
    said = said_by(Answer(status=200, text=json.dumps(trouble))) if trouble else ""
    return said or (CODES.get(_code(found), "") if trouble else "")


def _code(found: Mapping[str, Any]) -> str:
    """Return the code of an error with its nine digits, which numbers lose in front; empty where there is none."""
    trouble = _trouble(found)
    holder = cast("Mapping[str, Any]", trouble) if isinstance(trouble, Mapping) else found
    code = str(holder.get("code") or "").strip()
    return code.zfill(9) if code.isdecimal() else one_line(code, 40)


def _items(found: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what was made: in outputs with content, or in a flat list."""
    for output in found.get("output") or ():
        yield from output.get("content") or ()
    yield from found.get("outputs") or ()


def _urls(found: Mapping[str, Any], *, wanted: str) -> tuple[str, ...]:
    """Return the addresses of models, those of the wanted kind first; `format` is to be trusted before `type`."""
    models: list[tuple[bool, str]] = []
    for item in _items(found):
        kinds = [str(item.get(word) or "").lower() for word in ("format", "type")]
        hint = kinds[0] or kinds[1]
        if item.get("url") and hint not in BESIDE:
            models.append((wanted not in kinds, str(item["url"])))
    return tuple(url for _other, url in sorted(models, key=lambda model: model[0]))


def _fraction(value: Any) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool) and 0.0 <= value <= 1.0
    return float(value) if known else None


def _cost(found: Mapping[str, Any]) -> Any:
    usage = found.get("usage")
    return cast("Mapping[str, Any]", usage).get("cost") if isinstance(usage, Mapping) else None


def _price(cost: Any) -> Price | None:
    """Return the price in USD, which comes as a text; the model counts without it, whatever stands there."""
    try:
        amount = float(cost)
    except (TypeError, ValueError):
        return None
    return Price(amount=amount, unit="USD", usd=amount) if math.isfinite(amount) and amount >= 0 else None
