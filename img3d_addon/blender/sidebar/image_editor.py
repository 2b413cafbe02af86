# SPDX-License-Identifier: GPL-3.0-or-later
"""The same tab in the Image Editor, where the picture at hand is the one that the editor shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bpy.types import Panel

from ..properties import settings_of
from . import jobs, main
from .tab import ImageEditorTab

__all__ = ["CLASSES"]

_SUFFIX = "_in_image_editor"
_TAKEN = ("bl_label", "bl_options", "bl_order", "bl_description", "poll", "draw", "draw_header", "draw_header_preset")


class IMG3D_PT_shown_image(ImageEditorTab, Panel):
    """The image that the editor shows, one click away from being the picture."""

    bl_label = "Shown Image"
    bl_options = {"HIDE_HEADER"}
    bl_order = -1

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Show it while there is another image to take."""
        shown = context.space_data.image
        return shown is not None and shown != settings_of(context.scene).picture

    def draw(self, context: Any) -> None:
        """Draw the one button."""
        layout: Any = self.layout
        layout.operator("img3d.picture_from_editor", text="Use This Image", icon="IMAGE_DATA")


def _again(panels: Iterable[Any]) -> list[Any]:
    """Make each panel of the 3D view's tab once more: its subclass would share Blender's registration with it."""
    made = []
    for panel in panels:
        if not issubclass(panel, Panel):
            continue
        name = panel.__name__ + _SUFFIX
        own = {key: vars(panel)[key] for key in _TAKEN if key in vars(panel)}
        own |= {"__doc__": panel.__doc__, "bl_idname": name}
        if parent := getattr(panel, "bl_parent_id", ""):
            own["bl_parent_id"] = parent + _SUFFIX
        made.append(type(name, (ImageEditorTab, Panel), own))
    return made


CLASSES = (IMG3D_PT_shown_image, *_again((*main.CLASSES, *jobs.CLASSES)))
