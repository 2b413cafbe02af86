# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture made fit for a provider: cut to its object, with room around it, or smaller. No bpy."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from ..values import ImageLimits
from .encode import edge_colour, encode

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["content", "cropped", "padded"]

_MARGIN = 0.08  # of the longer side of what is to be seen, around it
_ROOM = 0.1


def cropped(image: Image, box: tuple[float, float, float, float]) -> Image:
    """Return the object at `box` (shares of the sides) with a margin, as nearly square as the picture allows."""
    width, height = image.size
    left, top, right, bottom = box[0] * width, box[1] * height, box[2] * width, box[3] * height
    side = max(right - left, bottom - top) * (1 + 2 * _MARGIN)
    across = _span(left, right, side, whole=width)
    down = _span(top, bottom, side, whole=height)
    return image.crop((across[0], down[0], across[1], down[1]))


def padded(image: Image) -> Image:
    """Return the picture in the middle of a square with room around it: transparent, or in the colour of its edge."""
    from PIL import Image as Pillow

    side = round(max(image.size) * (1 + 2 * _ROOM))
    canvas = Pillow.new(image.mode, (side, side), (0, 0, 0, 0) if image.mode == "RGBA" else edge_colour(image))
    canvas.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return canvas


def content(image: Image, limits: ImageLimits | None = None, *, name: str) -> tuple[bytes, str]:
    """Return the content and kind of a file: PNG, with `limits` what a provider gets that has them.

    `BadInput` when it cannot be made small enough.
    """
    if limits is not None:
        return encode(image, limits, name=name)[:2]
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=3)
    return buffer.getvalue(), "png"


def _span(low: float, high: float, side: float, *, whole: int) -> tuple[int, int]:
    """Return where to cut along one side: `side` pixels around the middle, pushed into the picture."""
    length = min(round(side), whole)
    start = round((low + high - length) / 2)
    start = min(max(start, 0), whole - length)
    return start, start + length
