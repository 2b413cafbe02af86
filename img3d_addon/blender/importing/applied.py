# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes as modifiers make them, evaluated in a scene of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import bpy
from bpy.types import Mesh, Object

from .loaders import scene_apart

__all__ = ["evaluated", "take"]


def evaluated(items: Sequence[Object]) -> list[Mesh]:
    """Return for each object a new mesh with its modifiers applied, those of rigs left out."""
    with scene_apart() as scene, _without_rigs(items):
        for item in items:
            scene.collection.objects.link(item)
        scene.view_layers[0].update()
        graph: Any = scene.view_layers[0].depsgraph
        meshes: Any = bpy.data.meshes
        return [
            meshes.new_from_object(item.evaluated_get(graph), preserve_all_data_layers=True, depsgraph=graph)
            for item in items
        ]


def take(item: Object, mesh: Mesh) -> None:
    """Give the object this mesh under the name of the one it had, which goes when nothing else uses it."""
    old: Any = item.data
    item.data = mesh
    if not old.users:
        name = old.name
        bpy.data.meshes.remove(old)
        mesh.name = name


@contextmanager
def _without_rigs(items: Sequence[Object]) -> Iterator[None]:
    rigs = [one for item in items for one in item.modifiers if one.type == "ARMATURE" and one.show_viewport]
    for one in rigs:
        one.show_viewport = False
    try:
        yield
    finally:
        for one in rigs:
            one.show_viewport = True
