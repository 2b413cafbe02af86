# SPDX-License-Identifier: GPL-3.0-or-later
"""How large a picture and its canvas become within a service's limits; arithmetic only. No bpy."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..values import ImageLimits

__all__ = ["Fit", "fit"]


@dataclass(frozen=True)
class Fit:
    """The picture is scaled to `size` and stands in the middle of `canvas`; both (width, height) in pixels."""

    size: tuple[int, int]
    canvas: tuple[int, int]


def fit(width: int, height: int, limits: ImageLimits, *, scale: float = 1.0) -> Fit:
    """Return the largest size up to `scale`, enlarged where a side would be under the minimum.

    The shape of the picture is kept; where shape and limits disagree, the canvas is larger than the picture.
    """
    wanted = max(scale, limits.min_side / min(width, height))
    if _allowed(_at(width, height, wanted, limits), limits):
        return _at(width, height, wanted, limits)
    low, high = 0.0, wanted
    for _ in range(60):
        middle = (low + high) / 2
        if _allowed(_at(width, height, middle, limits), limits):
            low = middle
        else:
            high = middle
    return _at(width, height, low, limits)


def _at(width: int, height: int, scale: float, limits: ImageLimits) -> Fit:
    size = (max(1, math.floor(width * scale + 1e-6)), max(1, math.floor(height * scale + 1e-6)))
    across, up = max(size[0], limits.min_side), max(size[1], limits.min_side)
    if limits.min_aspect and across < limits.min_aspect * up:
        across = math.ceil(limits.min_aspect * up)
    if limits.max_aspect and across > limits.max_aspect * up:
        up = math.ceil(across / limits.max_aspect)
    return Fit(size, (across, up))


def _allowed(fit: Fit, limits: ImageLimits) -> bool:
    across, up = fit.canvas
    return (not limits.max_side or max(across, up) <= limits.max_side) and (
        not limits.max_pixels or across * up <= limits.max_pixels
    )
