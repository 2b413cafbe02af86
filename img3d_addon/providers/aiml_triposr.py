# SPDX-License-Identifier: GPL-3.0-or-later
"""AIML API, TripoSR: one request with the picture inside, answered with a link to the model. No bpy.

API: https://docs.aimlapi.com/api-references/3d-generating-models/stability-ai/triposr
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, cast

from ..core.errors import BadInput, BadResult, CreditsError, NotFound, PlanError, ProviderError
from ..core.http import redact
from ..core.http.answer import Answer
from ..core.http.api import Api, Base64File
from ..core.http.refusals import one_line, refusal, said_by
from ..core.params import Bool, Choice, Float, Int, Param, Secret, Text
from ..core.provider import Provider
from ..core.values import Balance, ImageLimits, Model, Picture, Price

__all__ = ["AimlTripoSR"]

CREDITS = 2_000_000  # for one USD
MESH = re.compile(r"https?://[^\s?#]+\.(glb|obj|zip)([?#]\S*)?", re.IGNORECASE)
MONEY = r"credit|balance|funds|top.?up|billing|payment"
NOT_ALLOWED = r"not allowed|permission|forbidden|access|verif|restricted"
WANTS_ADDRESS = (
    "This provider wants a public image URL: put the address of the picture on the web, one that opens without a "
    "login, into the parameter image_url and submit again. Refused requests are not charged."
)


class AimlTripoSR(Provider):
    """Quick meshes with colours, for about 0.09 USD."""

    name = "aiml_triposr"
    label = "AIML API TripoSR"
    summary = "Quick mesh in one answer, as GLB or OBJ"
    docs = "https://docs.aimlapi.com/api-references/3d-generating-models/stability-ai/triposr"
    key_page = "https://aimlapi.com/app/keys"
    vendor = "AIML"
    base_url = "https://api.aimlapi.com"
    account = (Secret("key", env="AIML_API_KEY", label="API key"),)
    params: ClassVar[tuple[Param, ...]] = (
        Choice(
            "output_format",
            "glb",
            choices=("glb", "obj"),
            labels={"glb": "GLB", "obj": "OBJ"},
            label="File format",
            help="Format of the delivered file",
        ),
        Int(
            "mc_resolution",
            256,
            min=32,
            max=1024,
            label="Resolution",
            help="Fineness of the grid that the mesh is cut from; more than 512 is discouraged",
        ),
        Bool(
            "do_remove_background",
            True,
            label="Remove background",
            help="Let the service cut the object out; switch it off for a picture without a background",
        ),
        Float(
            "foreground_ratio",
            0.9,
            min=0.5,
            max=1.0,
            advanced=True,
            label="Object size",
            help="How much of the frame the object takes up",
        ),
        Text(
            "image_url",
            "",
            advanced=True,
            max_length=2048,
            label="Public image URL",
            help="Address of the picture on the web, for when the service does not take it from your disk. "
            "When it is filled in, only the address is sent and the service fetches the picture from there itself",
        ),
    )
    # Nothing is documented; the data URI of this many bytes has 10 MB, which gateways usually take.
    image = ImageLimits(
        formats=("png", "jpeg"),
        min_side=640,
        max_side=2048,
        max_bytes=7_490_000,
        min_aspect=0.4,
        max_aspect=2.5,
    )

    sync = True
    quick = True
    has_balance = True
    formats = ("glb", "obj")
    read_timeout = 180.0

    def headers(self, account: Mapping[str, str]) -> Mapping[str, str]:
        """Return the key."""
        return {"Authorization": f"Bearer {account['key']}"}

    def check(self, params: Mapping[str, Any]) -> None:
        """Refuse an address of the picture that is none."""
        if params["image_url"] and not re.fullmatch(r"https?://[^\s/]+\S*", params["image_url"]):
            raise BadInput(
                "image_url is not a web address",
                advice="Write it like https://example.com/chair.png, or leave it out to send the picture itself.",
            )

    def submit(self, api: Api, picture: Picture, params: Mapping[str, Any]) -> Model:
        """Send the picture, or its address where the user gave one; the answer says where the model is."""
        data = Base64File(picture.path, f"data:{picture.mime};base64,")
        body = {"model": "triposr", **params, "image_url": params["image_url"] or data}
        answer = api.post("/v1/images/generations", json=body)
        found = answer.json
        facts = {
            "request_id": str(found.get("requestId") or ""),
            "inference_id": answer.headers.get("x-inference-id", ""),
        }
        cost = _cost(found)
        urls = _urls(found)
        if urls:
            return Model(urls=tuple(urls), cost=cost, facts=facts)
        text = next(_fields(found, "b64_json"), "")
        if text:
            return Model(path=api.decode(text), cost=cost, facts=facts)
        link = next(_links(found), "")
        if link:
            return Model(urls=(link,), cost=cost, facts=facts)
        words = one_line(redact.text(answer.text[:2000]), 300)
        text = f"{self.label} answered with success, but without a model; it says: “{words}”"
        raise BadResult(text, provider=self.label, status=answer.status)

    def balance(self, api: Api) -> Balance:
        """Ask for the dollars that are left; an older way tells them in credits."""
        try:
            body = api.get("/v2/billing").json
        except NotFound:
            credits = _finite(api.get("/v1/billing/balance").json["balance"])
            return Balance(amount=credits / CREDITS, unit="USD", note=f"{credits:.0f} credits")
        return Balance(amount=_finite(body["current_balance"]), unit=str(body.get("currency") or "USD"))

    def check_key(self, api: Api) -> str:
        """Ask for the bill, which only the owner of the key can."""
        return f"The key works; {self.balance(api)} are left."

    def explain(self, answer: Answer) -> ProviderError:
        """Read the three shapes of errors; 403 is about money unless its words are about rights."""
        said = said_by(answer).lower()
        kind = None
        if answer.status == 403:
            kind = PlanError if re.search(NOT_ALLOWED, said) and not re.search(MONEY, said) else CreditsError
        advice = WANTS_ADDRESS if answer.status in (400, 422) and "image_url" in answer.text else None
        error = refusal(answer, provider=self.label, kind=kind, advice=advice)
        error.task_id = answer.headers.get("x-inference-id", "")
        return error


def _urls(body: Any) -> list[str]:
    """Return the addresses in the two documented places, the newer one first, each once."""
    mesh = body.get("model_mesh")
    first = cast("dict[str, Any]", mesh).get("url") if isinstance(mesh, dict) else None
    urls = [first, *_fields(body, "url")]
    return list(dict.fromkeys(url for url in urls if isinstance(url, str) and url))


def _fields(body: Any, name: str) -> Iterator[str]:
    """Yield one field of the entries of `data`, which may be null, as they may be."""
    entries = body.get("data")
    for entry in cast("list[Any]", entries) if isinstance(entries, list) else ():
        value = cast("dict[str, Any]", entry).get(name) if isinstance(entry, dict) else None
        if isinstance(value, str) and value:
            yield value


def _links(value: Any) -> Iterator[str]:
    """Yield the web addresses of models anywhere in an answer."""
    if isinstance(value, str):
        if MESH.fullmatch(value):
            yield value
    elif isinstance(value, dict | list):
        items = cast("dict[str, Any]", value).values() if isinstance(value, dict) else cast("list[Any]", value)
        for item in items:
            yield from _links(item)


def _cost(body: Any) -> Price | None:
    """Read what was charged; the model counts without it."""
    try:
        credits = _finite(body["meta"]["usage"]["credits_used"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return Price(amount=credits, unit="credits", usd=credits / CREDITS)


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"no amount: {value}")
    return number
