# SPDX-License-Identifier: GPL-3.0-or-later
"""Write objects to a file: complete or not at all, in the kind that the file's ending names."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.errors import OutputError

if TYPE_CHECKING:
    from bpy.types import Object

__all__ = ["KINDS", "count", "move_in", "staging", "write"]

KINDS = ("glb", "gltf", "obj", "fbx", "stl", "ply", "usdz", "blend")


def write(objects: Iterable[Object], path: Path) -> None:
    """Write the objects, modifiers applied, to `path`; `OutputError` when nothing could be written.

    The scene must hold nothing else that is needed: the selection changes, and a `.blend` holds the whole scene, with
    textures packed and modifiers live. Textures of `.gltf` and `.obj` go to a folder beside the file.
    """
    writer = _WRITERS[path.suffix.lower().removeprefix(".")]
    try:
        with staging(path) as folder:
            _select(objects)
            writer(folder / path.name)
            if not (folder / path.name).is_file():
                raise OutputError(f"Blender's exporter wrote no {path.name}")
            move_in(folder, path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error
    except RuntimeError as error:  # what an exporter reports as an error
        raise OutputError(f"{path.name} cannot be written by Blender's exporter: {_reason(error)}") from error


def count(objects: Iterable[Object]) -> tuple[int, int]:
    """Return the number of faces and vertices of the meshes with their modifiers applied."""
    import bpy

    graph = bpy.context.evaluated_depsgraph_get()
    data: list[Any] = [item.evaluated_get(graph).data for item in objects]
    meshes = [mesh for mesh in data if isinstance(mesh, bpy.types.Mesh)]
    return sum(len(mesh.polygons) for mesh in meshes), sum(len(mesh.vertices) for mesh in meshes)


@contextlib.contextmanager
def staging(path: Path) -> Iterator[Path]:
    """Make a hidden folder beside `path` for what is not complete yet; it is gone afterwards."""
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{path.stem[:40]}-", suffix=".part", dir=path.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def move_in(folder: Path, path: Path) -> None:
    """Move all files of `folder` to where `path` is, which comes last so that what it refers to is there."""
    files = [item for item in folder.rglob("*") if item.is_file()]
    for item in sorted(files, key=lambda item: item.name == path.name):
        goal = path.parent / item.relative_to(folder)
        goal.parent.mkdir(exist_ok=True)
        item.replace(goal)


def _reason(error: RuntimeError) -> str:
    """Return what went wrong: of a trace of the exporter's own Python, which is the report then, the last words."""
    lines = str(error).removeprefix("Error: ").strip().splitlines() or [""]
    last = [line for line in lines if re.match(r"\w*(Error|Exception)\b", line)]
    return last[-1] if last and "Traceback" in lines[0] else lines[0]


def _select(objects: Iterable[Object]) -> None:
    import bpy

    layer: Any = bpy.context.view_layer
    wanted = set(objects)
    for item in layer.objects:
        item.select_set(item in wanted)
    layer.objects.active = next(iter(wanted), None)


def _call(operator: Any, path: Path, **options: Any) -> None:
    """Run an exporter with those of the options that this Blender's version of it knows."""
    try:
        known = operator.get_rna_type().properties.keys()
    except KeyError:
        raise OutputError(
            f"This Blender has no exporter for {path.suffix}",
            advice="Enable its import and export add-on in Edit > Preferences > Add-ons, or choose another ending.",
        ) from None
    operator(filepath=str(path), check_existing=False, **{key: options[key] for key in options if key in known})


def _gltf(path: Path, layout: str) -> None:
    import bpy

    _call(
        bpy.ops.export_scene.gltf,
        path,
        export_format=layout,
        export_texture_dir=_side_folder(path),
        use_selection=True,
        export_apply=True,
        export_extras=True,
        export_image_format="AUTO",
        export_yup=True,
    )


def _glb(path: Path) -> None:
    _gltf(path, "GLB")


def _gltf_separate(path: Path) -> None:
    _gltf(path, "GLTF_SEPARATE")


def _obj(path: Path) -> None:
    import bpy

    _unpack_textures(path)
    wanted = {"export_selected_objects": True, "apply_modifiers": True, "export_colors": True}
    _call(bpy.ops.wm.obj_export, path, path_mode="RELATIVE", **wanted)


def _fbx(path: Path) -> None:
    import bpy

    _call(
        bpy.ops.export_scene.fbx,
        path,
        use_selection=True,
        path_mode="COPY",
        embed_textures=True,
        use_custom_props=True,
        mesh_smooth_type="FACE",
        add_leaf_bones=False,
    )


def _stl(path: Path) -> None:
    import bpy

    _call(bpy.ops.wm.stl_export, path, export_selected_objects=True, apply_modifiers=True)


def _ply(path: Path) -> None:
    import bpy

    _call(bpy.ops.wm.ply_export, path, export_selected_objects=True, apply_modifiers=True, export_normals=True)


def _usdz(path: Path) -> None:
    import bpy

    _call(
        bpy.ops.wm.usd_export,
        path,
        selected_objects_only=True,
        export_textures=True,
        export_textures_mode="NEW",
        export_lights=False,
        export_cameras=False,
        convert_world_material=False,
    )


def _blend(path: Path) -> None:
    import bpy

    for image in bpy.data.images:
        if image.source == "FILE" and not image.packed_file:
            image.pack()
    bpy.ops.wm.save_as_mainfile(
        filepath=str(path), check_existing=False, copy=True, compress=False, relative_remap=False
    )


def _side_folder(path: Path) -> str:
    """Name the folder for the textures of one file, so that two models beside each other keep their own."""
    return f"{path.stem}_textures"


def _unpack_textures(path: Path) -> None:
    """Put each texture as a file beside the model: the OBJ exporter cannot read a packed one."""
    import bpy

    folder = path.parent / _side_folder(path)
    for number, image in enumerate(image for image in bpy.data.images if image.source == "FILE"):
        if not image.packed_file:
            image.pack()
        folder.mkdir(exist_ok=True)
        file = folder / f"{number}{_ENDINGS.get(image.file_format, '.png')}"
        packed: Any = image.packed_file
        file.write_bytes(packed.data)
        image.filepath_raw = str(file)
        image.unpack(method="REMOVE")


_ENDINGS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "TARGA": ".tga", "BMP": ".bmp", "TIFF": ".tif"}

_WRITERS: dict[str, Callable[[Path], None]] = {
    "glb": _glb,
    "gltf": _gltf_separate,
    "obj": _obj,
    "fbx": _fbx,
    "stl": _stl,
    "ply": _ply,
    "usdz": _usdz,
    "blend": _blend,
}
