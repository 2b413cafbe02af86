# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixel art that somebody has already enlarged: back to one pixel each. No bpy."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .arrays import Array

__all__ = ["reduced"]

_MOST = 64  # pixels a side that one pixel was enlarged to
_FEWEST_LINES = 16  # between pixels of different colours; fewer are a drawing of some boxes


def reduced(full: Image.Image, *, largest: int) -> Image.Image:
    """Return `full` at one pixel for each square of one colour, where that is at most `largest` pixels a side."""
    side = _side(np.asarray(full))
    if side < 2 or max(full.size) > largest * side:
        return full
    return full.resize((full.width // side, full.height // side), Image.Resampling.NEAREST)


def _side(pixels: Array) -> int:
    """Return the side of the squares that the picture consists of; 1 for any other picture."""
    height, width = pixels.shape[:2]
    columns = _lines(pixels[:: max(1, height // 64)], 1)  # a few rows tell that most pictures are none
    if np.gcd.reduce([width, height, *columns]) == 1:
        return 1
    columns, rows = _lines(pixels, 1), _lines(pixels, 0)
    side = int(np.gcd.reduce([width, height, *columns, *rows]))
    return side if side <= _MOST and len(columns) + len(rows) >= _FEWEST_LINES else 1


def _lines(pixels: Array, axis: int) -> Array:
    """Return where the colour changes along `axis` anywhere."""
    ahead, behind = (pixels[:, 1:], pixels[:, :-1]) if axis else (pixels[1:], pixels[:-1])
    return np.nonzero((ahead != behind).any((1 - axis, 2)))[0] + 1
