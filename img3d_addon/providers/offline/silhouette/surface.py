# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a solid to glTF: axes, size, split vertices, normals, texture coordinates. No bpy."""

from __future__ import annotations

import numpy as np

from .arrays import Array
from .canvas import Canvas
from .glb import Mesh
from .normals import vertex_normals
from .projection import Projection
from .solid import Solid

__all__ = ["placed", "projection_of", "surface_of"]


def placed(solid: Solid, scale: tuple[float, float]) -> tuple[Array, Array, float]:
    """Return the points with y up, centred, longest side 1; and what maps them back: the centre and size.

    `scale` is full pixels per analysis pixel in x and y; centre and size are full pixels, y down. The plane of the
    outline stays at z = 0, where the charts of front and back meet.
    """
    points = solid.points * [scale[0], scale[1], scale[0]]
    low, high = points.min(0), points.max(0)
    size = float((high - low).max())
    centre = (low + high) / 2 * [1, 1, 0]
    return (points - centre) / size * [1, -1, 1], centre, size


def projection_of(canvas: Canvas, centre: Array, size: float, *, charts: int) -> Projection:
    """Return the texture coordinates as a function of position: the box of the canvas fills one chart."""
    left, top, right, bottom = canvas.box
    width, height = (right - left) * charts, bottom - top
    return Projection(
        u=(size / width, float(centre[0] - left) / width),
        v=(-size / height, float(centre[1] - top) / height),
        back=0.5 if charts == 2 else 0.0,
    )


def surface_of(solid: Solid, points: Array, projection: Projection) -> Mesh:
    """Make one glTF vertex per position, chart and smoothing group; plates and caps have hard edges.

    Normals are smooth across the seam of the charts. A triangle is on the back chart when its centre is behind z = 0:
    the rule by which the coordinates are put back later.
    """
    behind = ((points[solid.triangles, 2].sum(1) < 0) & bool(projection.back)).astype(np.int64)
    keys: Array = solid.triangles.astype(np.int64) * 8 + (behind * 4 + solid.group)[:, None]
    used, index = np.unique(keys, return_inverse=True)
    triangles = index.reshape(-1, 3)
    vertex, chart, group = used // 8, used // 4 % 2, used % 4
    shared, place = np.unique(vertex * 4 + group, return_inverse=True)
    normals = vertex_normals(points[shared // 4], place[triangles])[place]
    return Mesh(points=points[vertex], normals=normals, uv=projection.at(points[vertex], chart), triangles=triangles)
