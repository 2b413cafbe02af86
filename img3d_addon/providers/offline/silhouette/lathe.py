# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn a profile around its axis. No bpy."""

from __future__ import annotations

import math

import numpy as np

from .arrays import Array
from .profile import Profile
from .solid import FLAT, ROUND, Solid

__all__ = ["turned"]

_FEWEST, _MOST = 24, 192  # segments around
_FEWEST_RINGS = 6
_POINTED = 1.5  # pixels of radius up to which an end is a point
_BENDS = 6.0  # how much closer the rings lie where the profile bends


def turned(profile: Profile, *, faces: int, squash: float = 1.0) -> Solid:
    """Return the body of about `faces` triangles, nearly square ones in pairs; its back is `squash` times as deep.

    The number of segments is a multiple of 4, so that the sides lie exactly on the silhouette.
    """
    height, mean = float(profile.y[-1] - profile.y[0]), float(profile.radius.mean())
    around = int(np.clip(math.sqrt(math.pi * faces * mean / height), _FEWEST, _MOST)) // 4 * 4
    y, radius = _spaced(profile, max(_FEWEST_RINGS, round(faces / (2 * around))))
    pointed = radius[[0, -1]] < _POINTED
    rings = slice(1 if pointed[0] else 0, len(y) - 1 if pointed[1] else len(y))
    points = _rings(profile.axis, y[rings], radius[rings], around)
    poles = np.array([[profile.axis, y[0], 0], [profile.axis, y[-1], 0]])
    points = np.concatenate([points, poles])
    points[:, 2] *= np.where(points[:, 2] < 0, squash, 1)
    triangles, group = _faces(rings.stop - rings.start, around, pointed)
    return Solid(triangles=triangles, points=points, group=group)


def _spaced(profile: Profile, count: int) -> tuple[Array, Array]:
    """Return `count` points along the profile at equal steps of length, closer where it bends."""
    y, radius = profile.y, profile.radius
    along = np.concatenate([[0], np.cumsum(np.hypot(np.diff(y), np.diff(radius)))])
    fine: Array = np.linspace(0, float(along[-1]), max(4 * count, 2 * len(y)))
    fine_y, fine_radius = np.interp(fine, along, y), np.interp(fine, along, radius)
    width = max(3, len(fine) // 100)
    direction: Array = np.arctan2(np.gradient(fine_radius), np.gradient(fine_y))
    kernel = np.ones(width) / width
    soft = np.convolve(np.pad(direction, width, mode="edge"), kernel, "same")[width:-width]
    bend = np.sqrt(np.abs(np.gradient(soft, fine / max(float(along[-1]), 1e-9))))
    effort = np.cumsum(1 + _BENDS * bend / max(float(bend.max()), 4.0))
    share = (effort - effort[0]) / (effort[-1] - effort[0])
    at: Array = np.interp(np.linspace(0, 1, count), share, fine)
    return np.interp(at, fine, fine_y), np.interp(at, fine, fine_radius)


def _rings(axis: float, y: Array, radius: Array, around: int) -> Array:
    """Return the points ring by ring; the angle grows from the right over the front to the left."""
    quarter = np.sin(np.arange(around // 4) / around * 2 * math.pi)  # one quarter serves all: exact and symmetric
    first = np.concatenate([quarter, [1.0], quarter[:0:-1]])
    sine = np.concatenate([first, -first])
    cosine = np.roll(sine, -(around // 4))
    x, z = axis + radius[:, None] * cosine, radius[:, None] * sine
    return np.stack([x, np.broadcast_to(y[:, None], x.shape), z], -1).reshape(-1, 3)


def _faces(rings: int, around: int, pointed: Array) -> tuple[Array, Array]:
    ring, step = np.divmod(np.arange((rings - 1) * around), around)
    a, b = ring * around + step, ring * around + (step + 1) % around
    c, d = b + around, a + around
    here, following = np.arange(around), (np.arange(around) + 1) % around
    last, pole = (rings - 1) * around, rings * around
    top = np.stack([np.full(around, pole), following, here], -1)
    bottom = np.stack([np.full(around, pole + 1), last + here, last + following], -1)
    ends = np.where(pointed, ROUND, FLAT)
    return (
        np.concatenate([np.stack([a, b, c], -1), np.stack([a, c, d], -1), top, bottom]),
        np.repeat([ROUND, *ends], [2 * len(a), around, around]).astype(np.int8),
    )
