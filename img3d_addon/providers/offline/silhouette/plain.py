# SPDX-License-Identifier: GPL-3.0-or-later
"""The object on a plain background, with its cast shadow and its holes. No bpy."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import Array
from .background import Background
from .regions import areas, chosen, dilate, label, open_to_frame
from .smoothing import gauss

__all__ = ["plain_mask"]

_HOLE_SHARE = 0.012  # of the component that encloses the hole
_SMALL_HOLE_SHARE = 0.002
_COLOURED = 0.05  # OKLab chroma from which a background is neither the white of an eye nor a highlight
_MOST_HOLES = 0.35  # of the area: with more, the picture is line art on a white page, and has none


def plain_mask(lab: Array, background: Background, *, holes: str) -> tuple[Array, dict[str, Any]]:
    """Return the mask of what differs from `background`, and the facts `shadows` and `holes` that were cut."""
    difference = np.sqrt(((lab - background.colour) ** 2).sum(-1))
    threshold = float(np.clip(4 * background.sigma, 0.02, 0.10))
    outside = open_to_frame(difference < threshold)
    shadow, shadows = _cast_shadows(lab, background, difference < threshold, outside)
    outside |= shadow
    enclosed = (difference < min(threshold, 0.04)) & ~outside
    smallest = _smallest_hole(background, holes)
    real, count = _holes(enclosed, ~outside, difference, smallest=smallest, crisp=max(0.06, 3 * threshold))
    if holes == "none" or (holes == "auto" and real.sum() > _MOST_HOLES * (~outside).sum()):
        real, count = np.zeros_like(outside), 0
    return ~outside & ~real, {"shadows": shadows, "holes": count}


def _cast_shadows(lab: Array, background: Background, similar: Array, outside: Array) -> tuple[Array, int]:
    """Return the soft shadows beside the open background, and their number.

    OKLab is homogeneous, so that a darkened background is t times its colour, t < 1. A cast shadow borders the open
    background along more of its outline than it borders the object; a pale stripe on a mug does not.
    """
    candidates = similar | (_darkened(lab, background) & dilate(~similar))
    labels, count = label(open_to_frame(candidates) & ~outside)
    if not count:
        return np.zeros_like(outside), 0
    to_open, to_object = np.zeros(count), np.zeros(count)
    inside = labels >= 0
    solid = ~outside & ~inside
    for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
        to_open += np.bincount(labels[inside], np.roll(outside, step, axis)[inside], count)
        to_object += np.bincount(labels[inside], np.roll(solid, step, axis)[inside], count)
    cast = to_open > 1.1 * to_object
    return chosen(labels, cast), int(cast.sum())


def _darkened(lab: Array, background: Background) -> Array:
    colour = background.colour
    factor = (lab * colour).sum(-1) / np.maximum((colour * colour).sum(-1), 1e-6)
    off = np.sqrt(((lab - factor[..., None] * colour) ** 2).sum(-1))
    smooth = _slope(lab[..., 0]) < 0.02 * 640 / max(factor.shape)
    return (factor < 1) & (factor > 0.45) & (off < max(0.018, 2.5 * background.sigma)) & smooth


def _slope(lightness: Array) -> Array:
    soft = gauss(lightness, 1.0)
    slope = np.zeros_like(soft)
    slope[:, 1:-1] = np.abs(soft[:, 2:] - soft[:, :-2]) / 2
    slope[1:-1] = np.maximum(slope[1:-1], np.abs(soft[2:] - soft[:-2]) / 2)
    return slope


def _smallest_hole(background: Background, holes: str) -> float:
    """Return the least area of a hole, as a share of the component around it."""
    chroma = float(np.hypot(background.colour[..., 1].mean(), background.colour[..., 2].mean()))
    return _SMALL_HOLE_SHARE if holes == "all" or chroma > _COLOURED else _HOLE_SHARE


def _holes(enclosed: Array, solid: Array, difference: Array, *, smallest: float, crisp: float) -> tuple[Array, int]:
    """Return the mask of the real holes among `enclosed`, which have a crisp rim, and their number."""
    labels, count = label(enclosed)
    if not count:
        return np.zeros_like(solid), 0
    area = areas(labels, count)
    real = (area > smallest * _owner_areas(labels, count, solid)) & (area > 9)
    for number in np.nonzero(real)[0]:
        rim = _rim(labels == number)
        real[number] = bool(rim.any()) and bool(np.quantile(difference[rim], 0.15) >= crisp)
    return chosen(labels, real), int(real.sum())


def _owner_areas(labels: Array, count: int, solid: Array) -> Array:
    """Return for each enclosed component the area of the component of `solid` around it."""
    owners, owner_count = label(solid)
    inside = labels >= 0
    owner = np.zeros(count, np.int64)
    owner[labels[inside]] = owners[inside]
    return areas(owners, owner_count)[owner]


def _rim(hole: Array) -> Array:
    return dilate(hole, 4) & ~dilate(hole, 2)
