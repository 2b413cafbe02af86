# SPDX-License-Identifier: GPL-3.0-or-later
"""Texture coordinates in which no two faces share a texel: Smart UV Project, looked after.

Smart UV Project lays a chart over itself where a surface curls, and the texels there get the wrong part's colour.
"""

from __future__ import annotations

import math

import bmesh
import bpy
from bpy.types import Object

from .apart import Apart

__all__ = ["UV_LAYER", "overlapping", "unwrap"]

UV_LAYER = "UVMap"
ANGLES = (66, 50, 35)  # degrees between the normals of a chart, the fewest charts first
LAST_TRIES = 3


def unwrap(apart: Apart, item: Object, *, margin: float) -> str:
    """Give the object one UV map without overlaps, `margin` (of the map's side) between charts; return what to tell."""
    mesh: bpy.types.Mesh = item.data  # type: ignore[assignment]
    while mesh.uv_layers:
        mesh.uv_layers.remove(mesh.uv_layers[0])
    mesh.uv_layers.new(name=UV_LAYER, do_init=False)
    apart.scene.tool_settings.use_uv_select_sync = True
    with apart.editing(item):
        bpy.ops.mesh.select_all(action="SELECT")
        for angle in ANGLES:
            bpy.ops.uv.smart_project(
                angle_limit=math.radians(angle), island_margin=0.0, area_weight=0.0, correct_aspect=True
            )
            if not _overlapping(item, margin):
                return ""  # otherwise the faces that overlap are selected, and only they are cut further
        for _ in range(LAST_TRIES):
            _cut_out(item)
            if not _overlapping(item, margin):
                return ""
    with apart.acting(item):
        bpy.ops.uv.lightmap_pack(
            PREF_CONTEXT="ALL_FACES", PREF_PACK_IN_ONE=True, PREF_NEW_UVLAYER=False, PREF_MARGIN_DIV=0.2
        )
    return "Each face got a piece of texture of its own, since charts overlapped."


def overlapping(apart: Apart, item: Object) -> list[int]:
    """Return the faces that share a part of the active UV map with others, or with themselves."""
    apart.scene.tool_settings.use_uv_select_sync = True
    with apart.editing(item):
        _select_overlap()
        return [face.index for face in _edited(item).faces if face.select]


def _overlapping(item: Object, margin: float) -> bool:
    """Pack the charts, and select the faces that overlap; whether there are any."""
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.uv.average_islands_scale()
    bpy.ops.uv.pack_islands(margin=margin, margin_method="FRACTION", shape_method="AABB", rotate=True)
    _select_overlap()
    return any(face.select for face in _edited(item).faces)


def _select_overlap() -> None:
    bpy.ops.mesh.select_all(action="DESELECT")
    bpy.ops.uv.select_overlap()


def _cut_out(item: Object) -> None:
    """Make each selected face a square of its own: a bent one may overlap itself in every projection."""
    work = _edited(item)
    layer = work.loops.layers.uv.verify()
    for face in work.faces:
        if face.select:
            for loop, corner in zip(face.loops, ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), strict=True):
                loop[layer].uv = corner
    mesh: bpy.types.Mesh = item.data  # type: ignore[assignment]
    bmesh.update_edit_mesh(mesh, loop_triangles=False, destructive=False)


def _edited(item: Object) -> bmesh.types.BMesh:
    mesh: bpy.types.Mesh = item.data  # type: ignore[assignment]
    return bmesh.from_edit_mesh(mesh)
