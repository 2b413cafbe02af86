# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a sheet fit to be doubled: no chord across the outline, no pinched vertex. No bpy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .arrays import Array, sample
from .regions import connected
from .sheet import Sheet

__all__ = ["boundary_edges", "repaired"]

_PART = 0.05  # how far the copies of a pinched vertex move apart, as a share of their triangles


def repaired(sheet: Sheet, heights: Array, *, lift: float) -> Sheet:
    """Return the sheet so that, mirrored and joined along the outline, it is a manifold.

    An inner edge between two vertices of the outline would belong to four faces: it is split and lifted. A triangle on
    the outline with all its corners would be flat: it is dropped. A vertex at which two fans meet becomes two. A vertex
    of the outline with triangles all around, a hole that vanished, is lifted. `lift` is the least height of what is
    lifted, as a share of a chord's length in cells.
    """
    sheet = _without_dimples(sheet, heights, lift)
    sheet = _without_chords(sheet, heights, lift)
    flat = sheet.on_outline[sheet.triangles].all(1)
    return _without_pinches(replace(sheet, triangles=sheet.triangles[~flat]))


def _directed(triangles: Array) -> tuple[Array, Array]:
    """Return the start and end of the half-edges, three in a row per triangle."""
    return triangles.ravel(), np.roll(triangles, -1, axis=1).ravel()


def boundary_edges(triangles: Array, count: int) -> Array:
    """Return the half-edges (n, 2) of the `count` vertices that have no twin."""
    start, end = _directed(triangles)
    alone = ~np.isin(start * count + end, end * count + start)
    return np.stack([start[alone], end[alone]], -1)


def _without_dimples(sheet: Sheet, heights: Array, lift: float) -> Sheet:
    lifted = sheet.on_outline.copy()
    lifted[boundary_edges(sheet.triangles, len(lifted))] = False
    least = np.maximum(sample(heights, sheet.x, sheet.y), lift)
    return replace(sheet, z=np.where(lifted, least, sheet.z), on_outline=sheet.on_outline & ~lifted)


def _without_chords(sheet: Sheet, heights: Array, lift: float) -> Sheet:
    count = len(sheet.x)
    start, end = _directed(sheet.triangles)
    edges, uses = np.unique(np.minimum(start, end) * count + np.maximum(start, end), return_counts=True)
    first, second = np.divmod(edges, count)
    chord = (uses == 2) & sheet.on_outline[first] & sheet.on_outline[second]
    if not chord.any():
        return sheet
    edges, first, second = edges[chord], first[chord], second[chord]
    x, y = (sheet.x[first] + sheet.x[second]) / 2, (sheet.y[first] + sheet.y[second]) / 2
    length = np.hypot(sheet.x[first] - sheet.x[second], sheet.y[first] - sheet.y[second])
    z = np.maximum(sample(heights, x, y), lift * length)
    return Sheet(
        triangles=_split(sheet.triangles, edges, count),
        x=np.concatenate([sheet.x, x]),
        y=np.concatenate([sheet.y, y]),
        z=np.concatenate([sheet.z, z]),
        on_outline=np.concatenate([sheet.on_outline, np.zeros(len(edges), bool)]),
        place=np.concatenate([sheet.place, np.full(len(edges), -1)]),
    )


def _split(triangles: Array, edges: Array, count: int) -> Array:
    """Put vertex `count + k` on edge k; `edges` are sorted keys (smaller vertex * count + larger)."""
    for corner in range(3):
        following = (corner + 1) % 3
        start, end = triangles[:, corner], triangles[:, following]
        low, high = np.minimum(start, end), np.maximum(start, end)
        key = np.where(high < count, low * count + high, -1)
        place = np.minimum(np.searchsorted(edges, key), len(edges) - 1)
        hit = edges[place] == key
        near, far = triangles[hit].copy(), triangles[hit].copy()
        near[:, following] = count + place[hit]
        far[:, corner] = count + place[hit]
        triangles = np.concatenate([triangles[~hit], near, far])
    return triangles


def _without_pinches(sheet: Sheet) -> Sheet:
    triangles, count = sheet.triangles, len(sheet.x)
    border = boundary_edges(triangles, count)
    if np.bincount(border.ravel(), minlength=1).max() <= 2:
        return sheet
    fan = _fans(triangles, count)
    fans, corner_fan = np.unique(fan, return_inverse=True)
    source = triangles.ravel()[fans]
    shared = np.bincount(source, minlength=count)[source] > 1
    result = Sheet(
        triangles=corner_fan.reshape(-1, 3),
        x=sheet.x[source].copy(),
        y=sheet.y[source].copy(),
        z=sheet.z[source],
        on_outline=sheet.on_outline[source],
        place=sheet.place[source],
    )
    _move_apart(result, shared)
    return result


def _fans(triangles: Array, count: int) -> Array:
    """Return for each corner of the triangles the first corner of its fan around the vertex."""
    start, end = _directed(triangles)
    key, twin_key = start * count + end, end * count + start
    order = np.argsort(key, kind="stable")
    place = np.minimum(np.searchsorted(key[order], twin_key), len(key) - 1)
    twin = order[place]
    paired = np.nonzero(key[twin] == twin_key)[0]
    twin = twin[paired]
    same_vertex = twin // 3 * 3 + (twin % 3 + 1) % 3  # the corner of the twin's triangle at the start of our edge
    return connected(paired, same_vertex, len(key))


def _move_apart(sheet: Sheet, shared: Array) -> None:
    """Pull copies towards their own triangles, so that a weld by distance does not join them again."""
    corner = sheet.triangles.ravel()
    uses = np.maximum(np.bincount(corner, minlength=len(sheet.x)), 1)
    for values in (sheet.x, sheet.y):
        centre = np.repeat(values[sheet.triangles].mean(1), 3)
        mean = np.bincount(corner, centre, len(values)) / uses
        values[shared] += _PART * (mean - values)[shared]
