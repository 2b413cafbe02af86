# SPDX-License-Identifier: GPL-3.0-or-later
"""Which maps a source needs, and their baking one after another; what is one value everywhere stays a number."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

import bpy
import numpy as np

from .apart import mesh_of
from .bake import Oven
from .channels import CHANNELS, Value, trace
from .source import Source

__all__ = ["Maps", "Plan", "bake_maps", "plan_of", "texture_side"]

LEAST_SIDE, LARGEST_SIDE = 1024, 4096
STEP = 1.5 / 255  # a byte, and rounding
BEHIND = 0.35  # stored: a normal that points inwards is that of a face seen from behind
GRAZING = 0.58  # stored: one along the quad is that of a sheet of which the quad is the edge
FLAT = (0.5, 0.5, 1.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What each copied material feeds into each channel; `normal` when a normal map is worth its while."""

    values: dict[str, dict[Any, Value]]
    normal: bool

    def constant(self, channel: str) -> tuple[float, float, float] | None:
        """Return the value that all materials have; None when it differs or is linked."""
        found = list(self.values[channel].values())
        return found[0] if isinstance(found[0], tuple) and all(value == found[0] for value in found) else None

    @property
    def baked(self) -> bool:
        """Whether there is a map at all."""
        return self.normal or any(self.constant(channel) is None for channel in CHANNELS)


@dataclass(kw_only=True)
class Maps:
    """Numbers and pictures by channel, and "normal"; roughness and metallic may be in one picture, as in glTF.

    `strength` is what the emission is to be multiplied by.
    """

    numbers: dict[str, tuple[float, ...]] = field(default_factory=dict[str, tuple[float, ...]])
    images: dict[str, Any] = field(default_factory=dict[str, Any])
    strength: float = 1.0


def plan_of(source: Source, *, faces: int) -> Plan:
    """Look into the materials; from here on their trees are ready to be baked."""
    values = {channel: {item: trace(item, channel) for item in source.materials} for channel in CHANNELS}
    for material in source.materials:
        _ready(material)
    finer = len(source.shell.triangles) > faces / 2
    flat = any(_is_flat(mesh_of(copy)) for copy in source.copies)
    return Plan(values=values, normal=finer or flat or any(_has_normals(item) for item in source.materials))


def texture_side(source: Source, *, faces: int) -> int:
    """Return the side in pixels that keeps the detail of the source's largest picture, if so many faces can show it."""
    largest = max((max(image.size) for item in source.materials for image in _pictures(item)), default=0)
    room = 2 ** int(np.ceil(np.log2(64.0 * np.sqrt(faces))))
    side = 2 ** int(np.ceil(np.log2(max(largest, LEAST_SIDE))))
    return int(min(max(side, LEAST_SIDE), max(room, LEAST_SIDE), LARGEST_SIDE))


def bake_maps(oven: Oven, plan: Plan, *, name: str) -> Generator[tuple[float, str], None, Maps]:
    """Bake what is not one value; yields (share that is done of the whole rebuild, what comes next)."""
    maps = Maps()
    steps = [
        ("base colour", _colour, ("color", "alpha")),
        ("roughness and metallic", _surface, ("roughness", "metallic")),
        ("emission", _emission, ("emission",)),
        ("normals", _normals, ()),
    ]
    for number, (label, bake, channels) in enumerate(steps):
        for channel in channels:
            constant = plan.constant(channel)
            if constant is not None:
                maps.numbers[channel] = constant
        if not channels and not plan.normal or channels and all(channel in maps.numbers for channel in channels):
            continue
        yield 0.6 + 0.3 * number / len(steps), f"Baking {label}"
        bake(oven, plan, maps, name)
    return maps


def _colour(oven: Oven, plan: Plan, maps: Maps, name: str) -> None:
    alpha = None
    if "alpha" not in maps.numbers:
        pixels = _baked(oven, plan.values["alpha"].__getitem__, data=True)
        if _spread(pixels) < STEP:
            maps.numbers["alpha"] = (float(pixels[0, 0, 0]),) * 3
        else:
            alpha = pixels[..., 0].copy()
    if "color" in maps.numbers and alpha is None:
        return
    pixels = _baked(oven, plan.values["color"].__getitem__, data=False)
    if alpha is None and _spread(pixels) < STEP:
        maps.numbers["color"] = tuple(_linear(pixels[0, 0, :3]).tolist())
        return
    maps.numbers.pop("color", None)
    if alpha is not None:
        pixels[..., 3] = alpha
    maps.images["color"] = _image(pixels, f"{name} Base Color", data=False, alpha=alpha is not None)
    if alpha is not None:
        maps.images["alpha"] = maps.images["color"]


