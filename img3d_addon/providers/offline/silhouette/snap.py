# SPDX-License-Identifier: GPL-3.0-or-later
"""Slide grid nodes onto the outline where it passes close by, so that no sliver is made. No bpy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .lattice import Lattice
from .outline import Crossings, Outline

__all__ = ["Nodes", "snap_nodes"]

_CLOSE = 0.3  # of an edge
_STEPS = ((0, 1), (1, 0), (1, 1), (1, -1))  # (dj, di) of the four kinds of edges, in the order of Crossings


@dataclass(frozen=True, kw_only=True)
class Nodes:
    """`state` +1 inside, 0 on the outline, -1 outside; `dx`, `dy` the slide of a node in cells; the crossings."""

    state: Array
    dx: Array
    dy: Array
    crossings: Crossings


def snap_nodes(outline: Outline, lattice: Lattice) -> Nodes:
    """Move every node onto its nearest crossing when that is closer than .3 of the edge.

    Isosurface stuffing (Labelle & Shewchuk 2007) in the plane. Nodes on a cut slide along the cut only.
    """
    crossings = outline.crossings()
    shape = outline.values.shape
    nearest = np.full(shape, np.inf, np.float32)
    dx, dy = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for (dj, di), theta in zip(_STEPS, crossings, strict=True):
        j, i = np.nonzero(~np.isnan(theta))
        along = theta[j, i]
        if lattice.void is not None:
            real = ~(lattice.void[j, i] | lattice.void[j + dj, i + di])
            j, i, along = j[real], i[real], along[real]
        for rows, columns, share, sign in ((j, i, along, 1), (j + dj, i + di, 1 - along, -1)):
            length = share * math.hypot(dj, di)
            take = (share < _CLOSE) & (length < nearest[rows, columns])
            take &= _free(lattice, rows, columns, (dj, di))
            at = rows[take], columns[take]
            nearest[at] = length[take]
            dx[at], dy[at] = sign * di * share[take], sign * dj * share[take]
    state = np.where(nearest < np.inf, 0, np.where(outline.inside, 1, -1)).astype(np.int8)
    return Nodes(state=state, dx=dx, dy=dy, crossings=crossings)


def _free(lattice: Lattice, rows: Array, columns: Array, step: tuple[int, int]) -> Array:
    """Return which nodes may move by `step` = (dj, di)."""
    free = np.ones(len(rows), bool)
    if lattice.on_row_cut is not None and step[0]:
        free &= ~lattice.on_row_cut[rows, columns]
    if lattice.on_column_cut is not None and step[1]:
        free &= ~lattice.on_column_cut[rows, columns]
    return free
