# SPDX-License-Identifier: GPL-3.0-or-later
"""How unlike its surroundings each place is: the frame's colours, lit or in shadow, at about its height. No bpy."""

from __future__ import annotations

import numpy as np

from .arrays import Array
from .smoothing import resized

__all__ = ["frame_mask", "unlikeness"]

_SIDE = 96  # pixels of the longer side at which it is measured
_SAMPLES = 300  # of the frame
_DARKEST = 0.8  # OKLab factor of a cast shadow: half of the light
_UP, _ASIDE = 0.12, 0.04  # OKLab distance that the height, and the width, of the picture are worth


def frame_mask(height: int, width: int, *, thickness: int = 3) -> Array:
    """Return the mask of the outermost `thickness` pixels."""
    ring = np.ones((height, width), bool)
    ring[thickness:-thickness, thickness:-thickness] = False
    return ring


def unlikeness(lab: Array) -> Array:
    """Return for each pixel of `lab` (h, w, 3) the OKLab distance to the colour of the frame that is most like it.

    A colour of the frame may be darkened, and counts less the further away it is, the more so above or below:
    a floor looks the same from left to right, not from below to above.
    """
    height, width = lab.shape[:2]
    step = max(1, round(max(height, width) / _SIDE))
    size = max(height, width)
    coarse = np.ascontiguousarray(np.moveaxis(lab[::step, ::step], -1, 0))
    y, x = np.mgrid[0:height:step, 0:width:step].astype(np.float32) / size
    least = np.full(y.shape, 9, np.float32)
    rows, columns = np.nonzero(frame_mask(height, width))
    stride = max(1, len(rows) // _SAMPLES)
    for row, column in zip(rows[::stride], columns[::stride], strict=True):
        off = _square_distance(coarse, lab[row, column])
        off += (_UP * (y - np.float32(row / size))) ** 2 + (_ASIDE * (x - np.float32(column / size))) ** 2
        np.minimum(least, off, out=least)
    return resized(np.sqrt(least), (width, height))


def _square_distance(places: Array, colour: Array) -> Array:
    """Return the square distance of `places` (3, h, w) to the line from `colour` down to its darkest shadow."""
    power = max(float((colour * colour).sum()), 1e-6)
    factor = sum(part * np.float32(value / power) for part, value in zip(places, colour, strict=True))
    shade = np.clip(factor, np.float32(_DARKEST), 1)
    result = np.zeros_like(shade)
    for part, value in zip(places, colour, strict=True):
        off = part - shade * value
        result += off * off
    return result
