# SPDX-License-Identifier: GPL-3.0-or-later
"""Take off a mask what would become crumbs, pinholes and spikes. No bpy."""

from __future__ import annotations

from .arrays import Array
from .regions import areas, chosen, dilate, erode, label

__all__ = ["lost", "without_hairlines", "without_specks"]

_WORTH_SAYING = 12  # pixels


def without_specks(mask: Array) -> Array:
    """Drop components below 0.4 % of the largest one, and fill holes below 0.04 % of the whole."""
    labels, count = label(mask)
    if not count:
        return mask
    area = areas(labels, count)
    mask = chosen(labels, area >= max(0.004 * area.max(), 12))
    labels, count = label(~mask)
    return mask | chosen(labels, areas(labels, count) < max(0.0004 * mask.sum(), 6))


def without_hairlines(mask: Array) -> Array:
    """Drop what is thinner than about four pixels, and the specks that are left of it."""
    return without_specks(dilate(erode(mask, 2), 2) & mask)


def lost(before: Array, after: Array) -> bool:
    """Tell whether something of `before` that sticks out or lies apart is missing in `after`; rounding is no loss."""
    return int((before & ~dilate(after, 3)).sum()) >= _WORTH_SAYING
