# SPDX-License-Identifier: GPL-3.0-or-later
"""Show the colours that lie in the corners of a mesh: importers bring them in, but most give no material for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy
import numpy as np
from bpy.types import Material, Mesh, Object

__all__ = ["show_colours"]

WHITE = 0.98  # white in a byte, one step of rounding allowed


def show_colours(items: Iterable[Object]) -> None:
    """Give meshes with colours a material that shows them, in place of none or of one that is plain grey."""
    made: dict[str, Material] = {}
    for mesh in dict.fromkeys(item.data for item in items if isinstance(item.data, Mesh)):
        name = _attribute(mesh)
        if not name:
            continue
        for index, material in list(enumerate(mesh.materials)) or [(-1, None)]:
            if material is not None and _shows(material):
                continue
            shown = made.get(name) or made.setdefault(name, _material(name))
            if index < 0:
                mesh.materials.append(shown)
            else:
                mesh.materials[index] = shown


def _attribute(mesh: Any) -> str:
    """Return the name of the colours that are rendered, "" when there are none or all are white."""
    colours = mesh.color_attributes
    if not 0 <= colours.render_color_index < len(colours):
        return ""
    chosen = colours[colours.render_color_index]
    values = np.empty(len(chosen.data) * 4, np.float32)
    chosen.data.foreach_get("color", values)
    return "" if (values.reshape(-1, 4)[:, :3] > WHITE).all() else chosen.name


def _shows(material: Material) -> bool:
    """Whether a material has a texture or a colour of its own."""
    nodes: Any = material.node_tree.nodes if material.node_tree else ()
    if any(node.type == "TEX_IMAGE" for node in nodes):
        return True
    base = next((node.inputs["Base Color"] for node in nodes if node.type == "BSDF_PRINCIPLED"), None)
    if base is not None and base.is_linked:
        return True
    red, green, blue, _alpha = base.default_value if base is not None else material.diffuse_color
    return max(red, green, blue) - min(red, green, blue) > 0.01


def _material(attribute: str) -> Material:
    material: Any = bpy.data.materials.new("Material")
    if not material.node_tree:  # since 5.0 there always is one
        material.use_nodes = True
    tree = material.node_tree
    colour = tree.nodes.new("ShaderNodeVertexColor")
    colour.layer_name = attribute
    shader = next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")
    colour.location = (shader.location.x - 200, shader.location.y)
    tree.links.new(colour.outputs["Color"], shader.inputs["Base Color"])
    return material
