# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the material of the quads: the source's own settings, with baked maps where it has maps."""

from __future__ import annotations

from typing import Any, Final

import bpy

from .channels import principled
from .maps import Maps
from .source import Source

__all__ = ["dress"]

INPUTS: Final = {
    "color": "Base Color",
    "alpha": "Alpha",
    "roughness": "Roughness",
    "metallic": "Metallic",
    "emission": "Emission Color",
}


def dress(source: Source, maps: Maps, *, name: str) -> Any:
    """Return a new material."""
    material: Any = bpy.data.materials.new(name)
    if not material.node_tree:  # since 5.0 there always is one
        material.use_nodes = True
    shader = principled(material)
    _take_over(material, shader, source)
    for channel, value in maps.numbers.items():
        _set(shader, channel, value)
    shader.inputs["Emission Strength"].default_value = _strength(maps)
    for row, (image, channels) in enumerate(_by_image(maps)):
        _show(material.node_tree, shader, image, channels, row=row)
    return material


def _take_over(material: Any, shader: Any, source: Source) -> None:
    """Copy what is no map, such as the index of refraction, from the first material that has it."""
    for copy, original in source.materials.items():
        before = principled(copy)
        if original is None or before is None:
            continue
        for socket in before.inputs:
            mine = shader.inputs.get(socket.name)
            if mine is not None and not socket.is_linked and hasattr(socket, "default_value"):
                mine.default_value = socket.default_value
        for setting in ("use_backface_culling", "surface_render_method", "use_transparency_overlap"):
            if hasattr(material, setting):
                setattr(material, setting, getattr(original, setting))
        return


def _set(shader: Any, channel: str, value: tuple[float, ...]) -> None:
    socket = shader.inputs[INPUTS[channel]]
    socket.default_value = (*value, 1.0) if socket.type == "RGBA" else value[0]


def _strength(maps: Maps) -> float:
    if "emission" in maps.images:
        return maps.strength
    peak = max(maps.numbers.get("emission", (0.0,)))
    return 1.0 if peak > 0.0 else 0.0


def _by_image(maps: Maps) -> list[tuple[Any, list[str]]]:
    images = dict.fromkeys(maps.images.values())
    return [(image, [channel for channel, own in maps.images.items() if own == image]) for image in images]


def _show(tree: Any, shader: Any, image: Any, channels: list[str], *, row: int) -> None:
    picture = tree.nodes.new("ShaderNodeTexImage")
    picture.image = image
    picture.location = (shader.location.x - 700, shader.location.y + 200 - 300 * row)
    for channel in channels:
        tree.links.new(_band(tree, picture, channel), shader.inputs[INPUTS.get(channel, "Normal")])


def _band(tree: Any, picture: Any, channel: str) -> Any:
    """Return the output that holds the channel; nodes are added beside the picture."""
    if channel == "alpha":
        return picture.outputs["Alpha"]
    if channel in ("color", "emission"):
        return picture.outputs["Color"]
    kind = "ShaderNodeNormalMap" if channel == "normal" else "ShaderNodeSeparateColor"
    linked = picture.outputs["Color"].links
    node = linked[0].to_node if linked else tree.nodes.new(kind)
    if not linked:
        node.location = (picture.location.x + 350, picture.location.y)
        tree.links.new(picture.outputs["Color"], node.inputs["Color"])
    return {"roughness": node.outputs.get("Green"), "metallic": node.outputs.get("Blue")}.get(channel, node.outputs[0])
