# SPDX-License-Identifier: GPL-3.0-or-later
"""Things for the tests of the quad remesh: blobs, materials, pictures, and a look at what was baked."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

__all__ = ["blob", "counts", "drive", "halves", "image_of", "material", "pick", "picture", "pixels_of", "shader_of"]


def drive(steps: Any) -> tuple[Any, list[tuple[float, str]]]:
    """Return what a generator returns, and its steps."""
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return end.value, seen


def blob(name: str = "blob", *, at: Any = (0.0, 0.0, 0.0), size: float = 1.0) -> Any:
    """Make an uneven closed blob of 2048 faces with texture coordinates that run around it, in no scene."""
    bpy.ops.mesh.primitive_uv_sphere_add(segments=64, ring_count=32)
    item = bpy.context.object
    for vertex in item.data.vertices:
        x, y, z = vertex.co
        vertex.co = (size * x, 0.6 * size * y, size * z * (1 + 0.3 * np.sin(2 * x)))
    item.name, item.location = name, at
    bpy.context.scene.collection.objects.unlink(item)
    return item


def material(name: str = "skin", **inputs: Any) -> tuple[Any, Any, Any]:
    """Make a material with these values in its Principled BSDF; returns it, the node and the tree."""
    made: Any = bpy.data.materials.new(name)
    if not made.node_tree:
        made.use_nodes = True
    shader = next(node for node in made.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    for key, value in inputs.items():
        shader.inputs[key.replace("_", " ")].default_value = value
    return made, shader, made.node_tree


def picture(tree: Any, pixels: np.ndarray, *, data: bool = False, alpha: Any = 1.0) -> Any:
    """Add a texture of pixels (n, n, 3) as they are stored; returns its node."""
    side = len(pixels)
    image: Any = bpy.data.images.new("given", side, side, alpha=True)
    image.colorspace_settings.name = "Non-Color" if data else "sRGB"
    image.alpha_mode = "CHANNEL_PACKED"
    full = np.ones((side, side, 4), np.float32)
    full[..., :3], full[..., 3] = pixels, alpha
    image.pixels.foreach_set(full.ravel())
    image.pack()
    node = tree.nodes.new("ShaderNodeTexImage")
    node.image, node.interpolation = image, "Closest"
    return node


def halves(front: Any, back: Any, side: int = 64) -> np.ndarray:
    """Return pixels that give one colour to the blob's side with y < 0, and another one to that with y > 0."""
    pixels = np.empty((side, side, 3), np.float32)
    pixels[:, : side // 2], pixels[:, side // 2 :] = front, back
    return pixels


def shader_of(item: Any) -> Any:
    """Return the Principled BSDF of the object's first material."""
    nodes = item.data.materials[0].node_tree.nodes
    return next(node for node in nodes if node.type == "BSDF_PRINCIPLED")


def image_of(socket: Any) -> Any:
    """Return the picture that feeds an input, through whatever nodes."""
    node = socket.links[0].from_node
    while node.type != "TEX_IMAGE":
        node = next(item for item in node.inputs if item.is_linked).links[0].from_node
    return node.image


def pixels_of(image: Any) -> np.ndarray:
    """Return the stored pixels: float32 (height, width, 4)."""
    found = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(found)
    return found.reshape(image.size[1], image.size[0], 4)


def pick(item: Any, image: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the picture's value at the middle of each quad, (n, 4), and the quads' middles, (n, 3)."""
    pixels = pixels_of(image)
    uv = np.empty(len(item.data.loops) * 2, np.float32)
    item.data.uv_layers.active.uv.foreach_get("vector", uv)
    at = (uv.reshape(-1, 4, 2).mean(axis=1) * image.size[0]).astype(int).clip(0, image.size[0] - 1)
    return pixels[at[:, 1], at[:, 0]], np.array([face.center[:] for face in item.data.polygons])


def counts() -> dict[str, int]:
    """Return how many datablocks of each kind there are."""
    kinds = ("objects", "meshes", "materials", "images", "scenes", "worlds", "cameras", "lights", "node_groups")
    return {kind: len(getattr(bpy.data, kind)) for kind in kinds}
