# SPDX-License-Identifier: GPL-3.0-or-later
"""Find delivered normals that are broken, and let Blender compute those anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from bpy.types import Mesh, Object

from .dress import drop_normals

__all__ = ["repair_normals"]

AGAINST = -0.2
"""Cosine between a corner's normal and its face from which it is against it: averaged normals of a spike reach -0.1."""

MOST = 0.5  # share of the corners against their faces from which the faces themselves are suspected
THIN = 1e-3  # share of the box around it from which on a mesh encloses a volume


@dataclass(frozen=True)
class _Faces:
    """The faces as they are wound, whatever normals were delivered: `polygon_normals` follows those since 4.5.

    `normals` has one for each corner, of any length; `volume` is a share of the box, negative when they look inward.
    """

    normals: np.ndarray
    volume: float

    @classmethod
    def of(cls, mesh: Any) -> _Faces:
        sizes, corner = np.empty(len(mesh.polygons), np.int32), np.empty(len(mesh.loops), np.int32)
        mesh.polygons.foreach_get("loop_total", sizes)
        mesh.loops.foreach_get("vertex_index", corner)
        place = _vectors(mesh.vertices, len(mesh.vertices), "co").astype(np.float64)
        box = float(np.prod(np.ptp(place, axis=0)))
        at = (place - (place.min(0) + place.max(0)) / 2)[corner]
        start = np.cumsum(sizes) - sizes
        following = np.arange(1, len(corner) + 1)
        following[start + sizes - 1] = start
        areas = np.add.reduceat(np.cross(at, at[following]), start) / 2
        volume = float(np.einsum("ij,ij", at[start], areas)) / 3
        return cls(np.repeat(areas, sizes, axis=0), volume / box if box else 0.0)


def repair_normals(items: Iterable[Object]) -> int:
    """Compute broken normals anew and return for how many corners; sound ones are kept as delivered.

    A mesh that is inside out, with normals that look outward, has its faces turned instead.
    """
    meshes = dict.fromkeys(item.data for item in items if isinstance(item.data, Mesh))
    return sum(_repair(mesh) for mesh in meshes if mesh.has_custom_normals and mesh.polygons)


def _repair(mesh: Any) -> int:
    normals = _vectors(mesh.corner_normals, len(mesh.loops))
    faces = _Faces.of(mesh)
    wrong = _wrong(normals, faces.normals)
    if not wrong.any():
        return 0
    drop_normals(mesh)
    if wrong.mean() <= MOST:
        normals[wrong] = 0.0  # none of its own: computed from the faces
        mesh.normals_split_custom_set(normals.tolist())
    elif faces.volume < -THIN:
        mesh.flip_normals()
        mesh.update()
    return int(wrong.sum())


def _wrong(normals: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Tell of each corner whether its normal is none at all or looks away from its face; faces without area judge none.

    What is no number or has no length comes out of Blender as a normal of its own making in most versions.
    """
    length, area = np.linalg.norm(normals, axis=1), np.linalg.norm(faces, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosines = np.einsum("ij,ij->i", normals, faces) / (length * area)
    return ~(length > 0.5) | (cosines < AGAINST)


def _vectors(rows: Any, count: int, name: str = "vector") -> np.ndarray:
    values = np.empty(count * 3, np.float32)
    rows.foreach_get(name, values)
    return values.reshape(-1, 3)
