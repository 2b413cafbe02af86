# SPDX-License-Identifier: GPL-3.0-or-later
"""Find what a material feeds into base colour, roughness and the like, through mixed shaders and groups.

The answer is one number or colour, or an output socket that a temporary Emission node can show. It works on copies
of materials: to follow mixed shaders it adds nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import bpy

__all__ = ["CHANNELS", "NEUTRAL", "Value", "principled", "surface", "trace"]

CHANNELS: Final = ("color", "alpha", "roughness", "metallic", "emission")
NEUTRAL: Final = {
    "color": (0.8, 0.8, 0.8),
    "alpha": (1.0, 1.0, 1.0),
    "roughness": (0.5, 0.5, 0.5),
    "metallic": (0.0, 0.0, 0.0),
    "emission": (0.0, 0.0, 0.0),
}
"""What a face without a material has: Blender's own grey."""

Value = Any
"""Three numbers, an output socket of the material's tree, or None where the shader has no such thing."""

_BLACK, _WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


def trace(material: Any, channel: str) -> Value:
    """Return what the material feeds into the channel; never None."""
    if material is None:
        return NEUTRAL[channel]
    if material.node_tree is None or not _has_tree(material):
        return _plain(material, channel)
    end = surface(material.node_tree)
    found = _shader(material.node_tree, _source(end), channel) if end else None
    return _BLACK if found is None else found


def surface(tree: Any) -> Any:
    """Return the input of the tree's active output that takes the surface; None when there is none."""
    ends = [node for node in tree.nodes if node.type == "OUTPUT_MATERIAL" and node.target in ("ALL", "CYCLES")]
    chosen = next((node for node in ends if node.is_active_output), ends[0] if ends else None)
    return chosen.inputs["Surface"] if chosen else None


def principled(material: Any) -> Any:
    """Return the material's first Principled BSDF; None when it has none."""
    nodes = material.node_tree.nodes if material and material.node_tree else ()
    return next((node for node in nodes if node.type == "BSDF_PRINCIPLED"), None)


def _has_tree(material: Any) -> bool:
    return bpy.app.version >= (5, 0, 0) or material.use_nodes


def _plain(material: Any, channel: str) -> Value:
    values = {
        "color": tuple(material.diffuse_color[:3]),
        "roughness": (material.roughness,) * 3,
        "metallic": (material.metallic,) * 3,
    }
    return values.get(channel, NEUTRAL[channel])


def _source(socket: Any) -> Any:
    """Return the output that feeds an input, through reroutes; None when nothing does."""
    while socket.is_linked:
        link = socket.links[0]
        if link.is_muted:
            return None
        if link.from_node.type != "REROUTE":
            return link.from_socket
        socket = link.from_node.inputs[0]
    return None


def _shader(tree: Any, output: Any, channel: str) -> Value:
    if output is None:
        return None
    node = output.node
    if node.type == "GROUP":
        return _group(tree, node, output, channel)
    combine = {"MIX_SHADER": _mixed, "ADD_SHADER": _added}.get(node.type)
    if combine:
        return combine(tree, node, channel)
    return _LEAVES.get(node.type, _other)(tree, node, channel)


def _mixed(tree: Any, node: Any, channel: str) -> Value:
    factor, first, second = node.inputs
    source = _source(factor)
    if source is not None and source.node.type == "LIGHT_PATH":  # glTF's unlit: the camera sees the second
        return _shader(tree, _source(second), channel)
    share = factor.default_value if source is None else None
    if share in (0.0, 1.0):
        return _shader(tree, _source(second if share else first), channel)
    low, high = _shader(tree, _source(first), channel), _shader(tree, _source(second), channel)
    if low is None or high is None or low == high:
        return high if low is None else low
    return _combine(tree, (low, high), factor=share if source is None else source)


def _added(tree: Any, node: Any, channel: str) -> Value:
    low, high = (_shader(tree, _source(socket), channel) for socket in node.inputs[:2])
    if low is None or high is None or channel != "emission":
        return high if low is None else low
    return _combine(tree, (low, high), factor=1.0, blend="ADD")


