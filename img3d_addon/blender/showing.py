# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to the tab for who looks for it: a shortcut, F3, and the menu Add > Image. None of them costs anything."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.types import Operator

from .places import CATEGORY, EDITORS

__all__ = ["register", "unregister"]

_TRIES, _PAUSE = 20, 0.05  # a sidebar has its tabs only after it was drawn
_KEYMAPS = {"3D View": "VIEW_3D", "Image": "IMAGE_EDITOR"}
_added: list[tuple[Any, Any]] = []


class IMG3D_OT_show_tab(Operator):
    """The tab, brought into view or put away."""

    bl_idname = "img3d.show_tab"
    bl_label = "Show Image to 3D"
    bl_description = "Show the tab Image to 3D in the sidebar, or close the sidebar where it is shown"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """It needs an editor with the tab."""
        found = bool(context.screen) and _area(context) is not None
        if not found:
            cls.poll_message_set("Open a 3D view or an Image Editor first")
        return found

    def execute(self, context: Any) -> set[Any]:
        """Open the sidebar at the tab."""
        area = _area(context)
        space = area.spaces.active
        if space.show_region_ui and getattr(_sidebar(area), "active_panel_category", "") == CATEGORY:
            space.show_region_ui = False
            return {"FINISHED"}
        space.show_region_ui = True
        if not _choose(area) and not bpy.app.background:
            _choose_soon(area)
        return {"FINISHED"}


def register() -> None:
    """Register the operator, its shortcut Ctrl Alt I, and its entry in the menu."""
    bpy.utils.register_class(IMG3D_OT_show_tab)
    _menu().append(_draw_entry)
    manager: Any = bpy.context.window_manager
    configuration = manager.keyconfigs.addon
    for name, space in _KEYMAPS.items() if configuration else ():  # there is none in the background
        keymap = configuration.keymaps.new(name=name, space_type=space)
        _added.append((keymap, keymap.keymap_items.new(IMG3D_OT_show_tab.bl_idname, "I", "PRESS", ctrl=True, alt=True)))


def unregister() -> None:
    """Undo `register`, in reverse."""
    while _added:
        keymap, item = _added.pop()
        keymap.keymap_items.remove(item)
    _menu().remove(_draw_entry)
    bpy.utils.unregister_class(IMG3D_OT_show_tab)


def _menu() -> Any:
    return bpy.types.VIEW3D_MT_image_add


def _draw_entry(menu: Any, context: Any) -> None:
    menu.layout.separator()
    menu.layout.operator(IMG3D_OT_show_tab.bl_idname, text="Image to 3D", icon="MESH_MONKEY")


def _area(context: Any) -> Any:
    """Return the editor under the mouse, else the largest of the screen that has the tab."""
    if context.area and context.area.type in EDITORS:
        return context.area
    found = [area for area in context.screen.areas if area.type in EDITORS]
    return max(found, key=lambda area: (area.type == "VIEW_3D", area.width * area.height), default=None)


def _sidebar(area: Any) -> Any:
    return next(region for region in area.regions if region.type == "UI")


def _choose(area: Any) -> bool:
    try:
        _sidebar(area).active_panel_category = CATEGORY
    except (AttributeError, TypeError):  # not drawn yet
        return False
    _sidebar(area).tag_redraw()
    return True


def _choose_soon(area: Any) -> None:
    tries = iter(range(_TRIES))

    def again() -> float | None:
        manager: Any = bpy.context.window_manager
        there = any(area == one for window in manager.windows for one in window.screen.areas)
        return None if not there or _choose(area) or next(tries, None) is None else _PAUSE

    bpy.app.timers.register(again, first_interval=_PAUSE)
