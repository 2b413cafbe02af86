# SPDX-License-Identifier: GPL-3.0-or-later
"""The regular grid that the surface is computed on. No bpy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .crop import Cuts

__all__ = ["COARSEST", "Lattice", "make_lattice"]

COARSEST = 5  # the largest leaf of the quadtree has 2**5 cells a side


@dataclass(frozen=True, kw_only=True)
class Lattice:
    """Node (j, i) lies at analysis pixel (left + i * step, top + j * step); `columns`, `rows` count cells.

    `void` marks nodes beyond a cut, the other two nodes on one, which stay on it; None without cuts.
    """

    left: float
    top: float
    step: float
    columns: int
    rows: int
    void: Array | None = None
    on_row_cut: Array | None = None
    on_column_cut: Array | None = None

    def locked_cells(self) -> Array | None:
        """Return the cells at or beyond a cut, which stay at the finest size."""
        if self.void is None or self.on_row_cut is None or self.on_column_cut is None:
            return None
        special = self.void | self.on_row_cut | self.on_column_cut
        return special[:-1, :-1] | special[1:, :-1] | special[:-1, 1:] | special[1:, 1:]

    def void_cells(self) -> Array | None:
        """Return the cells beyond a cut."""
        void = self.void
        if void is None:
            return None
        return void[:-1, :-1] | void[1:, :-1] | void[:-1, 1:] | void[1:, 1:]


def make_lattice(mask: Array, cuts: Cuts, *, step: float) -> Lattice:
    """Cover the box of `mask` with at least 3 empty cells around; cuts fall on a line of nodes."""
    height, width = mask.shape
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    left, across = _axis(columns[0], columns[-1] + 1, step, start=cuts.left, end=width if cuts.right else 0)
    top, down = _axis(rows[0], rows[-1] + 1, step, start=cuts.top, end=height if cuts.bottom else 0)
    lattice = Lattice(left=left, top=top, step=step, columns=across, rows=down)
    return _with_cuts(lattice, cuts, width, height) if cuts else lattice


def _axis(first: float, last: float, step: float, *, start: bool, end: int) -> tuple[float, int]:
    """Return the place of the first node and the number of cells, a multiple of the coarsest leaf."""
    block = 1 << COARSEST
    cells = -(-(math.ceil((last - first) / step) + 8) // block) * block
    origin = (first + last) / 2 - cells * step / 2
    if start:
        origin = round(origin / step) * step
    elif end:
        origin = end - round((end - origin) / step) * step
    return float(origin), cells


def _with_cuts(lattice: Lattice, cuts: Cuts, width: int, height: int) -> Lattice:
    shape = (lattice.rows + 1, lattice.columns + 1)
    void, on_row, on_column = (np.zeros(shape, bool) for _ in range(3))
    row = round(((height if cuts.bottom else 0) - lattice.top) / lattice.step)
    column = round(((width if cuts.right else 0) - lattice.left) / lattice.step)
    if cuts.top or cuts.bottom:
        on_row[row] = True
        void[row + 1 :] = cuts.bottom
        void[:row] |= cuts.top
    if cuts.left or cuts.right:
        on_column[:, column] = True
        void[:, column + 1 :] |= cuts.right
        void[:, :column] |= cuts.left
    return Lattice(
        left=lattice.left,
        top=lattice.top,
        step=lattice.step,
        columns=lattice.columns,
        rows=lattice.rows,
        void=void,
        on_row_cut=on_row,
        on_column_cut=on_column,
    )
