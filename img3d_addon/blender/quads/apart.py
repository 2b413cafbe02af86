# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene of our own to work in: operators act there, and the user's scene, mode and selection stay as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import bpy
from bpy.types import Mesh, Object, Scene

from ...core.errors import ImportFailed

__all__ = ["Apart", "mesh_of", "scene_apart"]


class Apart:
    """The scene; operators run in it through `acting` and `editing`."""

    def __init__(self, scene: Scene) -> None:
        self.scene: Any = scene
        self.layer: Any = scene.view_layers[0]

    def link(self, *items: Object) -> None:
        """Show the objects in the scene."""
        for item in items:
            self.scene.collection.objects.link(item)
        self.layer.update()

    def add(self, mesh: Mesh) -> Any:
        """Return a new object of the mesh, in the scene."""
        item = bpy.data.objects.new(mesh.name, mesh)
        self.link(item)
        return item

    def drop(self, item: Object) -> None:
        """Remove an object of ours with its mesh."""
        mesh = item.data
        bpy.data.objects.remove(item)
        if isinstance(mesh, Mesh) and not mesh.users:
            bpy.data.meshes.remove(mesh)

    def evaluated(self, item: Object) -> Any:
        """Return the object as the scene shows it, its modifiers applied; valid until the next change."""
        self.layer.update()
        return item.evaluated_get(self.layer.depsgraph)

    @contextmanager
    def acting(self, active: Object, *others: Object) -> Iterator[None]:
        """Let operators act on the active object, with the others selected, too."""
        chosen = [active, *others]
        for item in self.scene.objects:
            item.select_set(item in chosen, view_layer=self.layer)
        self.layer.objects.active = active
        with bpy.context.temp_override(**self._context(active, chosen)):
            yield

    @contextmanager
    def editing(self, item: Object) -> Iterator[None]:
        """Have the object in edit mode, with nothing yielded to the user in between."""
        with self.acting(item):
            bpy.ops.object.mode_set(mode="EDIT")
        try:
            with bpy.context.temp_override(**self._context(item, [item]), edit_object=item):
                yield
        finally:
            with self.acting(item):
                bpy.ops.object.mode_set(mode="OBJECT")

    def _context(self, active: Object, chosen: Sequence[Object]) -> dict[str, Any]:
        return {
            "scene": self.scene,
            "view_layer": self.layer,
            "collection": self.scene.collection,
            "layer_collection": self.layer.layer_collection,
            "object": active,
            "active_object": active,
            "selected_objects": list(chosen),
            "selected_editable_objects": list(chosen),
        }


@contextmanager
def scene_apart() -> Iterator[Apart]:
    """Make the scene, and remove it with the objects that are in it alone."""
    scene = bpy.data.scenes.new("img3d quads")
    try:
        yield Apart(scene)
    finally:
        bpy.data.scenes.remove(scene)


def mesh_of(item: Object) -> Mesh:
    """Return the object's mesh; `ImportFailed` when it is something else."""
    if not isinstance(item.data, Mesh):
        raise ImportFailed(f"{item.name} is no mesh, so it cannot be remeshed")
    return item.data
