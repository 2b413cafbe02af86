# SPDX-License-Identifier: GPL-3.0-or-later
"""Stability AI, Stable Point Aware 3D: one request, answered with the model. No bpy.

API: https://platform.stability.ai/docs/api-reference
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from ..core.errors import BadResult, ModerationError, ProviderError
from ..core.http import redact
from ..core.http.answer import Answer
from ..core.http.api import Api, FilePart
from ..core.http.refusals import one_line, refusal
from ..core.params import Choice, Float, Int, Param, Secret, Value
from ..core.provider import Provider
from ..core.values import Balance, ImageLimits, Model, Picture, Price
from ..core.version import version

__all__ = ["REMESH", "TEXTURE_RESOLUTION", "StabilitySpar3D"]

CREDIT = 0.01  # USD
BLOCKED = 60.0  # seconds: how long the service blocks an account after 150 requests in 10 s; it names no time itself

# what both of the vendor's models take
TEXTURE_RESOLUTION = Choice(
    "texture_resolution",
    "1024",
    choices=("512", "1024", "2048"),
    label="Texture size",
    help="Width and height of the texture",
    unit="pixels",
)
REMESH = Choice(
    "remesh",
    "none",
    choices=("none", "quad", "triangle"),
    labels={"none": "As generated", "quad": "Quads", "triangle": "Triangles"},
    help="Rebuild the mesh on the server",
)


class StabilitySpar3D(Provider):
    """Fast textured meshes, with quads and a face or vertex count on request."""

    name = "stability_spar3d"
    label = "Stability AI SPAR3D"
    summary = "Fast textured mesh in one answer; quads and a target count on the server"
    docs = "https://platform.stability.ai/docs/api-reference"
    key_page = "https://platform.stability.ai/account/keys"
    vendor = "STABILITY"
    base_url = "https://api.stability.ai"
    account = (Secret("key", env="STABILITY_API_KEY", label="API key", help="Begins with sk-"),)
    params: ClassVar[tuple[Param, ...]] = (
        TEXTURE_RESOLUTION,
        REMESH,
        Choice(
            "target_type",
            "none",
            choices=("none", "vertex", "face"),
            labels={"none": "No target", "vertex": "Vertices", "face": "Faces"},
            label="Count target",
            help="Whether the mesh is reduced to a number of vertices or of faces",
        ),
        Int(
            "target_count",
            1000,
            min=100,
            max=20000,
            label="Target count",
            help="How many vertices or faces; 1000 to 10000 are recommended. Has a meaning only with a count target",
        ),
        Int("seed", 0, min=0, max=4294967294, help="The same seed gives the same model again; 0 is a random one"),
        Float(
            "foreground_ratio",
            1.3,
            min=1.0,
            max=2.0,
            advanced=True,
            label="Padding",
            help="Size of the frame around the object; 1 is none",
        ),
        Float(
            "guidance_scale",
            3.0,
            min=1.0,
            max=10.0,
            advanced=True,
            label="Guidance",
            help="How closely the back and the sides follow the picture",
        ),
    )
    # The documents say 64 pixels a side; the live service answered 400 below 640 in August 2026.
    # The whole request may have 10 MiB: half a MiB is left for the rest of it.
    image = ImageLimits(min_side=640, max_pixels=4_194_304, max_bytes=19 << 19)

    path: ClassVar[str] = "/v2beta/3d/stable-point-aware-3d"
    price: ClassVar[Price | None] = Price(amount=4, unit="credits", usd=4 * CREDIT)

    sync = True
    has_balance = True
    unit = "credits"
    server_quads = True
    quick = True
    largest_texture = 2048
    quads: ClassVar[Mapping[str, Value]] = {"remesh": "quad"}
    read_timeout = 120.0

    def headers(self, account: Mapping[str, str]) -> Mapping[str, str]:
        """Return the key, and the name of the software that asks."""
        return {"Authorization": f"Bearer {account['key']}", "stability-client-id": "img3d"}

    def submit(self, api: Api, picture: Picture, params: Mapping[str, Any]) -> Model:
        """Send the picture and return the model: the answer to this request is the file."""
        part = FilePart(path=picture.path, filename=picture.path.name, mime=picture.mime)
        answer = api.post(
            self.path,
            form={name: _text(value) for name, value in params.items()},
            files={"image": part},
            headers={"stability-client-version": version()},
        )
        body = answer.object
        reason = str(answer.headers.get("finish-reason") or body.get("finish_reason") or "")
        if reason.upper() == "CONTENT_FILTERED":
            raise ModerationError(f"{self.label} made a model and held it back for its content", provider=self.label)
        # a description of the interface by others says that base64 in JSON is possible; it is never asked for
        path = api.decode(body["model"]) if isinstance(body.get("model"), str) else answer.file
        if path is None:
            raise BadResult(_no_model(self.label, answer), provider=self.label, status=answer.status)
        return Model(
            path=path,
            cost=self.price,
            seed=_seed(answer.headers.get("seed", "")) or params.get("seed") or None,
            facts={"request_id": answer.headers.get("x-request-id", "")},
        )

    def estimate(self, api: Api | None, params: Mapping[str, Any], picture: Picture | None = None) -> Price | None:
        """Return the flat price, where it is known."""
        del api, params, picture
        return self.price

    def faces(self, params: Mapping[str, Any]) -> int | None:
        """Count on the target, where there is one."""
        # a quad is two triangles, and a closed mesh has half as many vertices as triangles, as many as quads
        each = {"face": 2 if params["remesh"] == "quad" else 1, "vertex": 2}.get(params["target_type"])
        return each * params["target_count"] if each else None

    def balance(self, api: Api) -> Balance:
        """Ask for the credits that are left."""
        credits = float(api.get("/v1/user/balance").json["credits"])
        if not math.isfinite(credits):
            raise ValueError(f"credits: {credits}")
        return Balance(amount=credits, unit="credits", note=f"{credits * CREDIT:.2f} USD")

    def check_key(self, api: Api) -> str:
        """Ask whose key it is."""
        account = api.get("/v1/user/account").json
        return f"The key works; it belongs to {account.get('email') or account['id']}."

    def explain(self, answer: Answer) -> ProviderError:
        """Read `{"id", "name", "errors"}`; 403 is moderation when its name says so."""
        moderated = str(answer.object.get("name")).lower() == "content_moderation"
        return refusal(answer, provider=self.label, kind=ModerationError if moderated else None, wait=BLOCKED)


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _seed(text: str) -> int | None:
    """Read the header that tells the seed; the model counts without it, whatever stands there."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else None


def _no_model(label: str, answer: Answer) -> str:
    text = answer.text.strip()
    if not text:
        return f"{label} answered with success, but with nothing in it"
    what = "a web page" if text.startswith("<") else f"words: “{one_line(redact.text(text[:2000]), 200)}”"
    return f"{label} answered with success, but instead of a model came {what}"
