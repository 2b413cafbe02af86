# SPDX-License-Identifier: GPL-3.0-or-later
"""Double a sheet to a closed solid. No bpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .repair import boundary_edges
from .sheet import Sheet

__all__ = ["Solid", "doubled"]


@dataclass(frozen=True, kw_only=True)
class Solid:
    """A closed surface: `triangles` (n, 3) counter-clockwise from outside, `points` (m, 3) float64.

    `on_cap` (n,) marks the flat ends at cuts. x to the right, y down, z towards the viewer.
    """

    triangles: Array
    points: Array
    on_cap: Array


def doubled(sheet: Sheet, *, back: float) -> Solid:
    """Join the sheet to its mirror image, whose heights are multiplied by `back`.

    Vertices of the outline are shared. Where the sheet ends elsewhere (at a cut), a cap closes the solid; it is divided
    at z = 0, so that every triangle lies wholly on the front's side or on the back's.
    """
    count = len(sheet.x)
    inner = np.nonzero(~sheet.on_outline)[0]
    mirror = np.arange(count)
    mirror[inner] = count + np.arange(len(inner))
    border = boundary_edges(sheet.triangles, count)
    capped = np.unique(border[~sheet.on_outline[border]])
    middle = np.arange(count)
    middle[capped] = count + len(inner) + np.arange(len(capped))
    flat = np.stack([sheet.x, sheet.y, np.zeros(count)], -1)
    front = np.stack([sheet.x, sheet.y, sheet.z], -1)
    cap = np.concatenate([_strip(border, np.arange(count), middle), _strip(border, middle, mirror)])
    sides = (sheet.triangles, mirror[sheet.triangles][:, ::-1], cap)
    return Solid(
        triangles=np.concatenate(sides),
        points=np.concatenate([front, front[inner] * [1, 1, -back], flat[capped]]),
        on_cap=np.repeat([False, False, True], [len(side) for side in sides]),
    )


def _strip(edges: Array, upper: Array, lower: Array) -> Array:
    """Join the `upper` and `lower` copies of the boundary edges; where they are one, nothing is needed."""
    a, b = edges.T
    parts = [np.stack([upper[b], upper[a], lower[a]], -1), np.stack([upper[b], lower[a], lower[b]], -1)]
    strip = np.concatenate(parts)
    return strip[(strip != np.roll(strip, 1, axis=1)).all(1)]
