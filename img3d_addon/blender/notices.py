# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user is told of jobs while looking elsewhere: a report, and a pop-up for who wants one.

What an operator reports that a timer calls goes to the terminal alone; what a modal one reports reaches the Info log
and the status bar. So a notice is a modal operator that lives for one event.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy
from bpy.props import StringProperty
from bpy.types import Operator

from ..core.events import Event
from . import session
from .hiding import hidden_inside, objects_of
from .places import CATEGORY, EDITORS
from .translations import text

__all__ = [
    "INFO",
    "WARNING",
    "in_view",
    "register",
    "tell",
    "tell_end",
    "tell_failure",
    "tell_import",
    "tell_ready",
    "unregister",
]

INFO, WARNING = "INFO", "WARNING"
_HIDDEN: dict[str, Any] = {"options": {"HIDDEN", "SKIP_SAVE"}}


class IMG3D_OT_notice(Operator):
    """One message about a job that went on in the background."""

    bl_idname = "img3d.notice"
    bl_label = "Notice"
    bl_description = "Report what has become of a job"
    bl_options = {"INTERNAL"}

    level: StringProperty(default=INFO, **_HIDDEN)  # pyright: ignore[reportInvalidTypeForm]
    message: StringProperty(**_HIDDEN)  # pyright: ignore[reportInvalidTypeForm]

    _timer: Any

    def execute(self, context: Any) -> set[Any]:
        """Report it to whoever called."""
        self.report({self.level}, self.message)
        return {"FINISHED"}

    def invoke(self, context: Any, event: Any) -> set[Any]:
        """Wait for the next event, whose handler may report."""
        self._timer = context.window_manager.event_timer_add(0.01, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: Any, event: Any) -> set[Any]:
        """Report it to the user."""
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        self.cancel(context)
        return {*self.execute(context), "PASS_THROUGH"}

    def cancel(self, context: Any) -> None:
        """Leave no timer behind."""
        context.window_manager.event_timer_remove(self._timer)


register, unregister = bpy.utils.register_classes_factory((IMG3D_OT_notice,))  # pyright: ignore[reportGeneralTypeIssues]


def tell(message: str, *, level: str = INFO) -> None:
    """Tell the user, who may be anywhere in Blender: a report, and a pop-up where that is wished and no tab in view."""
    manager: Any = bpy.context.window_manager
    if bpy.app.background or not manager.windows:
        return
    operators: Any = bpy.ops
    own = session.preferences()
    with bpy.context.temp_override(window=manager.windows[0]):
        operators.img3d.notice("INVOKE_DEFAULT", level=level, message=message)
        if own and getattr(own, "popup", False) and not in_view():
            _pop_up(manager, message, level)


def tell_end(event: Event) -> None:
    """Tell how a job has ended whose result is not imported by itself."""
    if event.kind == "downloaded":
        tell_ready(event.job)
    elif event.kind != "cancelled":
        tell_failure(event.job, event.message or str(event.error))


def tell_ready(job: str) -> None:
    """Tell that a result is there, and that it takes a press of a button."""
    tell(text("{name} is ready: import it from the tab Image to 3D", name=_name_of(job)))


def tell_failure(job: str, said: str) -> None:
    """Tell what went wrong, in a sentence for users."""
    tell(f"{_name_of(job)}: {said}", level=WARNING)


def tell_import(job: str, scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer) -> None:
    """Tell where the object is, and what hides it, as the cube does that Blender starts with."""
    name, other = _name_of(job), hidden_inside(objects_of(scene, job), scene, view_layer)
    if other is None:
        tell(text("{name} is in {scene}", name=name, scene=scene.name))
    else:
        tell(text("{name} is inside {other}: hide or move that to see it", name=name, other=other.name))


def in_view() -> bool:
    """Whether any window shows our tab."""
    return any(
        region.type == "UI" and region.width > 1 and getattr(region, "active_panel_category", "") == CATEGORY
        for area in _areas()
        for region in area.regions
    )


def _areas() -> Iterator[Any]:
    manager: Any = bpy.context.window_manager
    for window in manager.windows:
        yield from (area for area in window.screen.areas if area.type in EDITORS and area.spaces.active.show_region_ui)


def _pop_up(manager: Any, message: str, level: str) -> None:
    def draw(menu: Any, context: Any) -> None:
        menu.layout.label(text=message)

    manager.popup_menu(draw, title=text(CATEGORY), icon="ERROR" if level == WARNING else "INFO")


def _name_of(job: str) -> str:
    return next((view.name for view in session.engine_views() if view.id == job), "")
