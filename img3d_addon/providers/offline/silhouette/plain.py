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

_HOLE_SHARE = {"auto": 0.012, "all": 0.002}  # of the component that encloses the hole


def plain_mask(lab: Array, background: Background, *, holes: str) -> tuple[Array, dict[str, Any]]:
    """Return the mask of what differs from `background`, and the facts `shadows` and `holes` that were cut."""
    difference = np.sqrt(((lab - background.colour) ** 2).sum(-1))
    threshold = float(np.clip(4 * background.sigma, 0.02, 0.10))
    outside = open_to_frame(difference < threshold)
    shadow, shadows = _cast_shadows(lab, background, difference < threshold, outside)
    outside |= shadow
    enclosed = (difference < min(threshold, 0.04)) & ~outside
    open_holes, count = _holes(enclosed, ~outside, difference, holes=holes, crisp=max(0.06, 3 * threshold))
    return ~outside & ~open_holes, {"shadows": shadows, "holes": count}


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


def _holes(enclosed: Array, solid: Array, difference: Array, *, holes: str, crisp: float) -> tuple[Array, int]:
    """Return the mask of the real holes among `enclosed`, and their number.

    A hole is not small, and has a crisp rim. Where all of them are a large part of the object, the picture is line art
    on a white page and has none.
    """
    nothing = np.zeros_like(solid)
    labels, count = label(enclosed)
    if not count or holes == "none":
        return nothing, 0
    area = areas(labels, count)
    real = (area > _HOLE_SHARE[holes] * _owner_areas(labels, count, solid)) & (area > 9)
    for number in np.nonzero(real)[0]:
        rim = _rim(labels == number)
        real[number] = bool(rim.any()) and bool(np.quantile(difference[rim], 0.15) >= crisp)
    if holes == "auto" and area[real].sum() > 0.35 * solid.sum():
        return nothing, 0
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
