# SPDX-License-Identifier: GPL-3.0-or-later
"""Shading and materials of imported meshes."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import bpy
from bpy.types import ID, Mesh, Object

from ...core.files.odd_paths import find_beside

__all__ = ["drop_materials", "drop_normals", "forget_folder", "pack_images", "shade"]

_log = logging.getLogger(__name__)
_LONGEST = 1023  # bytes of a path in Blender: FILE_MAX without the end


def shade(items: Iterable[Object], shading: str, *, angle: float = 30.0) -> None:
    """Shade all meshes "smooth", "flat" or by "angle" (degrees), without delivered normals; "keep" changes nothing."""
    for item in items:
        if shading == "keep" or not isinstance(item.data, Mesh):
            continue
        drop_normals(item.data)
        if shading == "flat":
            item.data.shade_flat()
        else:
            item.data.shade_smooth()
        if shading == "angle":  # the modifier of the same name would come from an asset file that may be missing
            item.data.set_sharp_from_angle(angle=math.radians(angle))


def drop_normals(mesh: Mesh) -> None:
    """Forget delivered normals, so that Blender computes them from the faces."""
    if not mesh.has_custom_normals:
        return
    # No function of a mesh does this in every supported version, only the operator.
    carrier = bpy.data.objects.new("img3d", mesh)
    with bpy.context.temp_override(object=carrier, active_object=carrier):
        bpy.ops.mesh.customdata_custom_splitnormals_clear()
    bpy.data.objects.remove(carrier)


def drop_materials(items: Iterable[Object]) -> None:
    """Empty the material slots, and drop colours in the corners: files show them without a material, too."""
    for item in items:
        if isinstance(item.data, Mesh):
            item.data.materials.clear()
            for colours in list(item.data.color_attributes):
                item.data.color_attributes.remove(colours)


def pack_images(images: Iterable[ID], folder: Path | None = None) -> None:
    """Put pictures that lie in the folder of the model into the .blend, which can then be moved.

    One that is named by a path or in a case which is not its own is looked for there.
    """
    for image in images:
        if isinstance(image, bpy.types.Image) and image.source == "FILE" and not image.packed_file:
            missing = not Path(bpy.path.abspath(image.filepath_raw)).is_file()
            image = _found(image, folder) if folder and missing else image
            _pack(image)
        if isinstance(image, bpy.types.Image) and image.source == "FILE" and image.filepath_raw:
            forget_folder(image)


def forget_folder(image: Any) -> None:
    """Leave only the file's name: the folders, which may name the user, would stay in the .blend for good."""
    name = re.split(r"[\\/]", image.filepath_raw)[-1]
    for owner, path in ((image, "filepath_raw"), *((file, "filepath") for file in image.packed_files)):
        setattr(owner, path, "/" * _LONGEST)  # Blender saves what a shorter text leaves standing
        setattr(owner, path, f"//{name}")


def _found(image: Any, folder: Path) -> bpy.types.Image:
    """Return an image of the file that is meant, in the place of one that 4.2 could never load again."""
    file = find_beside(folder, image.filepath_raw)
    if file is None:
        return image
    new: Any = bpy.data.images.load(str(file))
    new.colorspace_settings.name, new.alpha_mode = image.colorspace_settings.name, image.alpha_mode
    image.user_remap(new)
    bpy.data.images.remove(image)
    return new


def _pack(image: bpy.types.Image) -> None:
    try:
        image.pack()
    except RuntimeError as error:  # a material names a texture that was not delivered
        _log.warning("the texture %s cannot be packed: %s", image.name, error)
