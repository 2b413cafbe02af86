# SPDX-License-Identifier: GPL-3.0-or-later
"""The built-in generator: no key, no network, no neural network. No bpy."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, ClassVar

from ...core.errors import BadInput, ProviderError
from ...core.http.api import Api
from ...core.params import Choice, Float, Int
from ...core.provider import Provider
from ...core.values import ImageLimits, Model, Picture, Price, Running
from . import process

__all__ = ["Offline"]


class Offline(Provider):
    """Rebuilds a solid from the silhouette of one picture; the back is made up."""

    name = "offline"
    label = "Offline (no key, on this computer)"
    summary = (
        "Silhouette reconstruction on this computer: a round body from the outline, painted with the picture. "
        "No AI, no upload; the back is made up."
    )
    params = (
        Choice("mode", "inflate", choices=("inflate",), help="Inflate: a round body from the outline"),
        Float("depth", 0.8, min=0.1, max=2.0, help="Thickness; 1 makes a disc a ball, 0.3 suits leaves"),
        Int(
            "faces",
            20_000,
            min=500,
            max=200_000,
            help="Triangles of the model, roughly; thin parts may need more than a small number",
        ),
        Choice(
            "texture_size",
            1024,
            choices=(512, 1024, 2048),
            unit="pixels",
            help="Longer side of the picture in the texture",
        ),
        Choice(
            "background",
            "auto",
            choices=("auto", "alpha", "plain"),
            labels={"alpha": "Transparent", "plain": "Plain colour"},
            help="What surrounds the object; auto takes transparency, else a plain colour",
            advanced=True,
        ),
        Choice(
            "holes",
            "auto",
            choices=("auto", "all", "none"),
            help="Cut enclosed background; all suits letters and logos, none suits white eyes on a white page",
            advanced=True,
        ),
        Choice(
            "outline",
            "auto",
            choices=("auto", "off"),
            labels={"auto": "Remove dark line", "off": "Keep"},
            help="A dark drawn outline would cover the whole side of the model",
            advanced=True,
        ),
        Choice(
            "back",
            "plain",
            choices=("plain", "mirror", "flat"),
            help="Plain: colours of the rim, no face; mirror: the picture again; flat: plain, a quarter as deep",
            advanced=True,
        ),
    )
    image = ImageLimits(formats=("png",), max_side=2048)

    sync = True
    repeatable = True
    reports_percent = True
    has_estimate = True
    deadline: ClassVar[float] = 300.0

    def submit(self, api: Api, picture: Picture, params: Mapping[str, Any]) -> Generator[Running, None, Model]:
        """Compute the model in a child process; ends within a moment when closed."""
        job = {"picture": str(picture.path), "output": str(api.folder / "offline.glb")}
        try:
            facts = yield from _progress({**job, "options": {**params, "name": picture.name}})
        except process.Refused as refused:
            raise BadInput(refused.message, advice=refused.advice) from None
        except process.Broken as broken:
            raise ProviderError(str(broken), provider=self.label, advice=broken.advice) from None
        return Model(path=api.folder / "offline.glb", cost=_FREE, facts=facts)

    def estimate(self, api: Api | None, params: Mapping[str, Any], picture: Picture | None = None) -> Price:
        """Return that it costs nothing."""
        del api, params, picture
        return _FREE


_FREE = Price(amount=0, unit="USD", usd=0.0, note="computed on this computer")


def _progress(job: Mapping[str, Any]) -> Generator[Running, None, dict[str, Any]]:
    """Pass the generator's stages on; nothing new is told as an unchanged step."""
    last = Running(0.0, "starting")
    work = process.generate(job)
    try:
        while True:
            stage = next(work)
            last = Running(*stage) if stage else last
            yield last
    except StopIteration as end:
        return end.value
    finally:
        work.close()
