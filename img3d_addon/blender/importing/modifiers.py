# SPDX-License-Identifier: GPL-3.0-or-later
"""Remesh and Decimate as modifiers, with values that follow from the object's size, and its texture behind them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from bpy.types import Mesh, Object

from ..after import decimate_ratio
from ..live_texture import add_live_texture
from ..restore import projection_of
from .geometry import triangles as count
from .loaders import scene_apart

__all__ = ["add_modifiers", "triangles_to_decimate"]


def add_modifiers(items: Sequence[Object], options: Mapping[str, Any], *, longest: float, triangles: int) -> None:
    """Add what the options ask for to every mesh.

    `longest` is the longest side of the whole in Blender units, `triangles` what `triangles_to_decimate` counted.
    """
    meshes: list[Any] = [item for item in items if isinstance(item.data, Mesh)]
    if options["remesh"] != "none":
        for item in meshes:
            _remesh(item, options["remesh"], cells=options["remesh_detail"], longest=longest)
    if options["decimate"] > 0.0:
        ratio = decimate_ratio(options["decimate"], faces=triangles)
        for item in meshes if ratio < 1.0 else ():
            modifier: Any = item.modifiers.new("Decimate", "DECIMATE")
            modifier.ratio = ratio
    for item in meshes if options["remesh"] != "none" and options["texture"] else ():
        if projection := projection_of(item):
            add_live_texture(item, projection)


def triangles_to_decimate(items: Sequence[Object], options: Mapping[str, Any], *, longest: float) -> int:
    """Count the triangles that a Decimate modifier will meet: those behind a Remesh modifier, if one is asked for."""
    meshes: list[Any] = [item for item in items if isinstance(item.data, Mesh)]
    if options["remesh"] == "none" or not options["decimate"]:
        return sum(count(item.data) for item in meshes)
    with scene_apart() as scene:
        for item in meshes:
            scene.collection.objects.link(item)
            _remesh(item, options["remesh"], cells=options["remesh_detail"], longest=longest)
        scene.view_layers[0].update()
        graph = scene.view_layers[0].depsgraph
        found = sum(count(item.evaluated_get(graph).data) for item in meshes)
    for item in meshes:
        item.modifiers.clear()
    return found


def _remesh(item: Object, mode: str, *, cells: int, longest: float) -> None:
    modifier: Any = item.modifiers.new("Remesh", "REMESH")
    modifier.mode = mode.upper()
    modifier.voxel_size = max(longest / cells, 1e-6)
    modifier.octree_depth = min(10, max(1, round(math.log2(cells))))
    modifier.use_remove_disconnected = False  # else letters and loose parts vanish, all but one
    modifier.use_smooth_shade = mode != "blocks"
