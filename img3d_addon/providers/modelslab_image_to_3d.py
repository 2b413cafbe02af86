# SPDX-License-Identifier: GPL-3.0-or-later
"""ModelsLab, image to 3D: the picture becomes a link, then submit and poll, the key in each body. No bpy.

API: https://docs.modelslab.com/3d-api/image-to-3d, and the same under enterprise-api for accounts of that kind
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from typing import Any, ClassVar, cast
from urllib.parse import quote

from ..core.errors import (
    AuthError,
    BadInput,
    BadResult,
    CreditsError,
    ModerationError,
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
from ..core.values import Balance, ImageLimits, Model, Picture, Running, Task

__all__ = ["ModelsLabImageTo3D"]

LINES = {"standard": "/v6", "enterprise": "/v1/enterprise"}
PICTURE_FIELDS = {"standard": ("image", "init_image"), "enterprise": ("image",)}  # v6: its documents disagree
KNOWN = ("success", "processing", "queued")
LONGEST_WAIT = 30.0  # seconds before the first poll, however long the service thinks it will take
MESHES = ("glb", "obj", "stl", "ply", "gltf", "zip")
NO_MESHES = ("png", "jpg", "jpeg", "webp", "gif", "mp4", "webm", "mov", "mtl", "json", "txt")
WORDS: tuple[tuple[str, type[ProviderError]], ...] = (
    (r"rate limit|too many requests|queued requests", RateLimited),
    (r"\bcredits?\b|\bfunds\b|insufficient balance|\bwallet\b", CreditsError),
    (r"subscri|premium|upgrade|\bplan\b", PlanError),
    (r"\bapi[ _-]?key\b|\bkey field\b|unauthori[sz]ed|unauthenticated", AuthError),
    (r"nsfw|moderation|inappropriate|content polic", ModerationError),
    (r"(request|task|id)\b.*\bnot found", NotFound),
    (r"unable to fetch|required|invalid|must be|not supported|unsupported", RequestRefused),
    (r"went wrong|internal|server error|unavailable|overloaded|maintenance|time[d ]*-?out|try again", ServerError),
)
"""What a sentence means where the status does not say: errors may come with HTTP 200."""


class ModelsLabImageTo3D(Provider):
    """Meshes in four formats, on the standard or the enterprise line."""

    name = "modelslab_image_to_3d"
    label = "ModelsLab Image to 3D"
    summary = "Textured mesh as GLB, OBJ, STL or PLY within 5 to 15 minutes"
    docs = "https://docs.modelslab.com/3d-api/image-to-3d"
    key_page = "https://modelslab.com/dashboard/api-keys"
    vendor = "MODELSLAB"
    base_url = "https://modelslab.com/api"
    account = (
        Secret("key", env="MODELSLAB_API_KEY", label="API key"),
        Choice(
            "line",
            "standard",
            choices=("standard", "enterprise"),
            labels={"standard": "Standard", "enterprise": "Enterprise"},
            env="MODELSLAB_LINE",
            label="Product line",
            help="Enterprise is for accounts with servers of their own",
        ),
    )
    params: ClassVar[tuple[Param, ...]] = (
        Choice(
            "output_format",
            "glb",
            choices=("glb", "obj", "stl", "ply"),
            label="File format",
            help="Format of the delivered file; only GLB surely carries the texture",
        ),
        Int("resolution", 256, min=1, max=512, help="Fineness of the shape"),
        Float(
            "mesh_simplify", 0.9, min=0.9, max=0.98, label="Simplify", help="Share of the dense mesh that is taken away"
        ),
        Int("seed", 0, min=0, max=2147483647, help="The same seed gives the same model again; 0 is a random one"),
        Bool("multi_image", False, label="Several views", help="The picture is one transparent PNG with several views"),
        # the page names no range for it: that of its sister below
        Float(
            "ss_guidance_strength",
            7.5,
            min=0.0,
            max=10.0,
            advanced=True,
            label="Shape guidance",
            help="How closely the rough shape follows the picture",
        ),
        Int("ss_sampling_steps", 12, min=1, max=50, advanced=True, label="Shape steps", help="Steps for the shape"),
        Float(
            "slat_guidance_strength",
            3.0,
            min=0.0,
            max=10.0,
            advanced=True,
            label="Detail guidance",
            help="How closely details and texture follow the picture",
        ),
        Int(
            "slat_sampling_steps", 12, min=1, max=50, advanced=True, label="Detail steps", help="Steps for the details"
        ),
        Int("chunk_size", 8192, min=1, max=12000, advanced=True, help="How much the server works on at once"),
        Bool("render", False, advanced=True, label="Video", help="Make a video of the model, too; it is not fetched"),
        Choice(
            "temp",
            "no",
            choices=("no", "yes"),
            advanced=True,
            label="Temporary links",
            help="Ask for short-lived links",
        ),
        Text("webhook", "", advanced=True, max_length=2048, help="An address of yours that is called at the end"),
        Text("track_id", "", advanced=True, label="Tracking id", help="A word of yours that comes with that call"),
    )
    # Nothing is documented but 5 MB for the data URI, which is a third longer than the file.
    image = ImageLimits(
        formats=("png", "jpeg"),
        min_side=640,
        max_side=2048,
        max_bytes=(5_000_000 - 100) // 4 * 3,
        min_aspect=0.4,
        max_aspect=2.5,
    )

    has_upload = True
    has_balance = True
    result_ttl = 86400.0
    formats = ("glb", "obj", "stl", "ply")
    poll_every = 6.0  # seconds; 5 to 10 are advised, the core adds up to a quarter

    def check(self, params: Mapping[str, Any]) -> None:
        """Refuse a webhook that is no web address."""
        if params["webhook"] and not re.fullmatch(r"https?://[^\s/]+\S*", params["webhook"]):
            raise BadInput(
                "webhook is not a web address", advice="Write it like https://example.com/done, or leave it out."
            )

    def upload(self, api: Api, picture: Picture) -> str | Task:
        """Turn the picture into a link that lives for 24 hours."""
        data = Base64File(picture.path, f"data:{picture.mime};base64,")
        answer = api.post("/v6/base64_to_url", json={"key": api.key("key"), "base64_string": data})
        word, body = self._read(answer)
        if word == "success":
            return _links(body, "output")[0]
        fetch = str(body.get("fetch_result") or "")
        if not api.is_home(fetch):
            # no other address is documented for this; the core asks again from the beginning, which is free
            raise ServerError(f"{self.label} has not taken the picture in yet", provider=self.label)
        return Task(str(body.get("id", "")), {"fetch": fetch}, wait=_first_wait(body))

    def poll_upload(self, api: Api, task: Task) -> Running | str:
        """Ask whether the link is there."""
        word, body = self._read(api.post(task.data["fetch"], json={"key": api.key("key")}))
        return _links(body, "output")[0] if word == "success" else Running(message=word)

    def submit(self, api: Api, picture: Picture, params: Mapping[str, Any]) -> Task | Model:
        """Order a model; the answer may be it already."""
        line = api.key("line")
        fields = {name: value for name, value in params.items() if value != ""}
        links = dict.fromkeys(PICTURE_FIELDS[line], picture.remote)
        answer = api.post(f"{LINES[line]}/3d/image_to_3d", json={"key": api.key("key"), **links, **fields})
        word, body = self._read(answer)
        if word == "success":
            model = _model(body, wanted=params["output_format"], seed=params["seed"])
            if model.urls:
                return model
        fetch = str(body.get("fetch_result") or "")
        data = {"fetch": fetch, "line": line, "format": params["output_format"], "seed": params["seed"]}
        return Task(str(body["id"]), data, wait=_first_wait(body))

    def poll(self, api: Api, task: Task) -> Running | Model:
        """Ask how far it is, by the address that the service gave if that is its own; the key goes nowhere else."""
        data = task.data
        fetch = data["fetch"]
        if not api.is_home(fetch):
            fetch = f"{LINES[data['line']]}/3d/fetch/{quote(task.id, safe='')}"
        word, body = self._read(api.post(fetch, json={"key": api.key("key")}), over=True)
        if word != "success":
            return Running(message=word, eta=_seconds(body.get("eta")))
        model = _model(body, wanted=data["format"], seed=data["seed"])
        if not model.urls:
            raise BadResult(f"{self.label} answered with success, but there is no model among its files")
        return model

    def balance(self, api: Api) -> Balance:
        """Ask what is in the wallet."""
        _word, body = self._read(api.post("/wallet_balance", json={"key": api.key("key")}))
        amount = float(body["data"]["balance"])
        if not math.isfinite(amount):
            raise ValueError(f"balance: {amount}")
        return Balance(amount=amount, unit=str(body["data"].get("currency") or "USD"))

    def check_key(self, api: Api) -> str:
        """Look into the wallet, which only the owner of the key can."""
        return f"The key works; {self.balance(api)} are left in its wallet."

    def explain(self, answer: Answer) -> ProviderError:
        """Read `{"status", "message"}`; the sentence counts where the status says little."""
        kind = _kind(answer) if answer.status in (400, 403) else None
        return self._refused(answer, None if kind is ServerError else kind)

    def _read(self, answer: Answer, *, over: bool = False) -> tuple[str, Any]:
        """Return the status word and the body; an error that came with HTTP 200 is raised.

        `over`: it was asked after a task, so that a failure is the end of it.
        """
        body = answer.json
        word = str(body["status"]).strip().lower()
        if word not in ("error", "failed"):
            return word if word in KNOWN else unheard(self.label, word), body
        kind = _kind(answer)
        if over and (kind in (None, ServerError) or (kind is RateLimited and word == "failed")):
            kind = TaskFailed
        raise self._refused(answer, kind)

    def _refused(self, answer: Answer, kind: type[ProviderError] | None) -> ProviderError:
        error = refusal(answer, provider=self.label, kind=kind)
        if isinstance(error, RateLimited) and error.wait is None:
            error.wait = _reset(answer)
        return error


def _kind(answer: Answer) -> type[ProviderError] | None:
    """Return what the service's sentence means."""
    text = said_by(answer).lower()
    return next((kind for pattern, kind in WORDS if re.search(pattern, text)), None)


