# SPDX-License-Identifier: GPL-3.0-or-later
"""Soft edges for a hard mask, from the colours on both sides. No bpy."""

from __future__ import annotations

import numpy as np

from .arrays import Array
from .regions import erode
from .smoothing import gauss, pull_push

__all__ = ["bounded", "matte"]

_BAND = 3  # pixels on each side of the outline that are not trusted


def matte(rgb: Array, mask: Array) -> Array:
    """Return alpha (h, w) float32: the share of the object's colour F over the background's B at the outline.

    `rgb` is uint8 (h, w, 3). F and B flow in from the sure sides; where they hardly differ, a blurred mask is used.
    """
    colour = rgb.astype(np.float32)
    sure, away = erode(mask, _BAND), erode(~mask, _BAND)
    if not sure.any():
        sure = erode(mask)
    front = pull_push(colour, sure.astype(np.float32))
    back = pull_push(colour, away.astype(np.float32))
    axis = front - back
    contrast = (axis * axis).sum(-1)
    share = np.clip(((colour - back) * axis).sum(-1) / np.maximum(contrast, 1), 0, 1)
    trust = np.clip((contrast - 30**2) / 60**2, 0, 1)
    alpha = share * trust + gauss(mask.astype(np.float32), 0.75) * (1 - trust)
    return bounded(np.where(sure, 1, np.where(away, 0, alpha)), mask)


def bounded(alpha: Array, mask: Array) -> Array:
    """Keep the topology of `mask`: alpha is above .5 one pixel inside it, below .5 one pixel outside."""
    alpha = np.where(erode(mask), np.maximum(alpha, 0.501), alpha)
    return np.where(erode(~mask), np.minimum(alpha, 0.49), alpha).astype(np.float32)
