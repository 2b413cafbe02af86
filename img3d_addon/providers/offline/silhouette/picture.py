# SPDX-License-Identifier: GPL-3.0-or-later
"""Open a picture and bring it to the sizes that the other steps work at. No bpy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from .arrays import Array
from .errors import NoObject
from .pixels import reduced

__all__ = ["ANALYSIS_SIDE", "Source", "open_picture"]

ANALYSIS_SIDE = 640  # pixels of the longer side: enough for outline and shape
PIXEL_ART_SIDE = 96


@dataclass(frozen=True, kw_only=True)
class Source:
    """A picture in two sizes; `scale` = full pixels per analysis pixel in x and y.

    `colour` is uint8 (h, w, 3) and `alpha` uint8 (h, w) or None, at analysis size.
    `texel` is the side of one original pixel in analysis pixels for pixel art, else 0.
    """

    full: Image.Image
    colour: Array
    alpha: Array | None
    scale: tuple[float, float]
    texel: float


def open_picture(path: Path, *, flat: bool = False) -> Source:
    """Read an upright 8-bit picture file; `NoObject` when nothing can be in it.

    `flat` takes all of it, with white where it is transparent.
    """
    with Image.open(path) as image:
        full = image.convert("RGBA" if image.has_transparency_data else "RGB")
    _check(full)
    if flat and full.mode == "RGBA":
        full = Image.alpha_composite(Image.new("RGBA", full.size, "white"), full).convert("RGB")
    full = reduced(full, largest=PIXEL_ART_SIDE)
    enlarged = 1
    if max(full.size) <= PIXEL_ART_SIDE:
        enlarged = max(2, 512 // max(full.size))
        size = (full.width * enlarged, full.height * enlarged)
        full = full.resize(size, Image.Resampling.NEAREST)
    elif full.mode == "RGBA":
        full = _trimmed(full)
    small = _at_most(full, ANALYSIS_SIDE)
    pixels = np.asarray(small)
    scale = (full.width / small.width, full.height / small.height)
    return Source(
        full=full,
        colour=np.ascontiguousarray(pixels[..., :3]),
        alpha=np.ascontiguousarray(pixels[..., 3]) if full.mode == "RGBA" else None,
        scale=scale,
        texel=enlarged / scale[0] if enlarged > 1 else 0.0,
    )


def _check(full: Image.Image) -> None:
    if min(full.size) < 3:
        raise NoObject(
            f"The picture has only {full.width} x {full.height} pixels",
            "Choose one with at least 3 x 3 pixels; 200 and more show a shape.",
        )
    extrema = full.getextrema()
    if full.mode == "RGBA" and extrema[3][1] == 0:  # type: ignore[index]
        raise NoObject("The picture is wholly transparent", "Choose a picture in which the object can be seen.")
    if all(low == high for low, high in extrema):  # type: ignore[misc]
        raise NoObject(
            "The picture has one colour only, so that no object can be found in it",
            "Choose a picture with an object on a transparent or plain background.",
        )


def _trimmed(full: Image.Image) -> Image.Image:
    """Cut wide transparent borders off; a margin stays, so that an object at the frame stays at it."""
    box = full.getchannel("A").getbbox()
    if box is None:
        return full
    margin = 8 + max(box[2] - box[0], box[3] - box[1]) // 16
    left, top = max(box[0] - margin, 0), max(box[1] - margin, 0)
    right, bottom = min(box[2] + margin, full.width), min(box[3] + margin, full.height)
    return full.crop((left, top, right, bottom))


def _at_most(full: Image.Image, side: int) -> Image.Image:
    factor = side / max(full.size)
    if factor >= 1:
        return full
    size = (max(3, round(full.width * factor)), max(3, round(full.height * factor)))
    return full.resize(size, Image.Resampling.HAMMING)
