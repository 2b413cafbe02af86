# SPDX-License-Identifier: GPL-3.0-or-later
"""A still of the 3D view as a picture: what it shows without overlays, the world behind it left transparent."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import bpy
from bpy.types import Operator

from ...core.files import pixels
from ...core.jobs.control import Control
from .. import session
from . import background

__all__ = ["CLASSES"]

SIDE = 1280  # pixels of the longer side: more than services ask for, and still quick


class IMG3D_OT_picture_from_viewport(Operator):
    """A still of the 3D view."""

    bl_idname = "img3d.picture_from_viewport"
    bl_label = "Viewport Still"
    bl_description = "Make a picture of what the 3D view shows, without overlays and with a transparent background"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say what is missing, if anything is."""
        if bpy.app.background:
            cls.poll_message_set("There is no 3D view without a window")
            return False
        if _view(context) is None:
            cls.poll_message_set("No 3D view is open")
            return False
        return True

    def execute(self, context: Any) -> set[Any]:
        """Draw it, and have a thread write it; the artist's render and settings stay as they are."""
        found = _view(context)
        assert found is not None
        still = _drawn(context, *found)

        def write(_control: Control) -> Path:
            path = session.scratch_folder() / f"viewport-{id(still):x}.png"
            pixels.write(still, path)
            return path

        background.begin(context.scene, write, words="Taking the still...", name=f"{context.scene.name} viewport")
        return {"FINISHED"}


CLASSES = (IMG3D_OT_picture_from_viewport,)


def _view(context: Any) -> tuple[Any, Any] | None:
    """Return the 3D view that is meant, this one or the largest, and its region."""
    areas = [area for area in context.screen.areas if area.type == "VIEW_3D"] if context.screen else []
    if not areas:
        return None
    area = context.area if context.area in areas else max(areas, key=lambda area: area.width * area.height)
    return area.spaces.active, next(region for region in area.regions if region.type == "WINDOW")


def _drawn(context: Any, space: Any, region: Any) -> pixels.Pixels:
    gpu: Any = importlib.import_module("gpu")  # only where there is a window
    scale = SIDE / max(region.width, region.height)
    width, height = max(1, round(region.width * scale)), max(1, round(region.height * scale))
    view: Any = space.region_3d
    offscreen = gpu.types.GPUOffScreen(width, height)
    overlays = space.overlay.show_overlays
    space.overlay.show_overlays = False
    try:
        offscreen.draw_view3d(
            context.scene,
            context.view_layer,
            space,
            region,
            view.view_matrix,
            view.window_matrix,
            do_color_management=True,
            draw_background=False,
        )
        with offscreen.bind():
            read = gpu.state.active_framebuffer_get().read_color(0, 0, width, height, 4, 0, "FLOAT")
    finally:
        space.overlay.show_overlays = overlays
        offscreen.free()
    read.dimensions = width * height * 4
    rule = pixels.Rule(curved=False, divided=True)  # shown colours already, but times their alpha
    return pixels.Pixels(width=width, height=height, channels=4, values=read, rule=rule)
