# SPDX-License-Identifier: GPL-3.0-or-later
"""Which edges are in focus: those of the object mostly are, those of a blurred background are not. No bpy."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .arrays import Array
from .smoothing import gauss

__all__ = ["fine_sharpness", "is_depth_told", "sharpness", "slope", "softened"]

_WIDE = 2.0  # pixels
_BLURRED, _SHARP = 1.15, 1.75  # how much steeper an edge is than when it is softened by so much
_LEAST = 0.1
_FINE_BLURRED, _FINE_SHARP, _FINE_LEAST = 1.3, 1.8, 0.05
_NOISE = 0.7  # pixels
_EDGE = 0.05  # OKLab, a slope that is no texture
_AWAY = 0.3  # of the prior of the centre
_SHARPER, _LEAST_AWAY = 0.28, 0.09  # by how much the middle is sharper, and the share of edges away from it


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
    return np.clip((_steeper(lab) - _BLURRED) / (_SHARP - _BLURRED), _LEAST, 1).astype(np.float32)


def fine_sharpness(fine: Array, size: tuple[int, int]) -> Array:
    """Return the sharpness of `fine`, a larger picture, as (h, w) for the `size` (w, h): shrinking hides a blur."""
    lab = softened(fine, _NOISE)
    sharp = np.clip((_steeper(lab) - _FINE_BLURRED) / (_FINE_SHARP - _FINE_BLURRED), _FINE_LEAST, 1)
    weight = slope(lab) ** 2 + np.float32(1e-6)
    return _boxed(sharp * weight, size) / _boxed(weight, size)


def is_depth_told(sharp: Array, lab: Array, centre: Array) -> bool:
    """Tell whether there are edges away from the `centre`, and they are clearly less in focus than those in it."""
    edges = slope(lab)
    edges = edges * (edges > _EDGE)
    away = edges * (centre < _AWAY)
    if away.sum() <= _LEAST_AWAY * edges.sum():
        return False
    middle = (edges * centre * sharp).sum() / max(float((edges * centre).sum()), 1e-6)
    return bool(middle - (away * sharp).sum() / away.sum() > _SHARPER)


def _boxed(values: Array, size: tuple[int, int]) -> Array:
    return np.asarray(Image.fromarray(values.astype(np.float32)).resize(size, Image.Resampling.BOX))


def _steeper(lab: Array) -> Array:
    """Return how much steeper the edges around each pixel are than when they are softened."""
    return _greatest(slope(lab)) / np.maximum(_greatest(slope(softened(lab, _WIDE))), 1e-4)


def _greatest(values: Array, reach: int = 2) -> Array:
    """Return the greatest value in a square around each pixel."""
    height, width = values.shape
    padded = np.pad(values, reach, mode="edge")
    rows = np.maximum.reduce([padded[k : k + height] for k in range(2 * reach + 1)])
    return np.maximum.reduce([rows[:, k : k + width] for k in range(2 * reach + 1)])
