# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things are in Blender: our tab, and scenes and windows that something from the background is meant for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy

__all__ = ["CATEGORY", "EDITORS", "place_of", "place_of_object", "scene_of", "show_in_local_views", "show_status"]

CATEGORY = "Image to 3D"
"""The tab in the sidebars of the `EDITORS`."""

EDITORS = ("VIEW_3D", "IMAGE_EDITOR")

_marked: set[int] = set()  # session_uid of the workspaces whose status bar has a text of ours


def place_of(scene_uid: int) -> dict[str, Any] | None:
    """Return what an operator's context is overridden with to work in a scene, None when there is no such scene.

    It is the window that shows the scene, else the scene alone.
    """
    manager: Any = bpy.context.window_manager
    for window in manager.windows:
        if window.scene.session_uid == scene_uid:
            return {"window": window, "scene": window.scene, "view_layer": window.view_layer}
    scene = scene_of(scene_uid)
    # not together with a window, whose own scene would count
    return {"scene": scene, "view_layer": scene.view_layers[0]} if scene else None


def place_of_object(uid: int) -> dict[str, Any] | None:
    """Return the same for the scene that holds an object, known by its session_uid."""
    for scene in bpy.data.scenes:
        if any(item.session_uid == uid for item in scene.objects):
            return place_of(scene.session_uid)
    return None


def scene_of(uid: int) -> bpy.types.Scene | None:
    """Return the scene with this session_uid."""
    return next((scene for scene in bpy.data.scenes if scene.session_uid == uid), None)


def show_in_local_views(scene: bpy.types.Scene, items: Iterable[bpy.types.Object]) -> None:
    """Let new objects be seen where the user looks at few objects alone: they were just asked for."""
    manager: Any = bpy.context.window_manager
    windows = [window for window in manager.windows if window.scene == scene]
    views = [area.spaces.active for window in windows for area in window.screen.areas if area.type == "VIEW_3D"]
    for view in views:
        for item in items if view.local_view else ():
            item.local_view_set(view, True)


def show_status(text: str | None) -> None:
    """Show a text in the status bar of every window; None gives back to Blender what we have taken."""
    if text is None:
        for workspace in bpy.data.workspaces:  # the user may have gone to another one since
            if workspace.session_uid in _marked:
                _set_status(workspace, None)
        _marked.clear()
        return
    manager: Any = bpy.context.window_manager
    for window in manager.windows:
        _set_status(window.workspace, text)
        _marked.add(window.workspace.session_uid)


def _set_status(workspace: bpy.types.WorkSpace, text: str | None) -> None:
    with bpy.context.temp_override(workspace=workspace):  # it is the context's that Blender means, not the object's
        workspace.status_text_set(text)
