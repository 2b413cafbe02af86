# SPDX-License-Identifier: GPL-3.0-or-later
"""Extra vertices along a round rim, where the surface rises too steeply for the grid. No bpy."""

from __future__ import annotations

import numpy as np

from .arrays import Array
from .sheet import Sheet

__all__ = ["ring_count", "with_rings"]


def ring_count(sheet: Sheet) -> int:
    """Return how many rings, 0 to 3, the first rise of the surface above the outline needs."""
    corners = sheet.triangles
    first = np.unique(corners[sheet.on_outline[corners].any(1)])
    first = first[~sheet.on_outline[first]]
    return int(np.clip(round(float(np.median(sheet.z[first])) / 2.2), 0, 3)) if len(first) else 0


def with_rings(sheet: Sheet, count: int) -> Sheet:
    """Put `count` vertices on each edge from the outline inwards, evenly spaced in height.

    The profile is elliptic, z ~ sqrt(distance): vertex k lies at (k / (count + 1))**2 of the edge.
    """
    if count < 1:
        return sheet
    on = sheet.on_outline[sheet.triangles]
    number = on.sum(1)
    points = _turned(sheet.triangles[number == 1], on[number == 1])
    bases = _turned(sheet.triangles[number == 2], ~on[number == 2])
    spokes = np.concatenate([points[:, [0, 1]], points[:, [0, 2]], bases[:, [1, 0]], bases[:, [2, 0]]])
    total = len(sheet.x)
    keys, index = np.unique(spokes[:, 0] * total + spokes[:, 1], return_inverse=True)
    outer, inner = np.divmod(keys, total)
    share = np.arange(1, count + 1) / (count + 1)
    x = sheet.x[outer, None] + (sheet.x[inner] - sheet.x[outer])[:, None] * share**2
    y = sheet.y[outer, None] + (sheet.y[inner] - sheet.y[outer])[:, None] * share**2
    z = sheet.z[inner, None] * share
    spoke = total + index[:, None] * count + np.arange(count)  # (n, count) vertex numbers, from the outline inwards
    to_second, to_third, first, second = np.split(spoke, np.cumsum([len(points), len(points), len(bases)]))
    pieces = [sheet.triangles[number == 0], _of_points(points, to_second, to_third), _of_bases(bases, first, second)]
    return Sheet(
        triangles=np.concatenate(pieces),
        x=np.concatenate([sheet.x, x.ravel()]),
        y=np.concatenate([sheet.y, y.ravel()]),
        z=np.concatenate([sheet.z, z.ravel()]),
        on_outline=np.concatenate([sheet.on_outline, np.zeros(x.size, bool)]),
        place=np.concatenate([sheet.place, np.full(x.size, -1)]),
    )


def _turned(triangles: Array, mark: Array) -> Array:
    """Turn each triangle so that its marked corner comes first."""
    return np.take_along_axis(triangles, (mark.argmax(1)[:, None] + [0, 1, 2]) % 3, axis=1)


def _strip(left: Array, right: Array) -> list[Array]:
    """Join two columns of vertices (n, k), counter-clockwise when `right` lies to the right on the way up."""
    parts: list[Array] = []
    for k in range(left.shape[1] - 1):
        parts.append(np.stack([left[:, k], right[:, k], right[:, k + 1]], -1))
        parts.append(np.stack([left[:, k], right[:, k + 1], left[:, k + 1]], -1))
    return parts


def _of_points(triangles: Array, to_second: Array, to_third: Array) -> Array:
    """Cut triangles with one corner on the outline; the spokes run from it to the second and third corner."""
    point, second, third = triangles.T
    tip = np.stack([point, to_second[:, 0], to_third[:, 0]], -1)
    strip = _strip(np.column_stack([to_third, third]), np.column_stack([to_second, second]))
    return np.concatenate([tip, *strip])


def _of_bases(triangles: Array, first: Array, second: Array) -> Array:
    """Cut triangles with two corners on the outline; the spokes run from these to the inner corner."""
    inner, b, c = triangles.T
    tip = np.stack([first[:, -1], second[:, -1], inner], -1)
    return np.concatenate([tip, *_strip(np.column_stack([b, first]), np.column_stack([c, second]))])
