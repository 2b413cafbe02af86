# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the cell sizes: large where the surface is flat, within a budget of triangles. No bpy."""

from __future__ import annotations

import math

import numpy as np

from .arrays import Array
from .lattice import COARSEST, Lattice
from .snap import Nodes

__all__ = ["choose_levels", "corners", "hanging", "needed_cells"]


def corners(values: Array) -> tuple[Array, Array, Array, Array]:
    """Return the node values at the upper left, upper right, lower right and lower left corner of each cell."""
    return values[:-1, :-1], values[:-1, 1:], values[1:, 1:], values[1:, :-1]


def choose_levels(nodes: Nodes, heights: Array, lattice: Lattice, *, target: float) -> Array:
    """Return the level of the leaf that owns each cell (rows, columns): its side is 2**level cells.

    The tolerance is bisected until the triangles come close to `target` from below.
    """
    errors = _error_pyramid(heights)
    low, high = 1e-3, 30.0
    best = _levels(nodes, errors, lattice, tolerance=math.inf)
    for _ in range(11):
        tolerance = math.sqrt(low * high)
        levels = _levels(nodes, errors, lattice, tolerance=tolerance)
        count = _count(nodes, levels, lattice)
        if count > target:
            low = tolerance
            continue
        high, best = tolerance, levels
        if count > 0.97 * target:
            break
    return best


def _all4(cells: Array) -> Array:
    return cells[0::2, 0::2] & cells[1::2, 0::2] & cells[0::2, 1::2] & cells[1::2, 1::2]


def _max4(cells: Array) -> Array:
    pairs = np.maximum(cells[0::2], cells[1::2])
    return np.maximum(pairs[:, 0::2], pairs[:, 1::2])


def _levels(nodes: Nodes, errors: list[Array], lattice: Lattice, *, tolerance: float) -> Array:
    """Merge cells bottom up. A leaf of the next size needs its 8 neighbours to be mergeable: the 2:1 balance."""
    upper_left, upper_right, lower_right, lower_left = corners(nodes.state > 0)
    inner = upper_left & upper_right & lower_right & lower_left
    locked = lattice.locked_cells()
    if locked is not None:
        inner &= ~locked
    allowed = np.ones(inner.shape, bool)
    levels = np.zeros(inner.shape, np.int8)
    for level, error in enumerate(errors, start=1):
        inner = _all4(inner)
        allowed = _eroded8(_all4(allowed)) & inner & (error <= tolerance)
        if not allowed.any():
            break
        side = 1 << level
        levels[np.repeat(np.repeat(allowed, side, 0), side, 1)] = level
    return levels


def _eroded8(cells: Array) -> Array:
    padded = np.pad(cells, 1, constant_values=True)
    rows = padded[:-2] & padded[1:-1] & padded[2:]
    return rows[:, :-2] & rows[:, 1:-1] & rows[:, 2:]


def _error_pyramid(heights: Array) -> list[Array]:
    """Return per level the distance between the heights and their bilinear interpolation over each leaf."""
    errors: list[Array] = []
    for level in range(1, COARSEST + 1):
        error = _block_error(heights, 1 << level)
        errors.append(np.maximum(error, _max4(errors[-1])) if errors else error)
    return errors


def _block_error(z: Array, side: int) -> Array:
    """Compare the centre and the edge mid-points, and divide by the length of the surface normal."""
    half = side >> 1
    a, b, c, d = (
        z[:-side:side, :-side:side],
        z[:-side:side, side::side],
        z[side::side, side::side],
        z[side::side, :-side:side],
    )
    error = np.abs(z[half::side, half::side] - (a + b + c + d) / 4)
    middles = (
        (z[:-side:side, half::side], a, b),
        (z[side::side, half::side], d, c),
        (z[half::side, :-side:side], a, d),
        (z[half::side, side::side], b, c),
    )
    for middle, first, second in middles:
        error = np.maximum(error, np.abs(middle - (first + second) / 2))
    slope_x, slope_y = (b + c - a - d) / (2 * side), (d + c - a - b) / (2 * side)
    return error / np.sqrt(1 + slope_x * slope_x + slope_y * slope_y)


def hanging(levels: Array, level: int) -> tuple[Array, Array, Array]:
    """Return row and column of the first cell of each leaf of `level`, and which sides meet smaller leaves.

    The sides are (n, 4) bool: left, below, right, above.
    """
    side = 1 << level
    j, i = np.nonzero(levels[::side, ::side] == level)
    j, i = j * side, i * side
    beside = ((j, i - 1), (j + side, i), (j, i + side), (j - 1, i))
    return j, i, np.stack([levels[at] < level for at in beside], axis=-1)


def needed_cells(nodes: Nodes, lattice: Lattice) -> tuple[Array, Array]:
    """Return the cells within the object and the cells that the outline cuts."""
    around = corners(nodes.state)
    cut, touched = np.zeros(around[0].shape, bool), np.zeros(around[0].shape, bool)
    for corner in around:
        cut |= corner < 0
        touched |= corner > 0
    void = lattice.void_cells()
    if void is not None:
        touched &= ~void
    return touched & ~cut, touched & cut


def _count(nodes: Nodes, levels: Array, lattice: Lattice) -> int:
    """Count the triangles without making them."""
    whole, cut = needed_cells(nodes, lattice)
    total = 2 * int((whole & (levels == 0)).sum()) + int(2.2 * cut.sum())
    for level in range(1, COARSEST + 1):
        sides = hanging(levels, level)[2]
        fans = sides.any(1)
        total += 2 * int((~fans).sum()) + 4 * int(fans.sum()) + int(sides.sum())
    return total
