# SPDX-License-Identifier: GPL-3.0-or-later
"""Close a sheet to a solid: doubled, with a wall between, or on a plate. No bpy."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .arrays import Array, sample
from .repair import boundary_edges
from .sheet import Sheet

__all__ = ["FLAT", "ROUND", "Solid", "doubled", "joined", "plated"]

ROUND, FLAT, _CUT_ACROSS, _CUT_ALONG = range(4)


@dataclass(frozen=True, kw_only=True)
class Solid:
    """A closed surface: `triangles` (n, 3) counter-clockwise from outside, `points` (m, 3) float64.

    Edges between triangles of different `group` (n,) are hard: ROUND ones, FLAT ends, and the two kinds of cuts.
    x to the right, y down, z towards the viewer.
    """

    triangles: Array
    points: Array
    group: Array


def doubled(sheet: Sheet, *, back: Array | float = 1.0, wall: float = 0.0, sharp: bool = False) -> Solid:
    """Join the sheet to its mirror image, whose heights are multiplied by `back`: a number, or one for each node.

    With a `wall`, both stand apart by its height. Without, vertices of the outline are shared, and where the sheet ends
    elsewhere (at a cut), a cap closes the solid; it is divided at z = 0, so that every triangle lies wholly on the
    front's side or on the back's.
    """
    factor = sample(back, sheet.x, sheet.y) if isinstance(back, np.ndarray) else back
    behind = replace(sheet, z=sheet.z * factor)
    return _walled(sheet, behind, wall=wall, sharp=sharp) if wall else _closed(sheet, behind)


def _closed(sheet: Sheet, behind: Sheet) -> Solid:
    count = len(sheet.x)
    inner = np.nonzero(~sheet.on_outline)[0]
    mirror = np.arange(count)
    mirror[inner] = count + np.arange(len(inner))
    border = boundary_edges(sheet.triangles, count)
    capped = np.unique(border[~sheet.on_outline[border]])
    middle = np.arange(count)
    middle[capped] = count + len(inner) + np.arange(len(capped))
    flat = np.stack([sheet.x, sheet.y, np.zeros(count)], -1)
    upper, upper_edge = _strip(border, np.arange(count), middle)
    lower, lower_edge = _strip(border, middle, mirror)
    sides = (sheet.triangles, mirror[sheet.triangles][:, ::-1], upper, lower)
    cuts = _cut_groups(sheet, border)
    round_ones = np.full(2 * len(sheet.triangles), ROUND, np.int8)
    return Solid(
        triangles=np.concatenate(sides),
        points=np.concatenate([_points(sheet, 1), _points(behind, -1)[inner], flat[capped]]),
        group=np.concatenate([round_ones, cuts[upper_edge], cuts[lower_edge]]),
    )


def _walled(sheet: Sheet, behind: Sheet, *, wall: float, sharp: bool) -> Solid:
    border = boundary_edges(sheet.triangles, len(sheet.x))
    both = np.full(2, FLAT if sharp else ROUND)
    return _two(sheet, behind, border, border, wall=wall, groups=both)


def plated(sheet: Sheet, plate: Sheet, *, wall: float) -> Solid:
    """Join the sheet to a flat back, another sheet over the same nodes, whose edge is hard.

    The places of the vertices along both outlines are the same, however the insides are divided.
    """
    border, other = (boundary_edges(side.triangles, len(side.x)) for side in (sheet, plate))
    first, second = (side.place[edges] @ np.array([1 << 32, 1]) for side, edges in ((sheet, border), (plate, other)))
    border, other = border[np.argsort(first, kind="stable")], other[np.argsort(second, kind="stable")]
    return _two(sheet, plate, border, other, wall=wall, groups=np.array([ROUND, FLAT]))


def _two(front: Sheet, back: Sheet, border: Array, other: Array, *, wall: float, groups: Array) -> Solid:
    """Join two sheets by a wall; `border` and `other` are their boundary edges, in the same order."""
    count = len(front.x)
    a, b = border.T
    c, d = (count + other).T
    strip = np.concatenate([np.stack([b, a, c], -1), np.stack([b, c, d], -1)])
    half = np.array([0, 0, wall / 2])
    cuts = _cut_groups(front, border)
    return Solid(
        triangles=np.concatenate([front.triangles, count + back.triangles[:, ::-1], strip]),
        points=np.concatenate([_points(front, 1) + half, _points(back, -1) - half]),
        group=np.concatenate([np.repeat(groups, [len(front.triangles), len(back.triangles)]), cuts, cuts]),
    )


def _points(sheet: Sheet, sign: int) -> Array:
    return np.stack([sheet.x, sheet.y, sign * sheet.z], -1)


def _cut_groups(sheet: Sheet, border: Array) -> Array:
    """Return the group of the wall or cap at each boundary edge: one along the outline is round."""
    a, b = border.T
    across = np.abs(sheet.x[a] - sheet.x[b]) > np.abs(sheet.y[a] - sheet.y[b])
    on_outline = sheet.on_outline[border].all(1)
    return np.where(on_outline, ROUND, np.where(across, _CUT_ACROSS, _CUT_ALONG)).astype(np.int8)


def _strip(edges: Array, upper: Array, lower: Array) -> tuple[Array, Array]:
    """Join the `upper` and `lower` copies of the boundary edges; where they are one, nothing is needed.

    Returns the triangles, and the edge that each belongs to.
    """
    a, b = edges.T
    parts = [np.stack([upper[b], upper[a], lower[a]], -1), np.stack([upper[b], lower[a], lower[b]], -1)]
    strip = np.concatenate(parts)
    needed = (strip != np.roll(strip, 1, axis=1)).all(1)
    return strip[needed], np.tile(np.arange(len(edges)), 2)[needed]


def joined(solids: list[Solid]) -> Solid:
    """Return several closed surfaces as one."""
    first = np.cumsum([0] + [len(solid.points) for solid in solids])
    return Solid(
        triangles=np.concatenate([solid.triangles + start for solid, start in zip(solids, first, strict=False)]),
        points=np.concatenate([solid.points for solid in solids]),
        group=np.concatenate([solid.group for solid in solids]),
    )
