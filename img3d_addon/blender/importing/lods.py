# SPDX-License-Identifier: GPL-3.0-or-later
"""Levels of detail: reduced copies of an object, its children, hidden until they are looked for.

The object itself is level 0 and keeps its name; the others are NAME_LOD1 and on, as game engines know them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy
import numpy as np
from bpy.types import Collection, LayerCollection, Mesh, Object, ViewLayer
from mathutils import Matrix

from .applied import evaluated

__all__ = ["LEVEL", "add_lods", "level_of", "lod_name", "shelve"]

LEVEL = "img3d_lod"
"""Custom property of a copy: the number of its level."""


def level_of(item: Object) -> int:
    """Return the level of detail, 0 for the object itself."""
    return int(item.get(LEVEL, 0))


def lod_name(name: str, item: Object) -> str:
    """Return what an object of this level is called."""
    level = level_of(item)
    return f"{name}_LOD{level}" if level else name


def add_lods(items: Sequence[Object], ratios: Sequence[float], *, bases: Sequence[Mesh] | None = None) -> list[Object]:
    """Make copies of every mesh with these shares of its faces, modifiers applied, and return them.

    They share the materials with their original, which is their parent; a rig moves them, too. `bases` are what the
    meshes will look like with modifiers that are not there yet.
    """
    meshes: list[Any] = [item for item in items if isinstance(item.data, Mesh)]
    made: list[Object] = []
    for item, base in zip(meshes, bases or [item.data for item in meshes], strict=True):
        finer, kept = base, 1.0
        for level, ratio in enumerate(ratios, start=1):
            finer, kept = _reduced(finer, ratio / kept, like=base), ratio  # each from the one before: half the time
            copy = _copy(item, finer)
            copy[LEVEL] = level
            made.append(copy)
    return made


def shelve(levels: Sequence[Object], *, name: str, into: Collection, view_layer: ViewLayer) -> None:
    """Link the copies to a collection of their own, hidden in the viewport and in renders by its two switches."""
    if not levels:
        return
    shelf: Any = bpy.data.collections.new(f"{name} LODs")
    shelf.hide_render = True
    into.children.link(shelf)
    for item in levels:
        shelf.objects.link(item)
        item.select_set(False, view_layer=view_layer)  # as its original was when it was copied
    if layer := _layer_of(shelf, view_layer.layer_collection):
        layer.hide_viewport = True


def _layer_of(wanted: Collection, layer: LayerCollection) -> LayerCollection | None:
    if layer.collection == wanted:
        return layer
    return next((found for child in layer.children if (found := _layer_of(wanted, child))), None)


def _copy(item: Object, mesh: Mesh) -> Object:
    copy: Any = item.copy()
    copy.data = mesh
    if not any(one.type == "ARMATURE" for one in item.modifiers):
        copy.modifiers.clear()
        copy.parent = item
        copy.matrix_parent_inverse = Matrix.Identity(4)
        copy.matrix_basis = Matrix.Identity(4)
    return copy


def _reduced(base: Mesh, ratio: float, *, like: Mesh) -> Mesh:
    """Return a copy with the share of the faces, its texture as it was, and the shading of the mesh `like`.

    A collapse across the border of two charts drags the texture along: the charts are parted for it, which costs
    hairlines between them from close by, and the normals of the whole close the shading over these.
    """
    mesh: Any = base.copy()
    worker, source = (bpy.data.objects.new("img3d LOD", data) for data in (mesh, like))
    _mark_borders(mesh)
    split: Any = worker.modifiers.new("Split", "EDGE_SPLIT")
    split.use_edge_angle = False
    reduce: Any = worker.modifiers.new("Decimate", "DECIMATE")
    reduce.ratio = ratio
    if not _is_flat(mesh):
        shade: Any = worker.modifiers.new("Normals", "DATA_TRANSFER")
        shade.object = source
        shade.use_loop_data = True
        shade.data_types_loops = {"CUSTOM_NORMAL"}
        shade.loop_mapping = "POLYINTERP_NEAREST"
    try:
        (reduced,) = evaluated([worker])
    finally:
        bpy.data.batch_remove([worker, source])
        bpy.data.meshes.remove(mesh)
    return reduced


def _mark_borders(mesh: Any) -> None:
    """Make the edges sharp, and no others, along which two charts of the texture meet."""
    sharp = np.zeros(len(mesh.edges), bool)
    layer = mesh.uv_layers.active
    if layer is not None and len(mesh.loops):
        sharp = _borders(mesh, layer)
    mesh.edges.foreach_set("use_edge_sharp", sharp)


def _borders(mesh: Any, layer: Any) -> np.ndarray:
    """Tell of each edge whether its faces have other texture coordinates at it."""
    count = len(mesh.loops)
    vertex, edge, uv = np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count * 2, np.float32)
    mesh.loops.foreach_get("vertex_index", vertex)
    mesh.loops.foreach_get("edge_index", edge)
    layer.uv.foreach_get("vector", uv)
    sizes = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("loop_total", sizes)
    following = np.arange(1, count + 1)
    following[np.cumsum(sizes) - 1] = np.cumsum(sizes) - sizes
    ends = np.stack([np.arange(count), following], -1)
    ends = np.take_along_axis(ends, np.argsort(vertex[ends], axis=1), axis=1)
    at = uv.reshape(-1, 2)[ends].reshape(count, 4)
    low, high = np.full((len(mesh.edges), 4), np.inf), np.full((len(mesh.edges), 4), -np.inf)
    np.minimum.at(low, edge, at)
    np.maximum.at(high, edge, at)
    return ((high - low) > 1e-5).any(axis=1)


def _is_flat(mesh: Any) -> bool:
    smooth = np.empty(len(mesh.polygons), bool)
    mesh.polygons.foreach_get("use_smooth", smooth)
    return not smooth.any()
