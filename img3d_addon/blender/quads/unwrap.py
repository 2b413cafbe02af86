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
ANGLES = (66, 55, 45, 35, 20)  # degrees between the normals of a chart, the fewest charts first


def unwrap(apart: Apart, item: Object, *, margin: float) -> str:
    """Give the object one UV map without overlaps, `margin` (of the map's side) between charts; return what to tell."""
    mesh: bpy.types.Mesh = item.data  # type: ignore[assignment]
    while mesh.uv_layers:
        mesh.uv_layers.remove(mesh.uv_layers[0])
    mesh.uv_layers.new(name=UV_LAYER, do_init=False)
    apart.scene.tool_settings.use_uv_select_sync = True
    with apart.editing(item):
        _select(item, None)
        for angle in ANGLES:
            bpy.ops.uv.smart_project(
                angle_limit=math.radians(angle), island_margin=0.0, area_weight=0.0, correct_aspect=True
            )
            _pack(margin)
            over = _overlapping(item)
            if not over:
                return ""
            _select(item, over)  # only these are cut further
        _select(item, None)
        bpy.ops.uv.lightmap_pack(
            PREF_CONTEXT="ALL_FACES", PREF_PACK_IN_ONE=True, PREF_NEW_UVLAYER=False, PREF_MARGIN_DIV=0.2
        )
    return "Each face got a piece of texture of its own, since charts overlapped."


def overlapping(apart: Apart, item: Object) -> list[int]:
    """Return the faces that share a part of the active UV map with others."""
    apart.scene.tool_settings.use_uv_select_sync = True
    with apart.editing(item):
        return _overlapping(item)


def _pack(margin: float) -> None:
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.uv.average_islands_scale()
    bpy.ops.uv.pack_islands(margin=margin, margin_method="FRACTION", shape_method="AABB", rotate=True)


def _overlapping(item: Object) -> list[int]:
    bpy.ops.mesh.select_all(action="DESELECT")
    bpy.ops.uv.select_overlap()
    mesh: bpy.types.Mesh = item.data  # type: ignore[assignment]
    return [face.index for face in bmesh.from_edit_mesh(mesh).faces if face.select]


def _select(item: Object, faces: list[int] | None) -> None:
    bpy.ops.mesh.select_all(action="SELECT" if faces is None else "DESELECT")
    if faces is None:
        return
    mesh: bpy.types.Mesh = item.data  # type: ignore[assignment]
    work = bmesh.from_edit_mesh(mesh)
    work.faces.ensure_lookup_table()
    for index in faces:
        work.faces[index].select_set(True)
    work.select_flush_mode()
    bmesh.update_edit_mesh(mesh, loop_triangles=False, destructive=False)
