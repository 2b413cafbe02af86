# SPDX-License-Identifier: GPL-3.0-or-later
"""The object on a plain background, without its cast shadow and its holes. No bpy."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import Array
from .background import Background, frame_ring
from .holes import real_holes
from .regions import areas, chosen, dilate, erode, label, open_to_frame
from .smoothing import gauss

__all__ = ["is_convincing", "plain_mask"]

_EVEN = 0.006  # sigma up to which the background is a page, of which nothing else is mistaken for an object
_MOST_AT_FRAME = 0.12  # of the ring
_MOST_STRETCHES = 3  # of the ring that an object takes, cut off by the frame
_STRETCH = 0.01  # of the ring, the least
_MOST_WEAK = 0.1  # of the outline
_DARKEST, _BRIGHTEST = 0.45, 1.15  # OKLab factors of a shadow, and of a lit place that the fit has not followed
_STEEPEST = 0.03  # OKLab lightness per pixel of a shadow; the edge of an object is steeper at any size of the picture


def plain_mask(lab: Array, background: Background, *, holes: str) -> tuple[Array, dict[str, Any]]:
    """Return the mask of what differs from `background`, and the facts `shadows` and `holes` that were cut."""
    difference, threshold = _difference(lab, background)
    outside = open_to_frame(difference < threshold)
    shadow, shadows = _cast_shadows(lab, background, difference < threshold, outside)
    outside |= shadow
    found, count = real_holes(lab, background, difference, outside, threshold=threshold, holes=holes)
    return ~outside & ~found, {"shadows": shadows, "holes": count}


def is_convincing(mask: Array, lab: Array, background: Background) -> bool:
    """Tell whether `mask` looks like one object, rather than like what else is in a room.

    Many stretches of the frame in other colours are things around the object. Where the background is no even page,
    the mask must also keep off the frame and have a clear outline: otherwise the fit has not followed the light in a
    studio, and parts of the floor are taken for the object.
    """
    ring = frame_ring(*mask.shape)
    at_frame = mask[ring].mean() > _MOST_AT_FRAME
    if background.sigma <= _EVEN:
        return not (at_frame and _stretches(mask, ring) > _MOST_STRETCHES)
    difference, threshold = _difference(lab, background)
    rim = erode(mask, 2) & ~erode(mask, 5)
    weak = (difference < 2 * threshold)[rim].mean() if rim.any() else 1.0
    return bool(not at_frame and weak <= _MOST_WEAK)


def _stretches(mask: Array, ring: Array) -> int:
    """Count the stretches of the `ring` along the frame that belong to `mask`."""
    return int((areas(*label(mask & ring)) > _STRETCH * ring.sum()).sum())


def _difference(lab: Array, background: Background) -> tuple[Array, float]:
    """Return the distance to the background (h, w), and from where on it counts."""
    off = lab - background.colour
    return np.sqrt((off * off).sum(-1)), float(np.clip(4 * background.sigma, 0.02, 0.10))


def _cast_shadows(lab: Array, background: Background, similar: Array, outside: Array) -> tuple[Array, int]:
    """Return the soft shadows beside the open background, and their number.

    OKLab is homogeneous, so that a darkened background is t times its colour, t < 1, and a lit one t > 1. A cast
    shadow borders the open background along more of its outline than it borders the object; a pale stripe on a mug
    does not. What would leave nothing is no shadow but the object itself, in faint colours.
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
    shadow = chosen(labels, to_open > 1.1 * to_object)
    if not erode(~outside & ~shadow, 2).any():
        return np.zeros_like(outside), 0
    return shadow, len(np.unique(labels[erode(shadow, 2)]))  # the soft edge of the object is none


def _darkened(lab: Array, background: Background) -> Array:
    colour = background.colour
    factor = (lab * colour).sum(-1) / np.maximum((colour * colour).sum(-1), 1e-6)
    off = np.sqrt(((lab - factor[..., None] * colour) ** 2).sum(-1))
    smooth = _slope(lab[..., 0]) < min(0.02 * 640 / max(factor.shape), _STEEPEST)
    return (factor < _BRIGHTEST) & (factor > _DARKEST) & (off < max(0.018, 2.5 * background.sigma)) & smooth


def _slope(lightness: Array) -> Array:
    soft = gauss(lightness, 1.0)
    slope = np.zeros_like(soft)
    slope[:, 1:-1] = np.abs(soft[:, 2:] - soft[:, :-2]) / 2
    slope[1:-1] = np.maximum(slope[1:-1], np.abs(soft[2:] - soft[:-2]) / 2)
    return slope
