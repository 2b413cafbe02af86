# SPDX-License-Identifier: GPL-3.0-or-later
"""Which materials, node trees and images a set of objects uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import bpy
from bpy.types import Image, Material, Mesh, Object

__all__ = ["images_of", "materials_of", "trees_of"]


def materials_of(items: Iterable[Object]) -> list[Material]:
    """Return the materials of the meshes, each once."""
    found: list[Any] = [one for item in items if isinstance(item.data, Mesh) for one in item.data.materials]
    return list(dict.fromkeys(material for material in found if material is not None))


def images_of(items: Iterable[Object]) -> list[Image]:
    """Return the images in the nodes of the materials, each once."""
    trees = [tree for material in materials_of(items) for tree in trees_of(material.node_tree)]
    images = [getattr(node, "image", None) for tree in trees for node in tree.nodes]
    return list(dict.fromkeys(image for image in images if isinstance(image, bpy.types.Image)))


def trees_of(tree: Any) -> Iterator[Any]:
    """Yield a node tree, which may be None, and those of the groups in it."""
    seen: set[Any] = set()
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if one is None or one in seen:
            continue
        seen.add(one)
        yield one
        waiting += [node.node_tree for node in one.nodes if node.type == "GROUP"]
