# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects to rebuild, as copies that may be moved, measured and dressed for a bake, and as one shell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import bmesh
import bpy
import numpy as np
from bpy.types import Mesh, Object
from mathutils import Matrix, Vector

from ...core.errors import ImportFailed
from ..restore import projection_of
from .apart import Apart, mesh_of
from .shell import Shell, shell_of

__all__ = ["WORK_SIZE", "Source", "check_source", "gather"]

WORK_SIZE = 2.0
"""Length of the longest side while it is worked on, so that a grain and a mountain are alike."""

LEAST_AREA = 2e-5
"""Of a mesh of that size: less is the rounding of corners that lie in a line."""

KEPT_BY_A_REBUILD = "Take the mesh as it came, or use a Decimate modifier, which keeps rigs and shape keys."


@dataclass(frozen=True, kw_only=True)
class Source:
    """Copies of the objects in our scene, scaled to `WORK_SIZE`; `back` leads from there to the result's own axes.

    `place` is the result's transform. `materials` leads from each copied material to the user's.
    """

    copies: tuple[Object, ...]
    shell: Shell
    back: Matrix
    place: Matrix
    area: float
    materials: dict[Any, Any] = field(default_factory=dict[Any, Any])


def check_source(items: Sequence[Object]) -> list[Object]:
    """Return the meshes with faces; `ImportFailed` when there are none or a rebuild would break them."""
    meshes = [item for item in items if isinstance(item.data, Mesh) and mesh_of(item).polygons]
    if not meshes:
        raise ImportFailed("There are no faces to make quads of", advice="Choose an object with a mesh.")
    for item in meshes:
        if mesh_of(item).shape_keys:
            raise ImportFailed(f"{item.name} has shape keys, which a quad remesh would lose", advice=KEPT_BY_A_REBUILD)
        if item.find_armature() or any(modifier.type == "ARMATURE" for modifier in item.modifiers):
            raise ImportFailed(f"{item.name} has a rig, which a quad remesh would lose", advice=KEPT_BY_A_REBUILD)
    return meshes


def gather(apart: Apart, items: Sequence[Object]) -> Source:
    """Copy the objects into our scene; `ImportFailed` when their faces have no extent."""
    from ..importing.geometry import world_matrix

    place = _frame(items)
    inverse = place.inverted()
    copies = [_copied(apart, item, inverse @ world_matrix(item)) for item in items]
    shell = _measured(apart, copies)
    if shell.size <= 0.0 or not np.isfinite(shell.size):
        raise ImportFailed(
            f"The faces of {items[0].name} have no extent, so they cannot be remeshed",
            advice="Keep the mesh as it came, or take another result.",
        )
    used = shell.points[np.unique(shell.triangles)]
    middle = Vector((used.min(axis=0) + used.max(axis=0)) / 2)
    factor = WORK_SIZE / shell.size
    into = Matrix.Scale(factor, 4) @ Matrix.Translation(-middle)
    for copy in copies:
        copy.matrix_world = into @ copy.matrix_world
    shell = Shell((shell.points - np.array(middle)) * factor, shell.triangles).welded()
    shell = shell.only(shell.areas() > 0.0)
    area = float(shell.areas().sum())
    if not area > LEAST_AREA:
        raise ImportFailed(
            f"The faces of {items[0].name} have no area, so they cannot be remeshed",
            advice="Keep the mesh as it came, or take another result.",
        )
    back = Matrix.Translation(middle) @ Matrix.Scale(1.0 / factor, 4)
    return Source(copies=tuple(copies), shell=shell, back=back, place=place, area=area, materials=_dressed(copies))


def _frame(items: Sequence[Object]) -> Matrix:
    """Return the first object's transform where it scales all axes alike, otherwise only its place.

    A projection counts in the object's own coordinates, whatever its scale.
    """
    from ..importing.geometry import world_matrix

    matrix = world_matrix(items[0])
    if len(items) == 1 and projection_of(items[0]) is not None and abs(matrix.determinant()) > 1e-30:
        return matrix
    place, turn, scale = matrix.decompose()
    plain = Matrix.LocRotScale(place, turn, (scale.x,) * 3)
    apart = np.abs(np.array(matrix, np.float64) - np.array(plain, np.float64)).max()
    return plain if scale.x > 0.0 and apart < 1e-4 * scale.x else Matrix.Translation(matrix.translation)


def _copied(apart: Apart, item: Object, matrix: Matrix) -> Object:
    copy: Any = item.copy()
    copy.animation_data_clear()
    copy.constraints.clear()
    copy.parent = None
    copy.hide_render = copy.hide_viewport = copy.hide_select = False
    copy.delta_location, copy.delta_scale = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    copy.delta_rotation_euler, copy.delta_rotation_quaternion = (0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0)
    _drop_what_is_no_number(copy)
    apart.link(copy)
    copy.matrix_world = matrix
    return copy


def _drop_what_is_no_number(item: Object) -> None:
    """Give the object a mesh without vertices that are nowhere, if it has such: a renderer may hang on them."""
    mesh = mesh_of(item)
    place = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", place)
    bad = ~(np.isfinite(place) & (np.abs(place) < 1e30)).reshape(-1, 3).all(axis=1)
    if not bad.any():
        return
    item.data = mesh = mesh.copy()
    work = bmesh.new()
    work.from_mesh(mesh)
    work.verts.ensure_lookup_table()
    bmesh.ops.delete(work, geom=[work.verts[index] for index in np.nonzero(bad)[0]], context="VERTS")
    work.to_mesh(mesh)
    work.free()


def _measured(apart: Apart, copies: Sequence[Object]) -> Shell:
    points, triangles, count = [], [], 0
    for copy in copies:
        seen = apart.evaluated(copy)
        shell = shell_of(seen.to_mesh(), seen.matrix_world)
        seen.to_mesh_clear()
        points.append(shell.points)
        triangles.append(shell.triangles + count)
        count += len(shell.points)
    return Shell(np.concatenate(points), np.concatenate(triangles))


def _dressed(copies: Sequence[Object]) -> dict[Any, Any]:
    """Give the copies copies of their materials, and a grey one where they have none; return copy to original."""
    made: dict[Any, Any] = {}
    for copy in copies:
        if not copy.material_slots:
            mesh = mesh_of(copy).copy()
            mesh.materials.append(None)
            copy.data = mesh
        for slot in copy.material_slots:
            original = slot.material
            if original not in made:
                made[original] = original.copy() if original else _grey()
            slot.link = "OBJECT"
            slot.material = made[original]
    return {copy: original for original, copy in made.items()}


def _grey() -> Any:
    material: Any = bpy.data.materials.new("img3d grey")
    if not material.node_tree:  # since 5.0 there always is one
        material.use_nodes = True
    return material
