# SPDX-License-Identifier: GPL-3.0-or-later
"""Remesh and Decimate as modifiers, with values that follow from the object's size, and its texture behind them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import bpy
from bpy.types import Mesh, Object

from ..after import decimate_ratio
from ..live_texture import add_live_texture
from ..restore import projection_of
from .geometry import triangles

__all__ = ["add_modifiers"]


def add_modifiers(items: Sequence[Object], options: Mapping[str, Any], *, longest: float) -> None:
    """Add what the options ask for to every mesh; `longest` is the longest side of the whole in Blender units."""
    meshes: list[Any] = [item for item in items if isinstance(item.data, Mesh)]
    if options["remesh"] != "none":
        for item in meshes:
            _remesh(item, options["remesh"], cells=options["remesh_detail"], longest=longest)
    if options["decimate"] > 0.0:
        ratio = decimate_ratio(options["decimate"], faces=_faces(meshes, remeshed=options["remesh"] != "none"))
        for item in meshes if ratio < 1.0 else ():
            modifier: Any = item.modifiers.new("Decimate", "DECIMATE")
            modifier.ratio = ratio
    for item in meshes if options["remesh"] != "none" and options["texture"] else ():
        if projection := projection_of(item):
            add_live_texture(item, projection)


def _remesh(item: Object, mode: str, *, cells: int, longest: float) -> None:
    modifier: Any = item.modifiers.new("Remesh", "REMESH")
    modifier.mode = mode.upper()
    modifier.voxel_size = max(longest / cells, 1e-6)
    modifier.octree_depth = min(10, max(1, round(math.log2(cells))))
    modifier.use_remove_disconnected = False  # else letters and loose parts vanish, all but one
    modifier.use_smooth_shade = mode != "blocks"


def _faces(meshes: Sequence[Any], *, remeshed: bool) -> int:
    if not remeshed:
        return sum(triangles(item.data) for item in meshes)
    view_layer: Any = bpy.context.view_layer
    view_layer.update()
    graph = view_layer.depsgraph
    return sum(triangles(item.evaluated_get(graph).data) for item in meshes)
