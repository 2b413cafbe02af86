# SPDX-License-Identifier: GPL-3.0-or-later
"""A dark drawn outline around the object, which would cover its whole side. No bpy."""

from __future__ import annotations

import numpy as np

from .arrays import Array

__all__ = ["ink_width"]

_DARK = 0.42  # OKLab lightness
_ALL_DARK = 0.6  # share further inside from which the object itself is dark


def ink_width(lightness: Array, distance: Array, *, limit: int) -> float:
    """Return the thickness in pixels of a dark line along the outline, 0 when there is none.

    `distance` to the outline is exact up to `limit`. The line ends where the share of dark pixels has fallen three
    quarters of the way to the share further inside.
    """
    inside = distance > 0
    layer = np.minimum(distance[inside].astype(np.int64), limit - 1)
    count = np.maximum(np.bincount(layer, minlength=limit), 1)
    dark = np.bincount(layer, lightness[inside] < _DARK, limit) / count
    peak = dark[1:4].max()
    within = dark[int(0.6 * limit) :].mean()
    if limit < 4 or peak < 0.7 or within > _ALL_DARK:
        return 0.0
    start = int(np.argmax(dark[1:4])) + 1
    ended = np.nonzero(dark[start:] < within + 0.25 * (peak - within))[0]
    return float(start + ended[0]) if len(ended) else 0.0
