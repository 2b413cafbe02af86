# SPDX-License-Identifier: GPL-3.0-or-later
"""Remesh and Decimate as modifiers, with values that follow from the object's size, and its texture behind them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import bpy
import numpy as np
from bpy.types import Mesh, Object

from ..after import decimate_ratio
from ..live_texture import add_live_texture, remove_live_texture
from ..restore import projection_of
from .applied import evaluated
from .geometry import triangles as count
from .loaders import scene_apart

__all__ = ["OPEN", "add_modifiers", "modified", "triangles_to_decimate", "workable"]

LEFT = 0.2  # of its area: what a remesh keeps at the least; shells inside others go
OPEN = "A voxel remesh needs a closed surface and leaves nothing of this one, which has holes: Smooth is used instead"


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


def modified(items: Sequence[Object], options: Mapping[str, Any], *, longest: float, triangles: int) -> list[Mesh]:
    """Return for each mesh a new one as the modifiers that are asked for would make it; arguments as before."""
    meshes = [item for item in items if isinstance(item.data, Mesh)]
    before = [set(item.modifiers.keys()) for item in meshes]
    add_modifiers(meshes, options, longest=longest, triangles=triangles)
    try:
        return evaluated(meshes)
    finally:
        for item, old in zip(meshes, before, strict=True):
            remove_live_texture(item)
            for name in set(item.modifiers.keys()) - old:
                item.modifiers.remove(item.modifiers[name])


def workable(items: Sequence[Object], options: Mapping[str, Any], *, longest: float) -> Mapping[str, Any]:
    """Return the options with a mode of Remesh that works.

    Voxel leaves next to nothing of a mesh with a hole that is larger than a voxel, without a word.
    """
    if options["remesh"] != "voxel":
        return options
    only = {**options, "decimate": 0.0}
    made = modified(items, only, longest=longest, triangles=0)
    meshes: list[Any] = [item.data for item in items if isinstance(item.data, Mesh)]
    gone = any(_area(new) < LEFT * _area(old) for new, old in zip(made, meshes, strict=True))
    bpy.data.batch_remove(made)
    return {**options, "remesh": "smooth"} if gone else options


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
        item.modifiers.remove(item.modifiers[-1])  # a rig stays
    return found


def _remesh(item: Object, mode: str, *, cells: int, longest: float) -> None:
    modifier: Any = item.modifiers.new("Remesh", "REMESH")
    modifier.mode = mode.upper()
    modifier.voxel_size = max(longest / cells, 1e-6)
    modifier.octree_depth = min(10, max(1, round(math.log2(cells))))
    modifier.use_remove_disconnected = False  # else letters and loose parts vanish, all but one
    modifier.use_smooth_shade = mode != "blocks"


def _area(mesh: Any) -> float:
    areas = np.empty(len(mesh.polygons), np.float32)
    mesh.polygons.foreach_get("area", areas)
    return float(areas.sum(dtype=np.float64))
