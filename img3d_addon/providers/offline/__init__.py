# SPDX-License-Identifier: GPL-3.0-or-later
"""The built-in generator: no key, no network, no neural network. No bpy."""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping
from typing import Any, ClassVar

from ...core.errors import BadInput, ProviderError
from ...core.http.api import Api
from ...core.params import Bool, Choice, File, Float, Int
from ...core.provider import Provider
from ...core.values import ImageLimits, Model, Picture, Price, Running

__all__ = ["Offline"]

log = logging.getLogger(__name__)

_DETAILED = ("auto", "brightness", "shading", "lamp")


class Offline(Provider):
    """Rebuilds a solid from the silhouette of one picture; the back is made up."""

    name = "offline"
    label = "Offline (no key, on this computer)"
    summary = (
        "Silhouette and shading reconstruction on this computer: a solid from the outline, painted with the picture. "
        "No AI, no upload; the back is made up."
    )
    params = (
        Choice(
            "mode",
            "inflate",
            choices=("inflate", "relief", "extrude", "revolve"),
            help="Inflate: a round body; relief: a coin or plaque, with what the picture shows raised on it; extrude: "
            "straight walls, for letters, logos and pixel art; revolve: turned on a lathe, for vases, cups and bottles",
        ),
        Float(
            "depth",
            0.8,
            min=0.1,
            max=2.0,
            help="How far the front bulges; inflated, 1 makes a disc a ball, 0.3 suits leaves",
            when={"mode": ("inflate", "relief")},
        ),
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
            choices=("auto", "alpha", "plain", "photo", "none", "mask"),
            labels={
                "alpha": "Transparent",
                "plain": "Plain colour",
                "photo": "Photo-like",
                "none": "None (all of it)",
                "mask": "Mask picture",
            },
            help="What surrounds the object; auto takes transparency, else a plain colour, else it looks for the "
            "object as in a photo, which is a guess: cut it out or give a mask where that fails",
            advanced=True,
        ),
        File(
            "mask",
            "",
            help="Picture of the same shape that is white where the object is, or transparent where it is not",
            advanced=True,
            when={"background": ("mask",)},
        ),
        Choice(
            "holes",
            "auto",
            choices=("auto", "all", "none"),
            help="Cut enclosed background; all suits letters and logos, none suits white eyes on a white page. "
            "Auto judges by size, and takes all when extruding",
            advanced=True,
        ),
        Float(
            "thickness",
            0.0,
            min=0.0,
            max=100.0,
            unit="% of the size",
            help="Of the plate below a relief, or of an extruded body; 0 takes what is usual: 4 and 14",
            advanced=True,
            when={"mode": ("relief", "extrude")},
        ),
        Float(
            "bevel",
            2.0,
            min=0.0,
            max=20.0,
            unit="% of the size",
            help="Rounding of the edges, less on thin letters; 0 leaves them sharp",
            advanced=True,
            when={"mode": ("extrude",)},
        ),
        Choice(
            "detail_source",
            "auto",
            choices=("auto", "off", "brightness", "shading", "lamp"),
            labels={
                "auto": "Auto (in reliefs)",
                "off": "None",
                "brightness": "Brightness",
                "shading": "Shading",
                "lamp": "Shading at angle",
            },
            help="What raises details on the front. Brightness (dark is deep) suits drawings, leaves and photos; "
            "shading suits one material under one lamp, such as a coin. Auto chooses between both, and leaves other "
            "modes smooth",
            advanced=True,
            when={"mode": ("inflate", "relief", "extrude")},
        ),
        Float(
            "detail",
            0.5,
            min=0.0,
            max=2.0,
            help="Height of these details; 1 makes the strongest 3 % of the size",
            advanced=True,
            when={"mode": ("inflate", "relief", "extrude"), "detail_source": _DETAILED},
        ),
        Float(
            "light_angle",
            135.0,
            min=0.0,
            max=360.0,
            unit="degrees",
            help="Where the lamp stands in the picture: 0 on the right, 90 above, 180 on the left",
            advanced=True,
            when={"mode": ("inflate", "relief", "extrude"), "detail_source": ("lamp",)},
        ),
        Bool(
            "flat_base",
            False,
            help="Cut the lowest part off flat, so that the object stands",
            advanced=True,
            when={"mode": ("inflate",)},
        ),
        Choice(
            "outline",
            "auto",
            choices=("auto", "off", "px"),
            labels={"auto": "Remove dark line", "off": "Keep", "px": "Remove this width"},
            help="A dark drawn outline would cover the whole side of the model. Auto finds it, in round modes only",
            advanced=True,
        ),
        Float(
            "outline_px",
            8.0,
            min=1.0,
            max=200.0,
            label="Outline width",
            unit="pixels of the picture",
            help="So much along the outline is painted over with the colours inside",
            advanced=True,
            when={"outline": ("px",)},
        ),
        Choice(
            "back",
            "auto",
            choices=("auto", "plain", "mirror", "flat"),
            help="Plain: colours of the rim, no face; mirror: the picture again; flat: plain, a quarter as deep; "
            "auto: plain for inflate, else mirror",
            advanced=True,
            when={"mode": ("inflate", "extrude", "revolve")},
        ),
    )
    image = ImageLimits(formats=("png",), max_side=2048)

    sync = True
    repeatable = True
    reports_percent = True
    has_estimate = True
    quick = True
    largest_texture = 2048
    deadline: ClassVar[float] = 300.0

    def check(self, params: Mapping[str, Any]) -> None:
        """Refuse the background mask without a mask."""
        if params["background"] == "mask" and not params["mask"]:
            raise BadInput("background = mask needs a mask picture", advice="Name it as mask.")

    def faces(self, params: Mapping[str, Any]) -> int | None:
        """Read the number of triangles."""
        return params["faces"]

    def submit(self, api: Api, picture: Picture, params: Mapping[str, Any]) -> Generator[Running, None, Model]:
        """Compute the model in a child process; ends within a moment when closed."""
        from . import process  # with it comes subprocess: not when the add-on is enabled

        job = {"picture": str(picture.path), "output": str(api.folder / "offline.glb")}
        try:
            facts = yield from _progress({**job, "options": {**params, "name": picture.name}})
        except process.Broken as broken:
            raise ProviderError(str(broken), provider=self.label, advice=broken.advice) from None
        if facts["suggested_mode"] != params["mode"]:
            log.info("%s: mode %s may suit this picture, too", picture.name, facts["suggested_mode"])
        return Model(path=api.folder / "offline.glb", cost=_FREE, facts=facts)

    def estimate(self, api: Api | None, params: Mapping[str, Any], picture: Picture | None = None) -> Price:
        """Return that it costs nothing."""
        del api, params, picture
        return _FREE


_FREE = Price(amount=0, unit="USD", usd=0.0, note="computed on this computer")


def _progress(job: Mapping[str, Any]) -> Generator[Running, None, dict[str, Any]]:
    """Pass the generator's stages on; nothing new is told as an unchanged step."""
    from . import process

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