def _group(tree: Any, node: Any, output: Any, channel: str) -> Value:
    """Lead the channel out of a copy of the group through a new output."""
    if node.node_tree is None:
        return None
    node.node_tree = inner = node.node_tree.copy()
    ends: list[Any] = [item for item in inner.nodes if item.type == "GROUP_OUTPUT" and item.is_active_output]
    socket = next((item for end in ends for item in end.inputs if item.identifier == output.identifier), None)
    found = _shader(inner, _source(socket), channel) if socket else None
    if found is None or isinstance(found, tuple):
        return found
    name = f"img3d {channel}"
    inner.interface.new_socket(name=name, in_out="OUTPUT", socket_type="NodeSocketColor")
    inner.links.new(found, ends[0].inputs[name])
    return node.outputs[name]


def _input(*names: str) -> Callable[[Any, Any, str], Value]:
    def read(tree: Any, node: Any, channel: str) -> Value:
        socket = next((node.inputs[name] for name in names if name in node.inputs), None)
        return None if socket is None else _value(socket)

    return read


def _value(socket: Any) -> Value:
    source = _source(socket)
    if source is not None:
        return source
    value = socket.default_value
    return tuple(value[:3]) if hasattr(value, "__len__") else (value,) * 3


def _principled(tree: Any, node: Any, channel: str) -> Value:
    if channel == "emission":
        return _emission(tree, node.inputs["Emission Color"], node.inputs["Emission Strength"])
    names = {"color": "Base Color", "alpha": "Alpha", "roughness": "Roughness", "metallic": "Metallic"}
    return _value(node.inputs[names[channel]])


def _emitting(tree: Any, node: Any, channel: str) -> Value:
    if channel == "emission":
        return _emission(tree, node.inputs["Color"], node.inputs["Strength"])
    return {"color": _BLACK, "alpha": _WHITE}.get(channel)


def _emission(tree: Any, colour: Any, strength: Any) -> Value:
    """Return colour times strength."""
    colour, strength = _value(colour), _value(strength)
    if isinstance(strength, tuple) and (strength == _BLACK or isinstance(colour, tuple)):
        return tuple(a * b for a, b in zip(colour, strength, strict=True)) if strength != _BLACK else _BLACK
    return colour if strength == _WHITE else _combine(tree, (colour, strength), factor=1.0, blend="MULTIPLY")


def _transparent(tree: Any, node: Any, channel: str) -> Value:
    return _BLACK if channel == "alpha" else None


def _other(tree: Any, node: Any, channel: str) -> Value:
    """Take a colour and a roughness where a shader has them."""
    if channel == "color":
        return _input("Color", "Base Color")(tree, node, channel)
    if channel == "roughness":
        return _input("Roughness")(tree, node, channel)
    if channel == "metallic" and node.type in ("BSDF_GLOSSY", "BSDF_ANISOTROPIC", "BSDF_METALLIC"):
        return _WHITE
    return {"metallic": _BLACK, "alpha": _WHITE, "emission": _BLACK}[channel]


def _diffuse(tree: Any, node: Any, channel: str) -> Value:
    return _WHITE if channel == "roughness" else _other(tree, node, channel)


_LEAVES: Final[dict[str, Callable[[Any, Any, str], Value]]] = {
    "BSDF_PRINCIPLED": _principled,
    "EMISSION": _emitting,
    "BACKGROUND": _emitting,
    "BSDF_TRANSPARENT": _transparent,
    "BSDF_DIFFUSE": _diffuse,
    "SUBSURFACE_SCATTERING": _diffuse,
}


def _combine(tree: Any, values: tuple[Value, Value], *, factor: Any, blend: str = "MIX") -> Any:
    """Return the output of a new node that mixes two values."""
    node = tree.nodes.new("ShaderNodeMix")
    node.data_type, node.blend_type, node.clamp_result = "RGBA", blend, False
    sockets = [item for item in node.inputs if item.type == "RGBA"]
    for socket, value in zip(sockets, values, strict=True):
        _feed(tree, socket, value)
    first = node.inputs[0]
    if isinstance(factor, float):
        first.default_value = factor
    else:
        tree.links.new(factor, first)
    return next(item for item in node.outputs if item.type == "RGBA")


def _feed(tree: Any, socket: Any, value: Value) -> None:
    if isinstance(value, tuple):
        socket.default_value = (*value, 1.0)
    else:
        tree.links.new(value, socket)
