# SPDX-License-Identifier: GPL-3.0-or-later
"""Mark a result as an asset, with a preview that needs no window."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from bpy.types import Collection, Object
from mathutils import Euler, Vector

from .fresh import Fresh
from .geometry import Bounds, bounds_of
from .loaders import scene_apart

__all__ = ["draw_preview", "mark_asset"]

SIDE = 256  # pixels, as Blender makes them
SAMPLES = 16


def mark_asset(item: Object | Collection, options: Mapping[str, Any], *, about: str) -> None:
    """Mark the object or collection as an asset; `about` describes it where the options do not.

    In a window, Blender draws a preview for it in the background where there is none yet.
    """
    item.asset_mark()
    data: Any = item.asset_data
    data.author = options["asset_author"]
    data.description = options["asset_description"] or about
    data.license = options["asset_license"]
    for tag in dict.fromkeys(word.strip() for word in options["asset_tags"].split(",")):
        if tag:
            data.tags.new(tag, skip_if_exists=True)
    if not bpy.app.background and not (item.preview and item.preview.image_size[0]):
        item.asset_generate_preview()


def draw_preview(items: Sequence[Object], target: Object) -> bool:
    """Render the objects, which are in no scene, as the preview of `target`; False where this Blender cannot.

    Only for a process without a window: a render would take the place of the user's last one.
    """
    with scene_apart() as scene, tempfile.TemporaryDirectory(prefix="img3d-") as folder:
        if not bpy.app.background or not hasattr(scene, "cycles"):
            return False
        fresh = Fresh()
        for item in items:
            scene.collection.objects.link(item)
        _furnish(scene, bounds_of(items))
        file = Path(folder, "preview.png")
        scene.render.filepath = str(file)
        bpy.ops.render.render(write_still=True, scene=scene.name)
        picture: Any = bpy.data.images.load(str(file))
        pixels = np.empty(SIDE * SIDE * 4, np.float32)
        picture.pixels.foreach_get(pixels)
        fresh.remove()
    preview: Any = target.preview_ensure()
    preview.image_size = (SIDE, SIDE)
    preview.image_pixels_float.foreach_set(pixels)
    return True


def _furnish(scene: Any, bounds: Bounds) -> None:
    """Look at the objects from their front right and a little above, in soft light; quick settings."""
    render, cycles = scene.render, scene.cycles
    render.engine, cycles.device, cycles.samples, cycles.use_denoising = "CYCLES", "CPU", SAMPLES, False
    render.resolution_x = render.resolution_y = SIDE
    render.resolution_percentage, render.film_transparent = 100, True
    render.image_settings.file_format, render.image_settings.color_mode = "PNG", "RGBA"
    scene.view_settings.view_transform = "Standard"
    scene.world = _sky()
    turn = Euler((math.radians(72), 0.0, math.radians(28)))
    middle, away = (bounds.low + bounds.high) / 2, turn.to_matrix().inverted()
    seen = [
        away @ (Vector(corner) - middle)
        for corner in product(*((bounds.low[axis], bounds.high[axis]) for axis in range(3)))
    ]
    reach = max(max(abs(corner.x), abs(corner.y)) for corner in seen)
    depth = max(corner.length for corner in seen) or 1e-9
    lens: Any = bpy.data.cameras.new("img3d preview")
    lens.type, lens.ortho_scale = "ORTHO", 2.05 * reach
    lens.clip_start, lens.clip_end = depth, 4 * depth
    camera = bpy.data.objects.new("img3d preview", lens)
    camera.rotation_euler = turn
    camera.location = middle + turn.to_matrix() @ Vector((0, 0, 2.5 * depth))
    lamp: Any = bpy.data.lights.new("img3d preview", "SUN")
    lamp.energy = 2.5
    light = bpy.data.objects.new("img3d preview", lamp)
    light.rotation_euler = Euler((math.radians(45), 0.0, math.radians(60)))
    for item in (camera, light):
        scene.collection.objects.link(item)
    scene.camera = camera


def _sky() -> Any:
    sky: Any = bpy.data.worlds.new("img3d preview")
    if not sky.node_tree:  # since 5.0 there always is one
        sky.use_nodes = True
    shader = next(node for node in sky.node_tree.nodes if node.type == "BACKGROUND")
    shader.inputs["Color"].default_value = (0.7, 0.7, 0.7, 1.0)
    return sky
