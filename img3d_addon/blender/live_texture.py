# SPDX-License-Identifier: GPL-3.0-or-later
"""A modifier that evaluates the texture projection on whatever the modifiers above it make: Remesh stays adjustable."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.types import Object

from .restore import UV_LAYER, Projection

__all__ = ["add_live_texture", "is_live_texture", "remove_live_texture"]

NAME = "Restore Texture"
_MARK = "img3d_live_texture"


def add_live_texture(item: Object, projection: Projection, *, index: int | None = None) -> None:
    """Add the modifier at the end of the stack, or as number `index`; one that is there already goes."""
    remove_live_texture(item)
    modifier: Any = item.modifiers.new(NAME, "NODES")
    modifier.node_group = _group(projection)
    if index is not None:
        item.modifiers.move(len(item.modifiers) - 1, index)


def remove_live_texture(item: Object) -> None:
    """Remove the modifier and its nodes."""
    stack: list[Any] = list(item.modifiers)
    for modifier in stack:
        if not is_live_texture(modifier):
            continue
        group = modifier.node_group
        item.modifiers.remove(modifier)
        if not group.users:
            bpy.data.node_groups.remove(group)


def is_live_texture(modifier: Any) -> bool:
    """Whether this is the modifier, by a mark on its nodes: names are the user's."""
    return modifier.type == "NODES" and modifier.node_group is not None and _MARK in modifier.node_group


def _group(projection: Projection) -> Any:
    """Make the nodes of `restore.coordinates`; the numbers stand in the nodes.

    Modifier inputs would be the usual place, but 5.2 sets them in another way than 4.2.
    """
    tree: Any = bpy.data.node_groups.new(NAME, "GeometryNodeTree")
    tree[_MARK] = True
    tree.is_modifier = True
    for direction in ("INPUT", "OUTPUT"):
        tree.interface.new_socket("Geometry", in_out=direction, socket_type="NodeSocketGeometry")
    nodes = _Nodes(tree)
    place = nodes.add("ShaderNodeSeparateXYZ", nodes.add("GeometryNodeInputPosition").outputs[0]).outputs
    u = nodes.linear(place["X"], projection.u[0], projection.u[1])
    if projection.back:
        behind = nodes.math("GREATER_THAN", nodes.of_face(place["Y"]), 0.0)
        u = nodes.linear(behind, projection.back, u)
    v = nodes.linear(place["Z"], -projection.v[0], 1.0 - projection.v[1])
    store = nodes.add("GeometryNodeStoreNamedAttribute", nodes.add("NodeGroupInput").outputs[0])
    store.data_type, store.domain = "FLOAT2", "CORNER"
    store.inputs["Name"].default_value = UV_LAYER
    tree.links.new(nodes.add("ShaderNodeCombineXYZ", u, v).outputs[0], store.inputs["Value"])
    nodes.add("NodeGroupOutput", store.outputs[0])
    return tree


class _Nodes:
    """Adds nodes to a tree, from left to right."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree

    def add(self, kind: str, *sources: Any) -> Any:
        """Add a node; its first inputs take sockets as links and numbers as values."""
        node = self.tree.nodes.new(kind)
        node.location.x = 180 * len(self.tree.nodes)
        for target, source in zip(node.inputs, sources, strict=False):
            if isinstance(source, float):
                target.default_value = source
            else:
                self.tree.links.new(source, target)
        return node

    def math(self, operation: str, *sources: Any) -> Any:
        """Return the socket of an operation on numbers."""
        node = self.add("ShaderNodeMath", *sources)
        node.operation = operation
        return node.outputs[0]

    def linear(self, source: Any, factor: float, offset: Any) -> Any:
        """Return the socket of source * factor + offset."""
        return self.math("MULTIPLY_ADD", source, factor, offset)

    def of_face(self, source: Any) -> Any:
        """Return the socket of the mean over the vertices of each face."""
        node = self.add("GeometryNodeFieldOnDomain", source)
        node.domain = "FACE"
        return node.outputs[0]
