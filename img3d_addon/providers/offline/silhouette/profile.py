# SPDX-License-Identifier: GPL-3.0-or-later
"""The profile of a turned body: its upright axis, and the radius at each height. No bpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Array

__all__ = ["Profile", "find_profile"]

_SMOOTH = 0.004  # of the height
_LEAST = 0.3  # pixels: the least radius
_UNEVEN = 0.03  # of the radius: so much the sides differ where something stands out
_CROSSING = 0.06  # of the height: in so few rows, both may happen to stand out by the same
_BEYOND = 0.06  # of the radius: a round belly bulges less beyond the straight line between two joints
_ALIKE = 0.2  # of what stands out: a foot or a brim differs less from side to side, a handle and a spout more
_STEEP = 2.0  # pixels of radius per row from which smoothing would blunt an end


@dataclass(frozen=True, kw_only=True)
class Profile:
    """`radius` (n,) at height `y` (n,) around `axis`, from the top down; analysis pixels."""

    axis: float
    y: Array
    radius: Array

    def at(self, y: Array) -> Array:
        """Return the radius at other heights, 0 beyond the ends."""
        return np.interp(y, self.y, self.radius, left=0, right=0)


def find_profile(alpha: Array, inside: Array, *, soft: float = 1.0) -> Profile:
    """Find the axis to a part of a pixel, and the rows of the body that it runs through.

    The radius is that of the narrower side: what only one side has, a handle or a spout, is not turned. It is smoothed
    by `soft` pixels or more.
    """
    before, after = _run_ends(inside)
    column = _axis_column(inside, before, after)
    rows = _longest_run(np.nonzero(inside[:, column])[0])
    left, right = _exact_ends(alpha[rows], before[rows, column], after[rows, column])
    axis = _exact_axis(left, right, column + 0.5)
    radius = np.maximum(_narrower(axis - left, right - axis), _LEAST)
    top, bottom = _exact_ends(alpha.T[column : column + 1], rows[:1] - 1, rows[-1:] + 1)
    top, bottom = np.minimum(top, rows[0] + 0.4), np.maximum(bottom, rows[-1] + 0.6)
    y = np.concatenate([top, rows + 0.5, bottom])
    return Profile(axis=axis, y=y, radius=_with_ends(_smoothed(radius, soft), y))


def _run_ends(inside: Array) -> tuple[Array, Array]:
    """Return for each pixel the last column outside before it and the first one after it."""
    width = inside.shape[1]
    place = np.broadcast_to(np.arange(width), inside.shape)
    before = np.maximum.accumulate(np.where(inside, -1, place), axis=1)
    after = np.minimum.accumulate(np.where(inside, width, place)[:, ::-1], axis=1)[:, ::-1]
    return before, after


def _axis_column(inside: Array, before: Array, after: Array) -> int:
    """Return the column that lies deepest in the object, over all rows."""
    place = np.arange(inside.shape[1])
    reach = np.where(inside, np.minimum(place - before, after - place) - 0.5, 0)
    return int(np.argmax((reach**1.5).sum(0)))


def _longest_run(rows: Array) -> Array:
    parts = np.split(rows, np.nonzero(np.diff(rows) > 1)[0] + 1)
    return max(parts, key=len)


def _exact_ends(alpha: Array, before: Array, after: Array) -> tuple[Array, Array]:
    """Return start and end of the run between columns `before` and `after` of each row, to a part of a pixel."""
    row = np.arange(len(alpha))
    padded = np.pad(alpha, ((0, 0), (1, 1)))
    left = before + 2 - padded[row, before + 1] - padded[row, before + 2]
    right = after - 1 + padded[row, after + 1] + padded[row, after]
    return left.astype(np.float64), right.astype(np.float64)


def _exact_axis(left: Array, right: Array, near: float) -> float:
    """Return the mean of the middles of those rows that lie around `near`, weighted by their width."""
    middle, half = (left + right) / 2, (right - left) / 2
    even = np.abs(middle - near) < max(2.0, 0.03 * float(half.max()))
    return float((middle * half)[even].sum() / half[even].sum()) if even.any() else near


def _narrower(left: Array, right: Array) -> Array:
    """Return the radius of the narrower side; rows at which something stands out on both sides are bridged.

    There, a handle and a spout, the sides differ from each other, and even the narrower one lies beyond the body.
    Where they hardly differ, nothing stands out, and the mean is the better measure.
    """
    radius: Array = np.minimum(left, right)
    differs: Array = np.abs(left - right)
    row = np.arange(len(radius))
    bearable: Array = np.maximum(2.0, _UNEVEN * radius)
    uneven = differs > bearable
    radius += differs / 2 * np.clip(2 - differs / bearable, 0, 1)
    for rows in _runs(uneven)[1:-1]:
        uneven[rows] |= len(rows) < _CROSSING * len(row)
    if uneven.all():
        return radius
    bridge: Array = np.interp(row, row[~uneven], radius[~uneven])
    excess = radius - bridge
    beyond = excess > np.maximum(3.0, _BEYOND * bridge)
    for rows in _runs(uneven):
        apart = differs[rows].sum() > _ALIKE * excess[rows].sum()
        if uneven[rows[0]] and apart and beyond[rows].any():
            radius[rows] = np.minimum(radius[rows], bridge[rows])
    return radius


def _runs(marks: Array) -> list[Array]:
    """Return the numbers of the rows in runs of equal marks."""
    return np.split(np.arange(len(marks)), np.nonzero(np.diff(marks))[0] + 1)


def _smoothed(radius: Array, soft: float) -> Array:
    """Smooth along the height, but not where the radius changes fast."""
    sigma = max(1.0, soft, _SMOOTH * len(radius))
    reach = min(int(3 * sigma), len(radius) - 1)
    if reach < 1:
        return radius
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    padded = np.pad(radius, reach, mode="reflect", reflect_type="odd")
    smooth = np.convolve(padded, weights / weights.sum(), "valid")
    steep: Array = np.abs(np.gradient(radius)) > _STEEP
    near = np.convolve(np.pad(steep, reach), np.ones(2 * reach + 1), "valid") > 0
    return np.maximum(np.where(near, radius, smooth), _LEAST)


def _with_ends(radius: Array, y: Array) -> Array:
    """Add the radius at both ends: its square runs on straight, so that a ball closes and a jar keeps its mouth."""
    if len(radius) < 2:
        return np.concatenate([radius[:1], radius, radius[-1:]])
    square = radius * radius
    first = square[0] - (square[1] - square[0]) * (y[1] - y[0]) / (y[2] - y[1])
    last = square[-1] - (square[-2] - square[-1]) * (y[-1] - y[-2]) / (y[-2] - y[-3])
    ends = np.sqrt(np.clip([first, last], 0, [(radius[0] + 1) ** 2, (radius[-1] + 1) ** 2]))
    return np.concatenate([ends[:1], radius, ends[1:]])
