# SPDX-License-Identifier: GPL-3.0-or-later
"""Render what was and what came out of it from four sides, and tell how far the pictures are apart."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from bpy.types import Object
from mathutils import Vector

from .apart import Apart

__all__ = ["psnr", "sides"]

SIDE, SAMPLES = 512, 8
VIEWS = ((-90.0, 12.0), (0.0, 20.0), (90.0, 12.0), (180.0, -15.0))  # degrees: about the vertical, above the horizon
BACKGROUND = (0.50, 0.50, 0.53, 1.0)


def sides(
    apart: Apart, groups: Sequence[Sequence[Object]], *, size: int = SIDE, samples: int = SAMPLES
) -> Iterator[list[np.ndarray]]:
    """Yield for each side the pictures of the groups, float32 (size, size, 3) in 0..1, seen by one camera.

    The groups lie about the origin, about 2 units long.
    """
    scene = apart.scene
    made = [_camera(apart), _sun(apart)]
    before = {image.as_pointer() for image in bpy.data.images}
    _studio(scene, size, samples)
    try:
        for turn, rise in VIEWS:
            _look(made[0], turn=math.radians(turn), rise=math.radians(rise))
            yield [_shot(scene, group, groups) for group in groups]
    finally:
        _tidy(scene, made, before)


def psnr(first: np.ndarray, second: np.ndarray) -> float:
    """Return the peak signal-to-noise ratio of two pictures with values 0..1, in decibels; 99 for equal ones."""
    error = float(np.mean((first.astype(np.float64) - second) ** 2))
    return min(99.0, -10.0 * math.log10(max(error, 1e-12)))


def _studio(scene: Any, size: int, samples: int) -> None:
    world: Any = bpy.data.worlds.new("img3d studio")
    if not world.node_tree:  # since 5.0 there always is one
        world.use_nodes = True
    next(node for node in world.node_tree.nodes if node.type == "BACKGROUND").inputs[0].default_value = BACKGROUND
    scene.world = world
    scene.render.engine = "CYCLES"
    scene.cycles.device, scene.cycles.samples, scene.cycles.max_bounces = "CPU", samples, 2
    scene.cycles.transparent_max_bounces = 8
    scene.cycles.use_denoising = scene.cycles.use_adaptive_sampling = False
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format = "PNG"
    scene.view_settings.view_transform = "Standard"
    scene.view_settings.look = "None"


def _camera(apart: Apart) -> Any:
    data: Any = bpy.data.cameras.new("img3d camera")
    data.type, data.ortho_scale = "ORTHO", 2.4
    item = bpy.data.objects.new("img3d camera", data)
    apart.link(item)
    apart.scene.camera = item
    return item


def _sun(apart: Apart) -> Any:
    data: Any = bpy.data.lights.new("img3d sun", "SUN")
    data.energy, data.angle = 1.2, 0.2  # white stays below white: a clipped picture would hide a difference
    item = bpy.data.objects.new("img3d sun", data)
    apart.link(item)
    return item


def _look(camera: Any, *, turn: float, rise: float) -> None:
    away = Vector((math.cos(turn) * math.cos(rise), math.sin(turn) * math.cos(rise), math.sin(rise)))
    camera.location = away * 8.0
    camera.rotation_euler = away.to_track_quat("Z", "Y").to_euler()
    sun = next(item for item in camera.users_scene[0].objects if item.type == "LIGHT")
    sun.rotation_euler = (away + Vector((0.3, -0.3, 0.6))).to_track_quat("Z", "Y").to_euler()


def _shot(scene: Any, group: Sequence[Object], groups: Sequence[Sequence[Object]]) -> np.ndarray:
    for item in (item for other in groups for item in other):
        item.hide_render = item not in group
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "side.png"
        scene.render.filepath = str(file)
        bpy.ops.render.render(write_still=True, scene=scene.name)
        image: Any = bpy.data.images.load(str(file))
        try:
            pixels = np.empty(len(image.pixels), np.float32)
            image.pixels.foreach_get(pixels)
            return pixels.reshape(image.size[1], image.size[0], 4)[::-1, :, :3]
        finally:
            bpy.data.images.remove(image)


def _tidy(scene: Any, made: Sequence[Any], before: set[int]) -> None:
    data = [item.data for item in made]
    scene.camera = None
    world, scene.world = scene.world, None
    bpy.data.batch_remove([*made, *data, world])
    results = [image for image in bpy.data.images if image.as_pointer() not in before and image.type == "RENDER_RESULT"]
    bpy.data.batch_remove(results)
