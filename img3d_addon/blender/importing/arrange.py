# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring imported objects into one canonical form: one root, no empties, front to -Y, origin at the bottom centre."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import bmesh
import bpy
from bpy.types import Mesh, Object
from mathutils import Matrix, Vector

from ...core.errors import ImportFailed
from .geometry import bake, bounds_of, world_matrix

__all__ = ["PROJECTED", "arrange", "scale", "turn"]

PROJECTED = "img3d_proj_u"
"""Custom property of meshes whose texture follows from local coordinates, which may be shifted and scaled only."""

_TURNS = {"-Y": 0.0, "+X": 90.0, "+Y": 180.0, "-X": -90.0}


def turn(facing: str, *, towards: str) -> Matrix:
    """Return the rotation about Z that makes what looks along `facing` look along `towards`."""
    return Matrix.Rotation(math.radians(_TURNS[towards] - _TURNS[facing]), 4, "Z")


def arrange(items: Sequence[Object], *, facing: str) -> list[Object]:
    """Return root and meshes, the root first; objects that carry nothing are removed.

    Transforms end up in the meshes, except for rigged or animated objects, which stay as they are below a new root,
    and for a rotation of projected ones.
    """
    if not any(isinstance(item.data, Mesh) for item in items):
        raise ImportFailed("The file holds no mesh")
    rotation = turn(facing, towards="-Y")
    for item in items:
        _drop_damaged_projection(item)
    if any(item.type == "ARMATURE" or item.animation_data for item in items):
        return _below_a_root(items, rotation)
    meshes = [item for item in items if isinstance(item.data, Mesh)]
    _free(meshes, rotation)
    bpy.data.batch_remove([item for item in items if item not in meshes])
    foot = bounds_of(meshes).bottom_centre
    for item in meshes:
        _shift(item, -foot)
    root = meshes[0] if len(meshes) == 1 else _empty(meshes)
    root.location += foot
    return [root, *(item for item in meshes if item is not root)]


def scale(items: Sequence[Object], factor: float) -> None:
    """Scale root and parts about the root's origin: in the meshes where they may be changed."""
    root = items[0]
    if root.type == "EMPTY" and any(item.type == "ARMATURE" or item.animation_data for item in items):
        root.scale *= factor
        return
    for item in items:
        if item is not root:
            item.location *= factor
        if isinstance(item.data, Mesh):
            bake(item, Matrix.Scale(factor, 4))
            _keep_projection(item, factor=factor)


def _free(meshes: Sequence[Object], rotation: Matrix) -> None:
    """Unparent the meshes and move their transforms into their vertices."""
    places = [world_matrix(item) for item in meshes]
    for item, place in zip(meshes, places, strict=True):
        item.parent = None
        item.matrix_parent_inverse = Matrix.Identity(4)
        item.rotation_mode = "XYZ"
        item.matrix_basis = Matrix.Identity(4)
        if PROJECTED in item:
            _weld(item.data)
            item.matrix_basis = rotation @ place
        else:
            bake(item, rotation @ place)


def _shift(item: Object, offset: Vector) -> None:
    if PROJECTED not in item:
        bake(item, Matrix.Translation(offset))
        return
    local = item.matrix_basis.to_3x3().inverted() @ (offset + item.matrix_basis.translation)
    local.y = 0.0  # y = 0 parts front and back of the projection
    bake(item, Matrix.Translation(local))
    item.location += offset - item.matrix_basis.to_3x3() @ local
    _keep_projection(item, shift=local)


def _keep_projection(item: Object, *, factor: float = 1.0, shift: Vector | None = None) -> None:
    """Let the numbers of u = a x + b and v = a z + b follow the vertices."""
    for name, axis in (("img3d_proj_u", 0), ("img3d_proj_v", 2)):
        if name in item:
            a, b = item[name]
            item[name] = [a / factor, b - a * (shift[axis] if shift else 0.0)]


def _drop_damaged_projection(item: Object) -> None:
    """Forget numbers that another program has written in its own way, as an FBX writes text."""
    for name in ("img3d_proj_u", "img3d_proj_v"):
        value = item.get(name)
        if value is not None and (isinstance(value, str) or len(value) != 2):
            item.pop("img3d_proj_u", None)
            item.pop("img3d_proj_v", None)


def _weld(mesh: Any) -> None:
    # The file splits corners at the border of the charts; only bit-identical positions are meant.
    work = bmesh.new()
    work.from_mesh(mesh)
    bmesh.ops.remove_doubles(work, verts=work.verts[:], dist=1e-6)
    work.to_mesh(mesh)
    work.free()


def _empty(parts: Sequence[Object]) -> Object:
    root = bpy.data.objects.new("img3d", None)
    root.empty_display_type = "PLAIN_AXES"
    for item in parts:
        item.parent = root
    return root


def _below_a_root(items: Sequence[Object], rotation: Matrix) -> list[Object]:
    kept = [item for item in items if item.type not in {"CAMERA", "LIGHT"}]
    bpy.data.batch_remove([item for item in items if item not in kept])
    root = _empty([item for item in kept if item.parent is None])
    root.rotation_euler = rotation.to_euler()
    return [root, *kept]
