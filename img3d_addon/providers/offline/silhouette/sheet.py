# SPDX-License-Identifier: GPL-3.0-or-later
"""Triangulate the object in the plane: leaves inside, marching triangles along the outline. No bpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .lattice import COARSEST, Lattice
from .quadtree import hanging, needed_cells
from .snap import Nodes

__all__ = ["Sheet", "make_sheet"]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A height surface: `triangles` (n, 3) counter-clockwise seen from the front; `x`, `y` (down), `z` in cells.

    `on_outline` marks the vertices of the outline, whose z is 0. `place` is the number of a vertex on the grid, the
    same in every sheet over these nodes; -1 for one that was put in later.
    """

    triangles: Array
    x: Array
    y: Array
    z: Array
    on_outline: Array
    place: Array


def make_sheet(nodes: Nodes, levels: Array, heights: Array, lattice: Lattice) -> Sheet:
    """Make the triangles of all leaves and cells.

    A vertex is numbered by its place among N nodes: node n, N + n on the edge to the right of it, 2 N + n on the edge
    below, 3 N + n on the diagonal of the cell below right; so neighbours share vertices without a search.
    """
    whole, cut = needed_cells(nodes, lattice)
    parts = [_small_cells(nodes, whole & (levels == 0), heights)]
    parts += [_leaves(levels, level, heights) for level in range(1, COARSEST + 1)]
    parts += _cut_cells(nodes, cut)
    numbers, triangles = np.unique(np.concatenate(parts), return_inverse=True)
    x, y, on_outline = _places(numbers, nodes)
    flat = heights.ravel()
    z = np.where(on_outline, 0, flat[numbers % flat.size]).astype(np.float64)
    return Sheet(triangles=triangles.reshape(-1, 3), x=x, y=y, z=z, on_outline=on_outline, place=numbers)


def _halves(a: Array, b: Array, c: Array, d: Array, *, diagonal_ac: Array) -> Array:
    """Cut quads, corners in the order of `corners`, along a-c or b-d."""
    choice = diagonal_ac[:, None]
    first = np.where(choice, np.stack([a, c, b], -1), np.stack([a, d, b], -1))
    second = np.where(choice, np.stack([a, d, c], -1), np.stack([b, d, c], -1))
    return np.concatenate([first, second])


def _small_cells(nodes: Nodes, cells: Array, heights: Array) -> Array:
    """Cut each cell along the flatter diagonal, but never along one that joins two vertices of the outline."""
    width = nodes.state.shape[1]
    j, i = np.nonzero(cells)
    a = j * width + i
    b, c, d = a + 1, a + width + 1, a + width
    state, z = nodes.state.ravel(), heights.ravel()
    ac_on = (state[a] == 0) & (state[c] == 0)
    bd_on = (state[b] == 0) & (state[d] == 0)
    flatter = np.abs(z[a] - z[c]) <= np.abs(z[b] - z[d])
    return _halves(a, b, c, d, diagonal_ac=np.where(ac_on != bd_on, bd_on, flatter))


def _leaves(levels: Array, level: int, heights: Array) -> Array:
    """Cut a leaf in two; one with smaller neighbours becomes a fan around its centre."""
    j, i, sides = hanging(levels, level)
    width, side = levels.shape[1] + 1, 1 << level
    half = side >> 1
    a = j * width + i
    b, c, d = a + side, a + side * width + side, a + side * width
    z = heights.ravel()
    fan = sides.any(1)
    flatter = np.abs(z[a] - z[c]) <= np.abs(z[b] - z[d])
    parts = [_halves(a[~fan], b[~fan], c[~fan], d[~fan], diagonal_ac=flatter[~fan])]
    a, b, c, d, sides = a[fan], b[fan], c[fan], d[fan], sides[fan]
    centre = a + half * width + half
    loop = ((a, d, a + half * width), (d, c, d + half), (c, b, b + half * width), (b, a, a + half))
    for (start, end, middle), small in zip(loop, sides.T, strict=True):
        parts.append(np.stack([centre, start, end], -1)[~small])
        parts.append(np.stack([centre, start, middle], -1)[small])
        parts.append(np.stack([centre, middle, end], -1)[small])
    return np.concatenate(parts)


def _cut_cells(nodes: Nodes, cells: Array) -> list[Array]:
    """Keep the part inside the outline of the two triangles of each cell (marching triangles)."""
    width, count = nodes.state.shape[1], nodes.state.size
    j, i = np.nonzero(cells)
    a = j * width + i
    triangles = _halves(a, a + 1, a + width + 1, a + width, diagonal_ac=((j + i) & 1) == 0)
    cell = np.concatenate([a, a])
    state = nodes.state.ravel()[triangles]
    parts = [triangles[(state >= 0).all(1) & (state > 0).any(1)]]
    for turn in range(3):
        parts += _clipped(np.roll(triangles, -turn, 1), np.roll(state, -turn, 1), cell, width=width, count=count)
    return parts


def _clipped(triangles: Array, state: Array, cell: Array, *, width: int, count: int) -> list[Array]:
    """Clip the triangles whose first corner is inside and whose last, in this turn, is not."""
    a, b, c = triangles.T

    def crossing(first: Array, second: Array) -> Array:
        low, gap = np.minimum(first, second), np.abs(first - second)
        return np.where(gap == 1, count + low, np.where(gap == width, 2 * count + low, 3 * count + cell))

    ab, bc, ca = crossing(a, b), crossing(b, c), crossing(c, a)
    inside, on, out = state > 0, state == 0, state < 0
    corner = inside[:, 0] & out[:, 1] & out[:, 2]
    second_on = inside[:, 0] & on[:, 1] & out[:, 2]
    third_on = inside[:, 0] & out[:, 1] & on[:, 2]
    quad = inside[:, 0] & inside[:, 1] & out[:, 2]
    return [
        np.stack([a, ab, ca], -1)[corner],
        np.stack([a, b, ca], -1)[second_on],
        np.stack([a, ab, c], -1)[third_on],
        np.stack([a, b, bc], -1)[quad],
        np.stack([a, bc, ca], -1)[quad],
    ]


def _places(numbers: Array, nodes: Nodes) -> tuple[Array, Array, Array]:
    """Return x, y in cells, and whether the vertex lies on the outline."""
    height, width = nodes.state.shape
    kind, node = np.divmod(numbers, height * width)
    j, i = np.divmod(node, width)
    x = i + np.where(kind == 0, nodes.dx.ravel()[node], 0.0)
    y = j + np.where(kind == 0, nodes.dy.ravel()[node], 0.0)
    theta = nodes.crossings
    x = np.where(kind == 1, i + theta.right.ravel()[node], x)
    y = np.where(kind == 2, j + theta.down.ravel()[node], y)
    diagonal = kind == 3
    falls = diagonal & (((i + j) & 1) == 0)
    rises = diagonal & ~falls
    down = np.where(falls, theta.falling.ravel()[node], theta.rising.ravel()[np.minimum(node + 1, height * width - 1)])
    x = np.where(falls, i + down, np.where(rises, i + 1 - down, x))
    y = np.where(diagonal, j + down, y)
    return x, y, (kind > 0) | (nodes.state.ravel()[node] == 0)
