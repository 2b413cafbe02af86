# SPDX-License-Identifier: GPL-3.0-or-later
"""Hunyuan3D on the user's own computer or network: one request, answered with the model. No bpy.

API: `api_server.py` of https://github.com/Tencent-Hunyuan/Hunyuan3D-2 and of
https://github.com/Tencent-Hunyuan/Hunyuan3D-2.1, whose names and ranges (`api_models.py`) are used for both.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar, cast

from ..core.errors import BadResult, NetworkError, ProviderError, TaskFailed
from ..core.http.answer import Answer
from ..core.http.api import Api, Base64File
from ..core.http.refusals import one_line, refusal
from ..core.params import Bool, Float, Int, Param
from ..core.provider import Provider
from ..core.values import ImageLimits, Model, Picture, Price

__all__ = ["Hunyuan3DLocal"]

NEWER = {"remove_background": True, "num_chunks": 8000}  # what version 2 does not know, with its default
START = (
    "Start the server first (python api_server.py in the folder of Hunyuan3D-2 or 2.1; version 2 makes textures only "
    "with --enable_tex), or set its address in the preferences."
)
LOOK = "The window in which the server runs says why; too little graphics memory is a common cause."


class Hunyuan3DLocal(Provider):
    """The published model of Tencent on a graphics card of one's own: free, and the picture stays at home."""

    name = "hunyuan3d_local"
    label = "Hunyuan3D (own server)"
    summary = "Free meshes from a Hunyuan3D server of your own; needs an NVIDIA card, no account"
    docs = "https://github.com/Tencent-Hunyuan/Hunyuan3D-2.1"
    vendor = "HUNYUAN3D"
    base_url = "http://127.0.0.1:8081"
    params: ClassVar[tuple[Param, ...]] = (
        Bool("texture", False, help="Paint the model; version 2 must have been started with --enable_tex"),
        Int(
            "face_count",
            40000,
            min=1000,
            max=100000,
            label="Most faces",
            help="To how many faces the model is reduced; without a texture the server does not reduce it",
            when={"texture": (True,)},
        ),
        Int(
            "octree_resolution",
            256,
            min=64,
            max=512,
            label="Resolution",
            help="Fineness of the shape; 128 is faster, and is what version 2 takes by itself",
        ),
        Int("num_inference_steps", 5, min=1, max=20, label="Steps", help="More take longer and may be cleaner"),
        Int("seed", 1234, min=0, max=4294967295, help="The same seed gives the same model again"),
        Float(
            "guidance_scale",
            5.0,
            min=0.1,
            max=20.0,
            advanced=True,
            label="Guidance",
            help="How closely the shape follows the picture",
        ),
        Bool(
            "remove_background",
            True,
            advanced=True,
            help="Let the server cut the object out; only version 2.1 can leave it, version 2 always does it",
        ),
        Int(
            "num_chunks",
            8000,
            min=1000,
            max=20000,
            advanced=True,
            label="Chunks",
            help="Points that are worked out at once; fewer need less memory. Only for version 2.1",
        ),
    )
    image = ImageLimits(max_side=2048)

    sync = True
    repeatable = True
    read_timeout = 900.0  # the server is silent until the model is made

    def submit(self, api: Api, picture: Picture, params: Mapping[str, Any]) -> Model:
        """Send the picture and return the model: the answer to this request is the file."""
        # left out at its default, what only version 2.1 knows does not reach version 2
        wanted = {name: value for name, value in params.items() if NEWER.get(name) != value}
        with _started():
            answer = api.post("/generate", json={"image": Base64File(picture.path), **wanted, "type": "glb"})
        if answer.file is None:
            raise BadResult(
                f"{self.label} answered with success, but without a model",
                provider=self.label,
                advice=f"Check that a Hunyuan3D server is what answers at {api.base_url}.",
            )
        return Model(path=answer.file, cost=self.estimate(None, params), seed=params["seed"])

    def estimate(self, api: Api | None, params: Mapping[str, Any], picture: Picture | None = None) -> Price:
        """Return that it costs nothing."""
        del api, params, picture
        return Price(amount=0, unit="USD", usd=0.0, note="computed on your own server")

    def faces(self, params: Mapping[str, Any]) -> int | None:
        """Count on the reduction, which comes with a texture only."""
        return params.get("face_count")

    def check_key(self, api: Api) -> str:
        """Ask whether the server is there: version 2.1 has a page for that, version 2 answers that it has none."""
        try:
            with _started():
                health = api.get("/health").json
            return f"A server of version 2.1 answers at {api.base_url}; it says that it is {health['status']}."
        except NetworkError:
            raise
        except (ProviderError, LookupError, TypeError) as error:
            status = getattr(error, "status", None) or 200
        if status == 404:
            return f"A server answers at {api.base_url}; it has no test of its own, as version 2."
        return f"Something answers at {api.base_url} (HTTP {status}), though not as Hunyuan3D 2.1 does."

    def explain(self, answer: Answer) -> ProviderError:
        """Read `{"text", "error_code"}`, which comes as 404 where no model could be made, and lists of wrong fields."""
        body = answer.object
        if "error_code" in body:
            said = one_line(str(body.get("text", "")))
            text = f"{self.label} could not make the model: “{said}” (HTTP {answer.status})"
            error = TaskFailed(text, provider=self.label, status=answer.status, advice=LOOK)
            error.said = said
            return error
        fields = _fields(body.get("detail"))
        if fields:
            answer = replace(answer, text=json.dumps({"detail": fields}))
        return refusal(answer, provider=self.label, advice=LOOK if answer.status == 500 else None)


@contextmanager
def _started() -> Generator[None]:
    """Say how the server is started where nobody listens."""
    try:
        yield
    except NetworkError as error:
        if not error.sent:
            error.advice = START
        raise


def _fields(detail: Any) -> list[str]:
    """Return "field: complaint" for each item of a validator's list."""
    items = cast("list[Any]", detail) if isinstance(detail, list) else []
    named = [cast("dict[str, Any]", item) for item in items if isinstance(item, dict)]
    return [f"{_place(item['loc'])}: {item['msg']}" for item in named if "loc" in item and "msg" in item]


def _place(loc: Any) -> str:
    """Return the name of a field from its place, which begins with "body"."""
    return ".".join(str(part) for part in cast("list[Any]", loc)[1:]) if isinstance(loc, list) else str(loc)
