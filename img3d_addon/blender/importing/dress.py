# SPDX-License-Identifier: GPL-3.0-or-later
"""Shading and materials of imported meshes."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import bpy
from bpy.types import ID, Mesh, Object

__all__ = ["drop_materials", "pack_images", "shade"]

_log = logging.getLogger(__name__)


def shade(items: Iterable[Object], shading: str) -> None:
    """Shade all meshes "smooth" or "flat", without the delivered normals; "keep" changes nothing."""
    for item in items:
        if shading == "keep" or not isinstance(item.data, Mesh):
            continue
        if item.data.has_custom_normals:
            # No function of a mesh does this in every supported version, only the operator.
            with bpy.context.temp_override(object=item, active_object=item):
                bpy.ops.mesh.customdata_custom_splitnormals_clear()
        if shading == "smooth":
            item.data.shade_smooth()
        else:
            item.data.shade_flat()


def drop_materials(items: Iterable[Object]) -> None:
    """Empty the material slots, and drop colours in the corners: files show them without a material, too."""
    for item in items:
        if isinstance(item.data, Mesh):
            item.data.materials.clear()
            for colours in list(item.data.color_attributes):
                item.data.color_attributes.remove(colours)


def pack_images(images: Iterable[ID]) -> None:
    """Put pictures that lie beside the model file into the .blend, which can then be moved."""
    for image in images:
        if isinstance(image, bpy.types.Image) and image.source == "FILE" and not image.packed_file:
            _pack(image)


def _pack(image: bpy.types.Image) -> None:
    try:
        image.pack()
    except RuntimeError as error:  # a material names a texture that was not delivered
        _log.warning("the texture %s cannot be packed: %s", image.name, error)
