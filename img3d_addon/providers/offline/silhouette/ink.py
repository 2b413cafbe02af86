# SPDX-License-Identifier: GPL-3.0-or-later
"""A dark drawn outline around the object, which would cover its whole side. No bpy."""

from __future__ import annotations

import numpy as np

from .arrays import Array

__all__ = ["DARK", "ink_width", "sprite_ink"]

DARK = 0.42  # OKLab lightness
_DARKER = 0.12  # than the inside: the line of a sprite, which has the object's own hue
_LINE = 1.5  # pixels of a sprite: what is thicker is no line
_ALL_DARK = 0.6  # share further inside from which the object itself is dark


def sprite_ink(lightness: Array, distance: Array, *, limit: int, texel: float) -> tuple[float, float]:
    """Return the thickness of a line that is only darker than the inside of pixel art, and its greatest lightness."""
    within = lightness[distance >= 0.6 * limit]
    dark = float(np.median(within)) - _DARKER if within.size else 0.0
    width = ink_width(lightness, distance, limit=limit, dark=dark)
    return (width, dark) if width <= _LINE * texel else (0.0, DARK)


def ink_width(lightness: Array, distance: Array, *, limit: int, dark: float = DARK) -> float:
    """Return the thickness in pixels of a line along the outline that is darker than `dark`, 0 when there is none.

    `distance` to the outline is exact up to `limit`. The line ends where the share of dark pixels has fallen three
    quarters of the way to the share further inside.
    """
    inside = distance > 0
    layer = np.minimum(distance[inside].astype(np.int64), limit - 1)
    count = np.maximum(np.bincount(layer, minlength=limit), 1)
    share = np.bincount(layer, lightness[inside] < dark, limit) / count
    peak = share[1:4].max()
    within = share[int(0.6 * limit) :].mean()
    if limit < 4 or peak < 0.7 or within > _ALL_DARK:
        return 0.0
    start = int(np.argmax(share[1:4])) + 1
    ended = np.nonzero(share[start:] < within + 0.25 * (peak - within))[0]
    return float(start + ended[0]) if len(ended) else 0.0