def _reset(answer: Answer) -> float | None:
    """Read the header that the vendor's own program waits by: seconds, or the time of day in seconds."""
    seconds = _seconds(answer.headers.get("x-ratelimit-reset"))
    return max(0.0, seconds - time.time()) if seconds and seconds > 1e9 else seconds


def _first_wait(body: Any) -> float:
    return min(_seconds(body.get("eta")) or 0.0, LONGEST_WAIT)


def _seconds(value: Any) -> float | None:
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _model(body: Any, *, wanted: str, seed: int) -> Model:
    """Return the mesh among the files of an answer: the wanted format first, pictures and videos never."""
    links = [*_links(body, "output"), *_links(body, "proxy_links"), *_links(body, "future_links")]
    ends = {url: url.partition("?")[0].rpartition(".")[2].lower() for url in links}
    ranks = {
        url: 0 if end == wanted else 1 if end in MESHES else 2 for url, end in ends.items() if end not in NO_MESHES
    }
    meta = body.get("meta")
    made = cast("dict[str, Any]", meta).get("seed") if isinstance(meta, dict) else None
    return Model(
        urls=tuple(sorted(ranks, key=lambda url: ranks[url])),
        seed=made if isinstance(made, int) else seed or None,
        facts={"request_id": str(body.get("id", "")), "seconds": _seconds(body.get("generationTime"))},
    )


def _links(body: Any, name: str) -> list[str]:
    found = body.get(name)
    several = cast("list[Any]", found) if isinstance(found, list) else [found]
    return [url for url in several if url and isinstance(url, str)]
