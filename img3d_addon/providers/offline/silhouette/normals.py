# SPDX-License-Identifier: GPL-3.0-or-later
"""Vertex normals. No bpy."""

from __future__ import annotations

import numpy as np

from .arrays import Array

__all__ = ["vertex_normals"]


def vertex_normals(points: Array, triangles: Array) -> Array:
    """Return unit normals (m, 3): the face normals weighted by their angle at the vertex (Thürmer & Wüthrich 1998)."""
    corners = points[triangles]
    ahead = _unit(np.roll(corners, -1, axis=1) - corners)
    face = _unit(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]))
    cosine = -(ahead * np.roll(ahead, 1, axis=1)).sum(-1)
    weighted = face[:, None] * np.arccos(np.clip(cosine, -1, 1))[..., None]
    flat = triangles.ravel()
    sums = [np.bincount(flat, weighted[..., axis].ravel(), len(points)) for axis in range(3)]
    return _unit(np.stack(sums, -1))


def _unit(vectors: Array) -> Array:
    length = np.sqrt((vectors * vectors).sum(-1, keepdims=True))
    return vectors / np.maximum(length, 1e-12)
