# SPDX-License-Identifier: GPL-3.0-or-later
"""Mesh a form within a budget of triangles. No bpy."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from .errors import NoObject
from .form import Form, Former
from .lattice import Lattice, make_lattice
from .outline import make_field, outline_on
from .quadtree import choose_levels
from .repair import repaired
from .rings import ring_count, with_rings
from .sheet import Sheet, make_sheet
from .snap import Nodes, snap_nodes
from .solid import Solid, doubled, plated
from .subject import Measures, Subject, measured

__all__ = ["fitted", "outline_step"]

_FINEST = 640  # cells along the longer side of the object
_COARSEST_GRID = 160  # cells along it: so many may be used for thin parts, whatever the budget
_STROKE = 0.6  # of half the mean width of its parts: in wider cells, letters lose strokes
_TRIES = 3
_AT_OUTLINE = 0.7  # share of the budget that the first try spends along the outline


def outline_step(measures: Measures, *, faces: int, triangles: float) -> float:
    """Return the cell size, in analysis pixels, at which the outline costs its share of `faces`.

    `triangles` is what one cell of outline costs on both sides.
    """
    return measures.perimeter * triangles / (_AT_OUTLINE * faces)


def fitted(subject: Subject, former: Former, *, step: float, faces: int) -> Iterator[Solid]:
    """Yield solids of about `faces` triangles in analysis pixels, one per try; the last one is the best.

    `former` gives the shape on each grid that is tried, the first in cells of `step` pixels.
    """
    measures = measured(subject)
    step = _within(measures, step)
    tries: list[Solid] = []
    while True:
        solid = _at_step(subject, former, step=step, faces=faces)
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


def _within(measures: Measures, step: float) -> float:
    """Return a step at which the grid is neither finer than it pays nor too coarse for the object's thin parts."""
    finest = max(measures.size / _FINEST, 0.5)
    coarsest = min(math.sqrt(measures.area) / 10, _STROKE * measures.area / measures.perimeter)
    return min(max(step, finest), max(coarsest, measures.size / _COARSEST_GRID, finest))


def _at_step(subject: Subject, former: Former, *, step: float, faces: int) -> Solid:
    lattice = make_lattice(subject.inside, subject.cuts, step=step)
    outline = outline_on(make_field(subject.alpha, subject.cuts, lattice, sigma=subject.sigma), lattice)
    if not outline.inside.any():
        raise _too_thin()
    solid = _budgeted(snap_nodes(outline, lattice), former(outline, lattice), lattice, faces=faces)
    return replace(solid, points=solid.points * step + [lattice.left, lattice.top, 0])


def _too_thin() -> NoObject:
    return NoObject("The object is too thin to become a solid", "Use a larger picture or thicker lines.")


def _budgeted(nodes: Nodes, form: Form, lattice: Lattice, *, faces: int) -> Solid:
    """Mesh twice: the first time shows what rim, wall and plate cost beyond the count of the cells."""
    sheets = 1 if form.back is None else 2
    target, extra = faces / sheets, 0.0
    while True:
        levels = choose_levels(nodes, form.front, lattice, target=target - extra)
        plain = make_sheet(nodes, levels, form.front, lattice)
        solid = _solid(_finished(plain, form, lattice), form, nodes, lattice)
        if extra or abs(len(solid.triangles) - faces) < 0.04 * faces:
            return solid
        extra = max(len(solid.triangles) / sheets - len(plain.triangles), 1.0)


def _finished(plain: Sheet, form: Form, lattice: Lattice) -> Sheet:
    sheet = repaired(plain, form.front, lift=form.lift)
    if not len(sheet.triangles):
        raise _too_thin()
    if form.back is None and lattice.void is not None:
        return sheet  # rings would divide the edge of the cut, which the plate shares
    return with_rings(sheet, ring_count(sheet))


def _solid(sheet: Sheet, form: Form, nodes: Nodes, lattice: Lattice) -> Solid:
    if form.back is not None:
        return doubled(sheet, back=form.back, wall=form.wall, sharp=form.sharp)
    flat = np.zeros_like(form.front)
    plain = make_sheet(nodes, choose_levels(nodes, flat, lattice, target=0), flat, lattice)
    return plated(sheet, repaired(plain, flat, lift=0.0), wall=form.wall)
