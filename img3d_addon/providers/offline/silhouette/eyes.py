# SPDX-License-Identifier: GPL-3.0-or-later
"""Enclosed white that is painted on the object: an eye with its pupil, a patch within a drawn line. No bpy."""

from __future__ import annotations

import numpy as np

from .arrays import Array
from .regions import areas, dilate, filled, label

__all__ = ["INK", "is_eye"]

INK = 0.42  # OKLab lightness up to which a line is drawn in ink
_LARGEST_EYE = 0.25  # of the object; an emblem within a ring is larger
_LARGEST_PATCH = 0.03  # of the object; the hole of a handle with a drawn rim is larger
_PUPIL = 0.02  # of the eye, the least
_LINE = 0.02  # of the picture's longer side, the widest that a line is drawn
_ALL_AROUND = 0.9


def is_eye(hole: Array, solid: Array, lightness: Array, *, share: float) -> bool:
    """Tell whether the enclosed `hole`, this `share` of the object, is painted; `solid` is what is no background."""
    return (share < _LARGEST_EYE and _has_pupil(hole)) or (
        share < _LARGEST_PATCH and _is_outlined(hole, solid, lightness)
    )


def _has_pupil(hole: Array) -> bool:
    """Tell whether something lies within the hole and touches nothing else."""
    return bool((areas(*label(filled(hole) & ~hole)) > _PUPIL * hole.sum()).any())


def _is_outlined(hole: Array, solid: Array, lightness: Array) -> bool:
    """Tell whether a line of ink runs all around, with the object in another colour beyond; a black letter has none."""
    labels, _count = label(lightness >= INK)
    inner = np.isin(labels, np.unique(labels[hole & (labels >= 0)]))
    if not inner.any() or (inner & ~dilate(hole, 3)).any():  # on a dark page nothing is drawn in ink
        return False
    beyond = dilate(hole, max(6, int(_LINE * max(hole.shape))))
    band = dilate(beyond, 2) & ~beyond
    return bool((solid & (lightness >= INK))[band].mean() >= _ALL_AROUND)
