# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that tests make in an empty scene."""

from __future__ import annotations

import math
from pathlib import Path

import bpy

from img3d_addon.blender.restore import Projection, restore_uvs

BACK = Projection((0.45, 0.25), (-0.9, 0.5), 0.5)


def empty_scene() -> None:
    """Leave nothing of what the test before made."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)


def projected_blob(segments: int = 64) -> bpy.types.Object:
    """Make a closed uneven blob, 1 unit wide, textured by `BACK` and with its numbers."""
    bpy.ops.mesh.primitive_uv_sphere_add(segments=segments, ring_count=segments // 2)
    item = bpy.context.object
    item.name = "blob"
    for vertex in item.data.vertices:
        x, y, z = vertex.co
        vertex.co = (0.5 * x, 0.3 * y, 0.4 * z * (1 + 0.3 * math.sin(2 * x)))
    item["img3d_proj_u"], item["img3d_proj_v"], item["img3d_back_offset"] = BACK.u, BACK.v, BACK.back
    restore_uvs(item.data, BACK)
    bpy.context.view_layer.update()
    return item


def textured(item: bpy.types.Object, folder: Path) -> bpy.types.Object:
    """Give the object a material with a packed picture."""
    file = folder / "grid.png"
    made = bpy.data.images.new("grid", 64, 64)
    made.generated_type = "COLOR_GRID"
    made.filepath_raw, made.file_format = str(file), "PNG"
    made.save()
    bpy.data.images.remove(made)
    image = bpy.data.images.load(str(file))
    image.pack()
    material = bpy.data.materials.new("skin")
    if not material.node_tree:
        material.use_nodes = True
    nodes = material.node_tree.nodes
    picture = nodes.new("ShaderNodeTexImage")
    picture.image = image
    shader = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")
    material.node_tree.links.new(picture.outputs["Color"], shader.inputs["Base Color"])
    item.data.materials.append(material)
    file.unlink()
    return item
