# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done with the active object, in the sidebar."""

from __future__ import annotations

from typing import Any

from bpy.types import Panel

from ..full_textures import has_small_textures
from ..quad_facts import draw_quads
from ..restoring import has_projection
from .tab import ViewTab

__all__ = ["CLASSES"]


class IMG3D_PT_result(ViewTab, Panel):
    """What can be done with a result in the scene."""

    bl_label = "Active Object"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Show it while the active object is a mesh, or its quads are being made."""
        return getattr(context.active_object, "type", "") == "MESH"

    def draw(self, context: Any) -> None:
        """Draw what is known of the object, and the buttons that fit it."""
        layout: Any = self.layout
        item = context.active_object
        draw_quads(layout, item, context)
        if has_projection(item):
            layout.operator("img3d.restore_texture", icon="UV")
        if has_small_textures(item):
            layout.operator("img3d.full_textures", icon="TEXTURE")


CLASSES = (IMG3D_PT_result,)
