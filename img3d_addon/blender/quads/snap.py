# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring the corners of the quads onto the source, and never onto an inner wall of it."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from bpy.types import Mesh
from mathutils import Vector

from .apart import Apart
from .heal import Healed
from .values import facts_of

__all__ = ["joined", "points_of", "snap"]

SAME_SIDE = 0.3  # cosine between the normals of a corner and of the surface that it may be put on


def joined(meshes: list[Mesh], name: str) -> Mesh:
    """Return one mesh of quads in place of several, with smooth faces; the others are removed."""
    points, corners, count = list[np.ndarray](), list[np.ndarray](), 0
    for mesh in meshes:
        index = np.empty(len(mesh.loops), np.int32)
        mesh.loops.foreach_get("vertex_index", index)
        points.append(points_of(mesh))
        corners.append(index + count)
        count += len(points[-1])
    bpy.data.batch_remove(meshes)
    made = bpy.data.meshes.new(name)
    index = np.concatenate(corners)
    made.vertices.add(count)
    made.vertices.foreach_set("co", np.concatenate(points).astype(np.float32).ravel())
    made.loops.add(len(index))
    made.loops.foreach_set("vertex_index", index)
    made.polygons.add(len(index) // 4)
    made.polygons.foreach_set("loop_start", np.arange(0, len(index), 4, dtype=np.int32))
    made.polygons.foreach_set("use_smooth", np.ones(len(index) // 4, bool))
    made.update(calc_edges=True)
    return made


def snap(apart: Apart, mesh: Mesh, healed: Healed) -> None:
    """Move the mesh's vertices onto the voxelised outside, and from there onto the shell if that is near."""
    edge = float(np.sqrt(healed.outside.areas().sum() / max(facts_of([mesh]).faces, 1)))
    for shell, limit in ((healed.outside, edge), (healed.shell, 0.9 * healed.voxel)):
        item = apart.add(shell.mesh("img3d target"))
        try:
            _onto(apart.evaluated(item), mesh, limit=limit)
        finally:
            apart.drop(item)


def _onto(surface: Any, mesh: Mesh, *, limit: float) -> None:
    place = points_of(mesh)
    normals = np.empty(place.size, np.float32)
    mesh.vertices.foreach_get("normal", normals)
    for index, normal in enumerate(normals.reshape(-1, 3)):
        found, at, faces, _ = surface.closest_point_on_mesh(Vector(place[index]), distance=limit)
        if found and faces.dot(Vector(normal)) > SAME_SIDE:
            place[index] = at
    mesh.vertices.foreach_set("co", place.astype(np.float32).ravel())
    mesh.update()


def points_of(mesh: Mesh) -> np.ndarray:
    """Return the mesh's points: float64 (n, 3)."""
    place = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", place)
    return place.reshape(-1, 3).astype(np.float64)
