# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a small mask to the size of the picture, along the picture's edges. No bpy."""

from __future__ import annotations

import numpy as np

from .arrays import Array
from .smoothing import box_mean, gauss, resized

__all__ = ["guided"]

_RADIUS = 4  # small pixels
_FLAT = 1e-4  # variance of the guide below which it is not followed


def guided(mask: Array, guide: Array) -> Array:
    """Return `mask` (small, bool) at the size of `guide` (h, w): a guided filter (He et al. 2010; its fast form).

    In each window the mask is taken for a line in the guide's value; far from the outline nothing changes.
    """
    size = (guide.shape[1], guide.shape[0])
    values = mask.astype(np.float32)
    small = resized(guide, (mask.shape[1], mask.shape[0]))
    mean, mean_guide = box_mean(values, _RADIUS), box_mean(small, _RADIUS)
    shared = box_mean(small * values, _RADIUS) - mean_guide * mean
    spread = box_mean(small * small, _RADIUS) - mean_guide * mean_guide
    factor = shared / (spread + _FLAT)
    offset = mean - factor * mean_guide
    found = resized(box_mean(factor, 2), size) * guide + resized(box_mean(offset, 2), size)
    sure = resized(gauss(values, 3.0), size)
    return np.where(sure > 0.93, True, np.where(sure < 0.07, False, found > 0.5))
