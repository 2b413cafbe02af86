# SPDX-License-Identifier: GPL-3.0-or-later
"""How many colour edges lie between a pixel and the frame of the picture. No bpy."""

from __future__ import annotations

import math

import numpy as np

from .arrays import Array
from .regions import areas, dilate, erode, filled, label

__all__ = ["best_level", "colour_steps", "frame_distance"]

_LEVELS = np.linspace(0.06, 0.7, 17)
_LEAST_STEP = 1e-4
_STRONG = 0.15  # OKLab step from which an edge is as good as any


def colour_steps(lab: Array) -> tuple[Array, Array]:
    """Return the distances in colour between neighbours: to the right (h, w - 1), and down (h - 1, w)."""
    right, down = np.diff(lab, axis=1), np.diff(lab, axis=0)
    return np.sqrt((right * right).sum(-1)), np.sqrt((down * down).sum(-1))


def frame_distance(lab: Array, weight: Array, *, free: float, rounds: int = 30) -> Array:
    """Return the least sum of colour steps on a way to the frame (Wei et al. 2012).

    Of each step `free` costs nothing, the rest counts by `weight` (h, w). Sweeps along whole rows and
    columns, both ways, until nothing changes: with C the sum of the costs so far, d = C + the least of (d - C) so far.
    """
    right, down = (np.maximum(steps - free, 0) for steps in colour_steps(lab))
    right = right * np.minimum(weight[:, 1:], weight[:, :-1]) + _LEAST_STEP
    down = down * np.minimum(weight[1:], weight[:-1]) + _LEAST_STEP
    along_rows = np.pad(np.cumsum(right, 1, dtype=np.float32), ((0, 0), (1, 0)))
    along_columns = np.pad(np.cumsum(down, 0, dtype=np.float32), ((1, 0), (0, 0)))
    distance = np.full(lab.shape[:2], 1e6, np.float32)
    distance[[0, -1]] = distance[:, [0, -1]] = 0
    for _ in range(rounds):
        before = distance
        distance = _swept(distance, along_rows, 1)
        distance = _swept(distance, along_columns, 0)
        if np.abs(distance - before).max() < 1e-3:
            break
    return distance


def _swept(distance: Array, cost: Array, axis: int) -> Array:
    distance = np.minimum(distance, cost + np.minimum.accumulate(distance - cost, axis))
    back = np.flip(np.minimum.accumulate(np.flip(distance + cost, axis), axis), axis)
    return np.minimum(distance, back - cost)


def best_level(distance: Array, edges: Array) -> float:
    """Return the level of `distance` (0..1) whose outline lies on the strongest `edges` and is the most compact."""
    best, found = -1.0, 0.3
    for level in _LEVELS:
        score = _score(distance > level, edges)
        if score > best:
            best, found = score, float(level)
    return found


def _score(mask: Array, edges: Array) -> float:
    labels, count = label(mask)
    if not count:
        return -1.0
    mask = filled(labels == areas(labels, count).argmax())
    area = float(mask.sum())
    if not 0.01 < area / mask.size < 0.85:
        return -1.0
    rim = dilate(mask) & ~erode(mask)
    strength = float(np.minimum(edges[rim], _STRONG).mean())
    return strength * (math.sqrt(area) / (rim.sum() / 2)) ** 0.6 * area**0.12
