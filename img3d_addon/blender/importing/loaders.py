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
from ...core.files.odd_paths import with_materials
from .fbx import fbx_add_on, has_operator
from .free_normals import kept, worth_it
from .fresh import Fresh

__all__ = ["KINDS", "read", "scene_apart"]

_GLTF = {"merge_vertices": True, "import_pack_images": True, "disable_bone_shape": True}
_Y_UP = {"forward_axis": "NEGATIVE_Z", "up_axis": "Y"}


def read(path: Path, *, kind: str, alone: bool = False) -> list[Object]:
    """Return the objects of the file, linked to no scene; `ImportFailed` when Blender cannot read it.

    The importers select, activate and link in the scene of the context: they get one of their own for the time. With
    `alone`, this is the helper process, and a quicker way is taken that borrows from the preferences.
    """
    if alone and worth_it(path, kind) and (found := _read(path, _gltf_quickly)):
        return found
    importer = KINDS.get(kind)
    if importer is None:
        known = ", ".join(sorted(KINDS))
        raise ImportFailed(f"{path.name} is of the kind {kind!r}, which cannot be imported (only {known})")
    return _read(path, importer)


def _read(path: Path, importer: Callable[[Path], bool | None]) -> list[Object]:
    """Return what the importer made, nothing when it has given up."""
    fresh = Fresh()
    with scene_apart() as scene:
        try:
            gave_up = importer(path) is False
        except RuntimeError as error:
            raise ImportFailed(f"Blender could not read {path.name}: {_sentence(error)}") from error
        found = list(scene.collection.all_objects)
    bpy.data.batch_remove(fresh.new("collections"))
    if gave_up:
        fresh.remove()
        return []
    return found


@contextmanager
def scene_apart() -> Iterator[bpy.types.Scene]:
    """Give the block a scene of its own, in which operators may do as they like."""
    scene = bpy.data.scenes.new("img3d import")
    window: Any = bpy.context.window
    shown = (window.scene, window.view_layer) if window else None
    try:
        with bpy.context.temp_override(scene=scene, view_layer=scene.view_layers[0]):
            yield scene
    finally:
        if window and shown and window.scene != shown[0]:  # it is shown to build a rig
            window.scene, window.view_layer = shown
        bpy.data.scenes.remove(scene)


def _gltf(path: Path) -> None:
    # Corners that the file split for texture or normals are welded: modifiers would tear them open.
    # Its own shape for bones would be made of the active object of the window, which is the user's.
    _call(bpy.ops.import_scene.gltf, filepath=str(path), **_GLTF)


def _gltf_quickly(path: Path) -> bool:
    """Import without normals and put the file's own in; False when they do not fit."""
    with kept() as normals:
        _call(bpy.ops.import_scene.gltf, filepath=str(path), import_shading="SMOOTH", **_GLTF)
        return not normals.failed


def _obj(path: Path) -> None:
    with with_materials(path) as found:
        _call(bpy.ops.wm.obj_import, filepath=str(found), **_Y_UP)


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
    _let_go_of_the_file()


def _let_go_of_the_file() -> None:
    """Keep animated meshes and places as they are now: Blender would read the file, by its path, at every frame."""
    scene: Any = bpy.context.scene
    for item in scene.collection.all_objects:
        for stack in (item.modifiers, item.constraints):
            for one in [one for one in stack if one.type in ("MESH_SEQUENCE_CACHE", "TRANSFORM_CACHE")]:
                stack.remove(one)


def _stl(path: Path) -> None:
    # Neither STL nor PLY says which way is up: services write the coordinates of their GLBs, which have Y up.
    _call(bpy.ops.wm.stl_import, filepath=str(path), **_Y_UP)


def _ply(path: Path) -> None:
    # Its corners are not welded: the importer welds by a distance that is large for a model of a few millimetres.
    _call(bpy.ops.wm.ply_import, filepath=str(path), import_colors="SRGB", **_Y_UP)


def _fbx(path: Path) -> None:
    if has_operator(bpy.ops.wm.fbx_import):
        _call(bpy.ops.wm.fbx_import, filepath=str(path), use_anim=False)
        return
    with fbx_add_on():
        # It switches to edit mode to make bones, which works only in the scene that the window shows.
        window: Any = bpy.context.window
        if window:
            window.scene = bpy.context.scene
        _call(bpy.ops.import_scene.fbx, filepath=str(path), use_anim=False)


def _call(operator: Any, **wanted: Any) -> None:
    if not has_operator(operator):  # as some distributions build it
        raise RuntimeError("this Blender was built without an importer for it")
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
    "fbx": _fbx,
    "stl": _stl,
    "ply": _ply,
}
"""Importers by the kinds that `core.files.sniff` tells."""


def _sentence(error: RuntimeError) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and "Location:" not in line]
    return lines[-1].removeprefix("Error: ").rstrip(".") if lines else "no reason was given"
