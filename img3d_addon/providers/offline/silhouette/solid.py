# SPDX-License-Identifier: GPL-3.0-or-later
"""Double a sheet to a closed solid. No bpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .repair import boundary_edges
from .sheet import Sheet

__all__ = ["BACK", "FRONT", "SIDE", "Solid", "doubled"]

FRONT, BACK, SIDE = 0, 1, 2


@dataclass(frozen=True, kw_only=True)
class Solid:
    """A closed surface: `triangles` (n, 3) counter-clockwise from outside, `points` (m, 3) float64.

    `part` (n,) says which triangle is front, back or side. x to the right, y down, z towards the viewer.
    """

    triangles: Array
    points: Array
    part: Array


def doubled(sheet: Sheet, *, back: float) -> Solid:
    """Join the sheet to its mirror image, whose heights are multiplied by `back`.

    Vertices of the outline are shared. Where the sheet ends elsewhere (at a cut), a strip closes the solid.
    """
    count = len(sheet.x)
    inner = np.nonzero(~sheet.on_outline)[0]
    mirror = np.arange(count)
    mirror[inner] = count + np.arange(len(inner))
    front = np.stack([sheet.x, sheet.y, sheet.z], -1)
    behind = front[inner] * [1, 1, -back]
    a, b = boundary_edges(sheet.triangles, count).T
    strip = np.concatenate([np.stack([b, a, mirror[a]], -1), np.stack([b, mirror[a], mirror[b]], -1)])
    strip = strip[(strip != np.roll(strip, 1, axis=1)).all(1)]
    sides = (sheet.triangles, mirror[sheet.triangles][:, ::-1], strip)
    return Solid(
        triangles=np.concatenate(sides),
        points=np.concatenate([front, behind]),
        part=np.repeat(np.array([FRONT, BACK, SIDE], np.int8), [len(side) for side in sides]),
    )
