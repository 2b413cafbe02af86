# SPDX-License-Identifier: GPL-3.0-or-later
"""fal.ai: one queue, one key, many models; `models.py` has their table. No bpy.

API: https://docs.fal.ai/model-apis/model-endpoints/queue
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from ...core.errors import BadResult, NotFound, ProviderError, RequestRefused, ServerError
from ...core.http.answer import Answer
from ...core.http.api import Api, Base64File
from ...core.params import Param, Secret, Value
from ...core.provider import Provider
from ...core.unheard import unheard
from ...core.values import Balance, ImageLimits, Model, Picture, Price, Running, Task
from .answers import balance_of, explained, failure, files_of, last_line, price_of
from .models import ROWS
from .options import PARAMS, body_of, check

__all__ = ["Fal"]

PRICES = "https://api.fal.ai/v1/models/pricing"
BALANCE = "https://rest.alpha.fal.ai/billing/user_balance"


class Fal(Provider):
    """Many models of many makers behind one queue."""

    name = "fal"
    label = "fal.ai (many models)"
    summary = "TRELLIS, TripoSR, Pixal3D, Hunyuan3D, Rodin, Tripo, Meshy and Seed3D with one key, paid as you go"
    docs = "https://docs.fal.ai/model-apis/model-endpoints/queue"
    key_page = "https://fal.ai/dashboard/keys"
    vendor = "FAL"
    base_url = "https://queue.fal.run"
    other_hosts = ("https://api.fal.ai", "https://rest.alpha.fal.ai")
    account = (Secret("key", env="FAL_KEY", label="API key", help="A key ID and its secret are joined by a colon"),)
    params: ClassVar[tuple[Param, ...]] = PARAMS
    # What suits every model of the table; a data address is for pictures of a few MB.
    image = ImageLimits(min_side=640, max_side=2048, min_aspect=0.4, max_aspect=2.5, max_bytes=4_000_000)

    cancellable = True
    has_estimate = True
    has_balance = True
    server_quads = True
    largest_texture = 4096
    quads: ClassVar[Mapping[str, Value]] = {"quad": "true", "topology": "quad", "mesh_mode": "Quad"}
    formats = ("glb", "zip", "obj", "fbx", "stl", "usdz")
    poll_every = 3.0
    deadline = 1800.0  # the queue of a popular model can be long

    def headers(self, account: Mapping[str, str]) -> Mapping[str, str]:
        """Return the key."""
        return {"Authorization": f"Key {account['key']}"}

    def check(self, params: Mapping[str, Any]) -> None:
        """Refuse what the chosen model does not take although others do."""
        check(params)

    def submit(self, api: Api, picture: Picture, params: Mapping[str, Any]) -> Task:
        """Queue a request; the picture goes along as a data address."""
        row = ROWS[params["model"]]
        image = Base64File(picture.path, f"data:{picture.mime};base64,")
        body = {row.image: [image] if row.many else image, **body_of(row, params)}
        answer = api.post(f"/{row.id}", json=body).json
        given = {name: answer.get(name) for name in ("status_url", "response_url", "cancel_url")}
        named = {name: url for name, url in given.items() if isinstance(url, str)}
        seed = body.get("seed", body.get("model_seed"))
        return Task(str(answer["request_id"]), {"model": row.id, **named, **({} if seed is None else {"seed": seed})})

    def poll(self, api: Api, task: Task) -> Running | Model:
        """Ask for the state, and for the result when there is one."""
        status = api.get(_address(api, task, "status"), query={"logs": "1"}).json
        word = str(status["status"]).upper()
        if word == "IN_QUEUE":
            place = status.get("queue_position")
            return Running(position=place if isinstance(place, int) else None)
        if word != "COMPLETED":
            said = last_line(status)
            return Running(message=said if said or word == "IN_PROGRESS" else unheard(self.label, word).lower())
        if status.get("error"):
            raise failure(status, label=self.label)
        return self._result(api, task)

    def cancel(self, api: Api, task: Task) -> str:
        """Ask the queue to drop the request."""
        try:
            api.put(_address(api, task, "cancel"), body=b"", bare=False)
        except RequestRefused as error:
            if "ALREADY_COMPLETED" not in error.said:
                raise
            return f"{self.label} had finished it already and charges it. Resume fetches the model."
        except NotFound:
            return f"{self.label} does not know the request any more; what it had done by then may be charged."
        return f"{self.label} was told to stop; waiting in its queue is free, work that it had begun may be charged."

    def estimate(self, api: Api | None, params: Mapping[str, Any], picture: Picture | None = None) -> Price | None:
        """Ask the price list; some prices are for a unit of which a job may take several."""
        del picture
        return self._price(api, params["model"]) if api else None

    def faces(self, params: Mapping[str, Any]) -> int | None:
        """Read what the chosen model is given as a number of faces or vertices, if anything."""
        names = ("face_count", "face_limit", "quality_override", "target_polycount")
        found = max((params.get(name, 0) for name in names), default=0)
        each = 2 if any(params.get(name) == value for name, value in self.quads.items()) else 1
        return each * found if found > 0 else 2 * params.get("decimation_target", 0) or None

    def balance(self, api: Api) -> Balance:
        """Ask what is left."""
        return balance_of(api.get(BALANCE).json)

    def check_key(self, api: Api) -> str:
        """Ask for a price, which only a good key is told."""
        price = self._price(api, PARAMS[0].default)
        return f"The key works; {self.label} tells it its prices{f', such as {price}' if price else ''}."

    def explain(self, answer: Answer) -> ProviderError:
        """Read a `detail` and the type of the error."""
        return explained(answer, label=self.label)

    def _price(self, api: Api, model: str) -> Price | None:
        entries = api.get(PRICES, query={"endpoint_id": model}).json["prices"]
        found = [entry for entry in entries if entry["endpoint_id"] == model]
        return price_of(found[0], seen=ROWS[model].price) if found else None

    def _result(self, api: Api, task: Task) -> Model:
        try:
            result = api.get(_address(api, task, "response")).json
        except ServerError as error:
            if error.status not in (408, 409) and error.said:  # the model's own failure, and no gateway's
                raise failure({"error": error.said}, label=self.label, status=error.status) from error
            raise
        if result.get("detail"):
            raise failure(result, label=self.label)
        urls, beside = files_of(result)
        if not urls:
            names = ", ".join(result) or "nothing"
            raise BadResult(f"{self.label} ended with success, but named no model; its answer holds {names}")
        seed = result.get("seed", task.data.get("seed"))
        facts = {"request_id": task.id, "model": task.data["model"]}
        return Model(urls=urls, beside=beside, seed=seed if isinstance(seed, int) else None, facts=facts)


def _address(api: Api, task: Task, what: str) -> str:
    """Return the address that the service gave for this call; a strange one gets no key, and is made by the rule."""
    given = str(task.data.get(f"{what}_url") or "")
    if given and api.is_home(given):
        return given
    path = f"{ROWS[task.data['model']].app}/requests/{quote(task.id, safe='')}"
    return f"{api.base_url}/{path}{'' if what == 'response' else f'/{what}'}"
