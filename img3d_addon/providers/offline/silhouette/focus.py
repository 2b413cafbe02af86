# SPDX-License-Identifier: GPL-3.0-or-later
"""Which edges are in focus: those of the object mostly are, those of a blurred background are not. No bpy."""

from __future__ import annotations

import numpy as np

from .arrays import Array
from .smoothing import gauss

__all__ = ["sharpness", "slope", "softened"]

_WIDE = 2.0  # pixels
_BLURRED, _SHARP = 1.15, 1.75  # how much steeper an edge is than when it is softened by so much
_LEAST = 0.1


def softened(lab: Array, sigma: float) -> Array:
    """Smooth each channel of `lab` (h, w, 3)."""
    return np.stack([gauss(lab[..., channel], sigma) for channel in range(3)], axis=-1)


def slope(lab: Array) -> Array:
    """Return the strength of the colour edge at each pixel (h, w)."""
    found = np.zeros(lab.shape[:2], np.float32)
    across, along = lab[:, 2:] - lab[:, :-2], lab[2:] - lab[:-2]
    found[:, 1:-1] = np.sqrt((across * across).sum(-1))
    found[1:-1] = np.maximum(found[1:-1], np.sqrt((along * along).sum(-1)))
    return found


def sharpness(lab: Array) -> Array:
    """Return how much the edges around each pixel are in focus, 0.1..1; without edges it means nothing."""
    steep, soft = _greatest(slope(lab)), _greatest(slope(softened(lab, _WIDE)))
    ratio = steep / np.maximum(soft, 1e-4)
    return np.clip((ratio - _BLURRED) / (_SHARP - _BLURRED), _LEAST, 1).astype(np.float32)


def _greatest(values: Array, reach: int = 2) -> Array:
    """Return the greatest value in a square around each pixel."""
    height, width = values.shape
    padded = np.pad(values, reach, mode="edge")
    rows = np.maximum.reduce([padded[k : k + height] for k in range(2 * reach + 1)])
    return np.maximum.reduce([rows[:, k : k + width] for k in range(2 * reach + 1)])