def _surface(oven: Oven, plan: Plan, maps: Maps, name: str) -> None:
    """Bake roughness into green and metallic into blue in one go."""
    fed = {item: _packed(item, plan) for item in oven.source.materials}
    pixels = _baked(oven, fed.__getitem__, data=True)
    varying: list[str] = []
    for channel, band in (("roughness", 1), ("metallic", 2)):
        if _spread(pixels[..., band]) >= STEP:
            maps.numbers.pop(channel, None)
            varying.append(channel)
        elif channel not in maps.numbers:
            maps.numbers[channel] = (float(pixels[0, 0, band]),) * 3
    if varying:
        maps.images.update(dict.fromkeys(varying, _image(pixels, f"{name} Metallic Roughness", data=True)))


def _packed(material: Any, plan: Plan) -> Any:
    """Return the socket of a new node that holds 1, roughness and metallic."""
    tree = material.node_tree
    node = tree.nodes.new("ShaderNodeCombineColor")
    node.inputs[0].default_value = 1.0
    for socket, channel in zip(node.inputs[1:], ("roughness", "metallic"), strict=True):
        value = plan.values[channel][material]
        if isinstance(value, tuple):
            socket.default_value = value[0]
        else:
            tree.links.new(value, socket)
    return node.outputs[0]


def _emission(oven: Oven, plan: Plan, maps: Maps, name: str) -> None:
    pixels = _baked(oven, plan.values["emission"].__getitem__, data=True, deep=True)
    peak = float(pixels[..., :3].max())
    if _spread(pixels) < STEP * max(peak, 1.0):
        maps.numbers["emission"] = tuple(pixels[0, 0, :3].tolist())
        return
    maps.strength = max(peak, 1.0)
    pixels[..., :3] = _encoded(pixels[..., :3] / maps.strength)
    maps.images["emission"] = _image(pixels, f"{name} Emission", data=False)


def _normals(oven: Oven, plan: Plan, maps: Maps, name: str) -> None:
    pixels = _baked(oven, None, data=True)
    behind = pixels[..., 2] < BEHIND
    pixels[behind, :3] = 1.0 - pixels[behind, :3]
    pixels[pixels[..., 2] < GRAZING] = FLAT
    maps.images["normal"] = _image(pixels, f"{name} Normal", data=True)


def _baked(oven: Oven, feed: Any, *, data: bool, deep: bool = False) -> np.ndarray:
    """Return the pixels, float32 (side, side, 4), as stored; those where nothing was baked have the others' mean.

    Without `feed` they are normals. There may be 16 million of them: no copies are made.
    """
    image: Any = bpy.data.images.new("img3d bake", oven.side, oven.side, alpha=True, float_buffer=deep)
    try:
        image.colorspace_settings.name = "Non-Color" if data else "sRGB"
        image.generated_color = (0.0, 0.0, 0.0, 0.0)  # so that the alpha tells where something was baked
        if feed is None:
            oven.normals(image)
        else:
            oven.emission(image, feed)
        pixels = np.empty(oven.side * oven.side * 4, np.float32)
        image.pixels.foreach_get(pixels)
    finally:
        bpy.data.images.remove(image)
    pixels = pixels.reshape(oven.side, oven.side, 4)
    bare = pixels[..., 3] < 0.5
    pixels[bare] = 0.0
    mean = pixels.sum(axis=(0, 1), dtype=np.float64) / max(int((~bare).sum()), 1)
    pixels[bare] = FLAT if feed is None else mean
    pixels[..., 3] = 1.0
    return pixels


def _image(pixels: np.ndarray, name: str, *, data: bool, alpha: bool = False) -> Any:
    side = len(pixels)
    image: Any = bpy.data.images.new(name, side, side, alpha=alpha)
    image.colorspace_settings.name = "Non-Color" if data else "sRGB"
    image.pixels.foreach_set(pixels.ravel())
    image.update()
    image.pack()
    return image


def _spread(pixels: np.ndarray) -> float:
    """Return by how much the values of a band, or of the colours' bands, differ at most."""
    bands = pixels[..., :3] if pixels.ndim == 3 else pixels[..., None]
    return float((bands.max(axis=(0, 1)) - bands.min(axis=(0, 1))).max())


def _encoded(linear: np.ndarray) -> np.ndarray:
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 0.0) ** (1 / 2.4) - 0.055)


def _linear(encoded: np.ndarray) -> np.ndarray:
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def _ready(material: Any) -> None:
    """Make sure of a node tree with an output."""
    if not material.node_tree or (bpy.app.version < (5, 0, 0) and not material.use_nodes):
        material.use_nodes = True
    nodes = material.node_tree.nodes
    if not any(node.type == "OUTPUT_MATERIAL" for node in nodes):
        nodes.new("ShaderNodeOutputMaterial")


def _pictures(material: Any) -> Iterator[Any]:
    for node in material.node_tree.nodes if material.node_tree else ():
        if node.type == "TEX_IMAGE" and node.image:
            yield node.image


def _has_normals(material: Any) -> bool:
    return any(
        node.inputs["Normal"].is_linked
        for node in material.node_tree.nodes
        if node.type.startswith("BSDF") and "Normal" in node.inputs
    )


def _is_flat(mesh: Any) -> bool:
    smooth = np.empty(len(mesh.polygons), bool)
    mesh.polygons.foreach_get("use_smooth", smooth)
    return not smooth.all()
