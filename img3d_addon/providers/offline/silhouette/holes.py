# SPDX-License-Identifier: GPL-3.0-or-later
"""Enclosed background: the holes of letters and handles, but neither eyes nor the paper within line art. No bpy."""

from __future__ import annotations

import numpy as np

from .arrays import Array
from .background import Background
from .eyes import INK, is_eye
from .regions import areas, chosen, dilate, erode, label

__all__ = ["real_holes"]

_HOLE_SHARE = 0.012  # of the component that encloses the hole
_SMALL_HOLE_SHARE = 0.002
_COLOURED = 0.05  # OKLab chroma from which a background is neither the white of an eye nor a highlight
_MOST_PAPER = 0.35  # of a component: with more, and dark thin lines around, it is line art on a page
_THIN = 0.08  # of its size, the square root of its area


def real_holes(
    lab: Array, background: Background, difference: Array, outside: Array, *, threshold: float, holes: str
) -> tuple[Array, int]:
    """Return the mask of the holes within what is not `outside`, and their number.

    `difference` (h, w) to the background is below `threshold` where it is background. A hole has a crisp rim.
    """
    if holes == "none":
        return np.zeros_like(outside), 0
    labels, count = label((difference < min(threshold, 0.04)) & ~outside)
    if not count:
        return np.zeros_like(outside), 0
    solids, number = label(~outside)
    owner = _owners(labels, count, solids)
    area = areas(labels, count)
    real = (area > _smallest_share(background, holes) * areas(solids, number)[owner]) & (area > 9)
    for hole in np.nonzero(real)[0]:
        region = labels == hole
        real[hole] = _is_crisp(region, difference, max(0.06, 3 * threshold))
        if holes == "auto" and real[hole] and not _is_coloured(background):
            share = float(area[hole] / areas(solids, number)[owner[hole]])
            real[hole] = not is_eye(region, ~outside & (difference >= threshold), lab[..., 0], share=share)
    if holes == "auto":
        real &= ~_are_line_art(lab[..., 0], solids, number, chosen(labels, real))[owner]
    return chosen(labels, real), int(real.sum())


def _smallest_share(background: Background, holes: str) -> float:
    """Return the least area of a hole, as a share of the component around it."""
    return _SMALL_HOLE_SHARE if holes == "all" or _is_coloured(background) else _HOLE_SHARE


def _is_coloured(background: Background) -> bool:
    return float(np.hypot(background.colour[..., 1].mean(), background.colour[..., 2].mean())) > _COLOURED


def _owners(labels: Array, count: int, solids: Array) -> Array:
    """Return for each enclosed component the number of the solid around it."""
    inside = labels >= 0
    owner = np.zeros(count, np.int64)
    owner[labels[inside]] = solids[inside]
    return owner


def _is_crisp(hole: Array, difference: Array, least: float) -> bool:
    rim = dilate(hole, 4) & ~dilate(hole, 2)
    return bool(rim.any()) and bool(np.quantile(difference[rim], 0.15) >= least)


def _are_line_art(lightness: Array, solids: Array, number: int, open_parts: Array) -> Array:
    """Tell of each of the solids whether it is a drawing in dark thin lines, through which the page is seen."""
    whole = areas(solids, number)
    ink = (solids >= 0) & ~open_parts
    drawn = np.maximum(np.bincount(solids[ink], minlength=number), 1)
    edge = np.maximum(np.bincount(solids[ink & ~erode(ink)], minlength=number), 1)
    dark = np.bincount(solids[ink & (lightness < INK)], minlength=number)
    paper = whole - np.bincount(solids[ink], minlength=number)
    width = 2 * drawn / edge
    return (paper > _MOST_PAPER * whole) & (width < _THIN * np.sqrt(whole)) & (dark > 0.5 * drawn)
