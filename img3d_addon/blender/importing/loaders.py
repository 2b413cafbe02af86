# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a model file through Blender's own importers, without a trace in the scene at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy
from bpy.types import Object

from ...core.errors import ImportFailed
from .fresh import Fresh

__all__ = ["KINDS", "read"]


def read(path: Path, *, kind: str) -> list[Object]:
    """Return the objects of the file, linked to no scene; `ImportFailed` when Blender cannot read it.

    The importers select, activate and link in the scene of the context: they get one of their own for the time.
    """
    importer = KINDS.get(kind)
    if importer is None:
        known = ", ".join(sorted(KINDS))
        raise ImportFailed(f"{path.name} is of the kind {kind!r}, which cannot be imported (only {known})")
    fresh = Fresh()
    with _scene_apart() as scene:
        try:
            importer(path)
        except RuntimeError as error:
            raise ImportFailed(f"Blender could not read {path.name}: {_sentence(error)}") from error
        found = list(scene.collection.all_objects)
    bpy.data.batch_remove(fresh.new("collections"))
    return found


@contextmanager
def _scene_apart() -> Iterator[bpy.types.Scene]:
    scene = bpy.data.scenes.new("img3d import")
    window: Any = bpy.context.window
    shown = (window.scene, window.view_layer) if window else None
    try:
        with bpy.context.temp_override(scene=scene, view_layer=scene.view_layers[0]):
            yield scene
    finally:
        if window and shown and window.scene != shown[0]:  # the glTF importer shows its scene to build a rig
            window.scene, window.view_layer = shown
        bpy.data.scenes.remove(scene)


def _gltf(path: Path) -> None:
    # Corners that the file split for texture or normals are welded: modifiers would tear them open.
    # Its own shape for bones would be made of the active object of the window, which is the user's.
    _call(
        bpy.ops.import_scene.gltf,
        filepath=str(path),
        merge_vertices=True,
        import_pack_images=True,
        disable_bone_shape=True,
    )


def _obj(path: Path) -> None:
    _call(bpy.ops.wm.obj_import, filepath=str(path), forward_axis="NEGATIVE_Z", up_axis="Y")


def _usd(path: Path) -> None:
    if not bpy.app.build_options.usd:  # as some distributions build it
        raise RuntimeError("this Blender was built without USD")
    _call(
        bpy.ops.wm.usd_import,
        filepath=str(path),
        set_frame_range=False,
        import_cameras=False,
        import_lights=False,
        create_world_material=False,
        import_textures_mode="IMPORT_PACK",
    )


def _call(operator: Any, **wanted: Any) -> None:
    known = operator.get_rna_type().properties
    result = operator(**{name: value for name, value in wanted.items() if name in known})
    if "FINISHED" not in result:
        raise RuntimeError("the importer gave up")


KINDS: dict[str, Callable[[Path], None]] = {
    "glb": _gltf,
    "gltf": _gltf,
    "obj": _obj,
    "usda": _usd,
    "usdc": _usd,
    "usdz": _usd,
}
"""Importers by the kinds that `core.files.sniff` tells."""


def _sentence(error: RuntimeError) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and "Location:" not in line]
    return lines[-1].removeprefix("Error: ").rstrip(".") if lines else "no reason was given"
