# SPDX-License-Identifier: GPL-3.0-or-later
"""Picture files dropped from the desktop, on the tab or on the scene."""

from __future__ import annotations

from typing import Any

from bpy.types import FileHandler, Operator

from ..sidebar.tab import CATEGORY
from . import choosing
from .files import OneOrMore

__all__ = ["CLASSES"]


class IMG3D_OT_drop_pictures(OneOrMore, Operator):
    """Files that were dropped."""

    bl_idname = "img3d.drop_pictures"
    bl_label = "Make a 3D Object"
    bl_description = "Choose the dropped picture in Image to 3D; of several pictures, each can be made a job of its own"
    bl_options = {"UNDO", "INTERNAL"}

    def execute(self, context: Any) -> set[Any]:
        """Take them, and show the tab where that is."""
        result = self.take(context)
        if result == {"FINISHED"}:
            _show_tab(context.area)
        return result

    def invoke(self, context: Any, event: Any) -> set[Any]:
        """Take them at once: they were chosen when they were dropped."""
        return self.execute(context)


class IMG3D_FH_pictures(FileHandler):
    """Tells Blender where picture files can be dropped."""

    bl_idname = "IMG3D_FH_pictures"
    bl_label = "Image to 3D"
    bl_import_operator = "img3d.drop_pictures"
    bl_file_extensions = ";".join(choosing.SUFFIXES)

    @classmethod
    def poll_drop(cls, context: Any) -> bool:
        """Take what is dropped on our tab, and on the scene, where Blender's own handlers are offered, too."""
        area, region = context.area, context.region
        if area is None or region is None or area.type not in ("VIEW_3D", "IMAGE_EDITOR"):
            return False
        if region.type == "UI":
            return getattr(region, "active_panel_category", "") == CATEGORY
        return area.type == "VIEW_3D" and region.type == "WINDOW"


CLASSES = (IMG3D_OT_drop_pictures, IMG3D_FH_pictures)


def _show_tab(area: Any) -> None:
    """Open the sidebar at our tab; one that was never drawn cannot be told which tab to show."""
    if area is None or area.type != "VIEW_3D":
        return
    area.spaces.active.show_region_ui = True
    for region in area.regions:
        if region.type == "UI":
            try:
                region.active_panel_category = CATEGORY
            except (AttributeError, TypeError):
                return
            region.tag_redraw()
