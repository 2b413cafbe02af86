# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode "inflate": a round body from the outline alone. No bpy."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .crop import Cuts
from .errors import NoObject
from .lattice import Lattice, make_lattice
from .outline import make_field, outline_on
from .poisson import solve_poisson
from .quadtree import choose_levels
from .repair import repaired
from .rings import ring_count, with_rings
from .sheet import Sheet, make_sheet
from .snap import Nodes, snap_nodes
from .solid import Solid, doubled

__all__ = ["inflated"]

_FINEST = 640  # cells along the longer side of the object
_COARSEST_GRID = 160  # cells along it: so many may be used for thin parts, whatever the budget
_STROKE = 0.6  # of half the mean width of its parts: in wider cells, letters lose strokes
_TRIES = 3
_RIM_TRIANGLES = 21  # per cell of outline, both sides, with three rings


@dataclass(frozen=True, kw_only=True)
class _Measures:
    size: float  # longer side of the silhouette, analysis pixels
    area: float
    perimeter: float


def inflated(
    alpha: Array, inside: Array, cuts: Cuts, *, sigma: float, depth: float, faces: int, flat_back: bool
) -> Iterator[Solid]:
    """Yield solids of about `faces` triangles in analysis pixels, one per try; the last one is the best.

    -lap u = 4, h = depth * sqrt(u): a disc becomes a sphere of `depth` times its radius, a strip of half-width w an
    ellipse of height sqrt(2) * w * depth.
    """
    measures = _measured(alpha, inside)
    step = _within(measures, measures.perimeter * _RIM_TRIANGLES / (0.7 * faces))
    tries: list[Solid] = []
    while True:
        solid = _at_step(alpha, inside, cuts, step=step, sigma=sigma, depth=depth, faces=faces, flat_back=flat_back)
        tries.append(solid)
        yield solid
        count = len(solid.triangles)
        better = _within(measures, step * min(2.5, max(0.55, (count / faces) ** 0.9)))
        if 0.85 * faces < count <= 1.08 * faces or abs(better - step) < 0.01 * step:
            return
        if len(tries) == _TRIES:
            yield min(tries, key=lambda tried: abs(math.log(len(tried.triangles) / faces)))
            return
        step = better


def _within(measures: _Measures, step: float) -> float:
    """Return a step at which the grid is neither finer than it pays nor too coarse for the object's thin parts."""
    finest = max(measures.size / _FINEST, 0.5)
    coarsest = min(math.sqrt(measures.area) / 10, _STROKE * measures.area / measures.perimeter)
    return min(max(step, finest), max(coarsest, measures.size / _COARSEST_GRID, finest))


def _measured(alpha: Array, inside: Array) -> _Measures:
    rows, columns = np.nonzero(inside.any(1))[0], np.nonzero(inside.any(0))[0]
    variation = np.abs(np.diff(alpha, axis=1)).sum() + np.abs(np.diff(alpha, axis=0)).sum()
    return _Measures(
        size=float(max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1),
        area=float(alpha.sum()),
        perimeter=max(0.79 * float(variation), 4.0),  # pi/4 turns the L1 variation into a length
    )


def _at_step(
    alpha: Array, inside: Array, cuts: Cuts, *, step: float, sigma: float, depth: float, faces: int, flat_back: bool
) -> Solid:
    lattice = make_lattice(inside, cuts, step=step)
    outline = outline_on(make_field(alpha, cuts, lattice, sigma=sigma), lattice)
    if not outline.inside.any():
        raise NoObject("The object is too thin to become a solid", "Use a larger picture or thicker lines.")
    height = depth * np.sqrt(np.maximum(solve_poisson(outline, source=4.0), 1e-4))
    heights = np.where(outline.inside, height, 0).astype(np.float32)
    nodes = snap_nodes(outline, lattice)
    sheet = _budgeted(nodes, heights, lattice, depth=depth, faces=faces / 2)
    solid = doubled(sheet, back=0.25 if flat_back else 1.0)
    points = solid.points * step + [lattice.left, lattice.top, 0]
    return Solid(triangles=solid.triangles, points=points, on_cap=solid.on_cap)


def _budgeted(nodes: Nodes, heights: Array, lattice: Lattice, *, depth: float, faces: float) -> Sheet:
    """Mesh twice: the first time shows what the rim costs beyond the count of the cells."""
    extra = 0.0
    for last in (False, True):
        levels = choose_levels(nodes, heights, lattice, target=faces - extra)
        plain = make_sheet(nodes, levels, heights, lattice)
        sheet = repaired(plain, heights, depth=depth)
        if not len(sheet.triangles):
            raise NoObject("The object is too thin to become a solid", "Use a larger picture or thicker lines.")
        sheet = with_rings(sheet, ring_count(sheet))
        extra = len(sheet.triangles) - len(plain.triangles)
        if last or abs(len(sheet.triangles) - faces) < 0.04 * faces:
            break
    return sheet
