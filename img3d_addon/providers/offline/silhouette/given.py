# SPDX-License-Identifier: GPL-3.0-or-later
"""A mask picture that the user gives. No bpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from .arrays import Array
from .errors import NoObject
from .picture import Source

__all__ = ["given_mask"]


def given_mask(path: Path, source: Source) -> Array:
    """Return the mask (h, w) at the size of `source.colour`: white is the object, or what is not transparent."""
    with Image.open(path) as image:
        has_alpha = image.has_transparency_data and image.convert("RGBA").getextrema()[3][0] < 255  # type: ignore[index]
        grey = image.convert("RGBA").getchannel("A") if has_alpha else image.convert("L")
    _check_shape(grey.size, source.full.size)
    height, width = source.colour.shape[:2]
    method = Image.Resampling.NEAREST if source.texel else Image.Resampling.HAMMING
    mask = np.asarray(grey.resize((width, height), method)) >= 128
    if not mask.any():
        raise NoObject(
            "The mask is black or transparent everywhere, so that it marks no object",
            "Paint the object white and all else black.",
        )
    if mask.all():
        raise NoObject(
            "The mask is white everywhere, so that it leaves nothing out",
            "Paint all but the object black, or set background to none to take the whole picture.",
        )
    return mask


def _check_shape(mask: tuple[int, int], picture: tuple[int, int]) -> None:
    """Refuse another proportion; a pixel that was rounded is none."""
    if abs(mask[0] * picture[1] - mask[1] * picture[0]) > 1.5 * max(*mask, *picture):
        raise NoObject(
            f"The mask ({mask[0]} x {mask[1]} pixels) has another shape than the picture ({picture[0]} x {picture[1]})",
            "Save the mask at the size of the picture, neither cropped nor turned.",
        )
