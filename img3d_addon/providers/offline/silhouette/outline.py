# SPDX-License-Identifier: GPL-3.0-or-later
"""The exact outline: a smooth field, and where the edges of the grid cross it. No bpy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .arrays import Array, sample
from .crop import Cuts, extended
from .lattice import Lattice
from .smoothing import gauss

__all__ = ["Crossings", "Field", "Outline", "make_field", "outline_on"]


@dataclass(frozen=True, kw_only=True)
class Field:
    """Alpha - .5, smoothed at analysis resolution; positive inside. Its width never depends on the grid.

    Coordinates are in cells of the lattice: `x` to the right, `y` down, node (0, 0) at the origin.
    """

    values: Array
    left: float
    top: float
    step: float

    def at(self, x: Array, y: Array) -> Array:
        """Return the field at points of the lattice."""
        return sample(self.values, self.left + x * self.step, self.top + y * self.step)


class Crossings(NamedTuple):
    """Where an edge crosses the outline, as a fraction from its first node; nan where it does not.

    `right` (j, i)-(j, i+1), `down` (j, i)-(j+1, i), and the union-jack diagonals of nodes with even i + j:
    `falling` (j, i)-(j+1, i+1), `rising` (j, i)-(j+1, i-1).
    """

    right: Array
    down: Array
    falling: Array
    rising: Array


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The field on every `spacing`-th node: `values` (rows + 1, columns + 1), and its axis crossings."""

    field: Field
    spacing: int
    values: Array
    right: Array
    down: Array
    void: Array | None

    @property
    def inside(self) -> Array:
        """The nodes within the object."""
        return (self.values > 0) if self.void is None else (self.values > 0) & ~self.void

    def coarser(self) -> Outline:
        """Return the same on every second node, with its own exact crossings."""
        values = np.ascontiguousarray(self.values[::2, ::2])
        void = None if self.void is None else self.void[::2, ::2]
        return _outline(self.field, values, void, spacing=2 * self.spacing)

    def crossings(self) -> Crossings:
        """Return all crossings at this spacing, with the diagonals."""
        rows, columns = np.indices(self.values.shape, sparse=True)
        even = ((rows + columns) & 1) == 0
        return Crossings(
            self.right,
            self.down,
            _crossed(self.field, self.values, self.spacing, (1, 1), even),
            _crossed(self.field, self.values, self.spacing, (1, -1), even),
        )


def make_field(alpha: Array, cuts: Cuts, lattice: Lattice, *, sigma: float) -> Field:
    """Smooth `alpha` (h, w) by `sigma` analysis pixels and place it on the lattice."""
    height, width = alpha.shape
    beyond = (
        -lattice.left,
        -lattice.top,
        lattice.left + lattice.columns * lattice.step - width,
        lattice.top + lattice.rows * lattice.step - height,
    )
    margin = math.ceil(max(0.0, *beyond)) + math.ceil(2 * lattice.step) + 2
    return Field(
        values=gauss(extended(alpha, cuts, margin=margin), sigma) - np.float32(0.5),
        left=lattice.left + margin - 0.5,
        top=lattice.top + margin - 0.5,
        step=lattice.step,
    )


def outline_on(field: Field, lattice: Lattice) -> Outline:
    """Sample `field` at the nodes of `lattice`; the outermost nodes are outside."""
    x, y = np.meshgrid(np.arange(lattice.columns + 1.0), np.arange(lattice.rows + 1.0))
    values = field.at(x, y).astype(np.float32)
    values[0] = values[-1] = -0.5
    values[:, 0] = values[:, -1] = -0.5
    return _outline(field, values, lattice.void, spacing=1)


def _outline(field: Field, values: Array, void: Array | None, *, spacing: int) -> Outline:
    return Outline(
        field=field,
        spacing=spacing,
        values=values,
        right=_crossed(field, values, spacing, (0, 1)),
        down=_crossed(field, values, spacing, (1, 0)),
        void=void,
    )


def _crossed(field: Field, values: Array, spacing: int, step: tuple[int, int], allowed: Array | None = None) -> Array:
    """Return the crossing fraction of each edge (j, i)-(j+dj, i+di), nan where the sign does not change."""
    dj, di = step
    height, width = values.shape
    offset = max(0, -di)
    near = np.s_[0 : height - dj, offset : width - max(0, di)]
    far = np.s_[dj:height, offset + di : width - max(0, di) + di]
    changes = (values[near] > 0) != (values[far] > 0)
    if allowed is not None:
        changes &= allowed[near]
    j, i = np.nonzero(changes)
    i += offset
    start = np.stack([i, j]) * float(spacing)
    way = np.array([di, dj], float)[:, None] * spacing
    result = np.full((height, width), np.nan, np.float32)
    result[j, i] = _bisected(field, start, way, positive=values[j, i] > 0)
    return result


def _bisected(field: Field, start: Array, way: Array, *, positive: Array) -> Array:
    """Halve seven times: the crossing is found to 1/256 of the edge."""
    low, high = np.zeros(start.shape[1]), np.ones(start.shape[1])
    for _ in range(7):
        middle = (low + high) / 2
        same = (field.at(*(start + middle * way)) > 0) == positive
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return (low + high) / 2
