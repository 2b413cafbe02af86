# SPDX-License-Identifier: GPL-3.0-or-later
"""What the main button and scripts run: collect, call and report."""

from __future__ import annotations

import time
from typing import Any

import bpy
from bpy.props import BoolProperty
from bpy.types import Operator

from ..core.errors import Img3dError
from . import pressing, pump, session, spending
from .job_operators import cancel
from .orders import blocked, order_of, params_of, provider_of
from .picture import name_of
from .places import show_status
from .properties import settings_of
from .reporting import reported
from .translations import text
from .words import stage_of

__all__ = ["register", "unregister"]

HAND_OVER = 30.0  # seconds: Blender postpones its auto-save while a modal operator lives


class IMG3D_OT_generate(Operator):
    """The main button."""

    bl_idname = "img3d.generate"
    bl_label = "Generate 3D Object"
    bl_description = "Make a 3D object of the picture and put it into the scene"

    confirmed: BoolProperty(options={"HIDDEN", "SKIP_SAVE"})  # pyright: ignore[reportInvalidTypeForm]

    _asked = False  # before money is spent; `execute` is the answer then
    _job: str
    _end: float
    _timer: Any

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say what is missing, if anything is."""
        if reason := blocked(settings_of(context.scene))[1]:
            cls.poll_message_set(text(reason))
        return not reason

    def execute(self, context: Any) -> set[Any]:
        """Wait for the result: for scripts and runs without a window."""
        if self._asked:
            operators: Any = bpy.ops
            return operators.img3d.generate("INVOKE_DEFAULT", confirmed=True)

        def run() -> None:
            *_, last = session.engine().drive(order_of(context.scene))
            pump.run_import(last.job)

        return reported(self, run)

    def invoke(self, context: Any, event: Any) -> set[Any]:
        """Start the job and show its progress for a while."""

        def run() -> None:
            self._job = session.engine().submit(order_of(context.scene))
            pressing.note("generate")

        if pressing.is_second("generate"):
            self.report({"INFO"}, "Pressed twice, one job is made: press again for another")
            return {"CANCELLED"}
        if not self.confirmed and (asked := self._question(context)):
            self._asked = True
            return context.window_manager.invoke_confirm(
                self, event, title="Make this object?", message=asked, confirm_text="Generate"
            )
        if "CANCELLED" in reported(self, run):
            return {"CANCELLED"}
        pump.watch(self._job, context.scene)
        self.report({"INFO"}, text("{name} is being made", name=name_of(settings_of(context.scene).picture)))
        _viewers.append(self._job)
        self._end = time.monotonic() + HAND_OVER
        self._timer = context.window_manager.event_timer_add(0.1, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: Any, event: Any) -> set[Any]:
        """Show progress in the status bar, take Esc, leave every other event to others."""
        if event.type == "ESC" and event.value == "PRESS":
            cancel(self, self._job)
            return self._leave(context, "CANCELLED")
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        pump.tick()
        view = next((view for view in session.engine_views() if view.id == self._job), None)
        if view is None or not view.running or time.monotonic() > self._end or _viewers[-1] != self._job:
            return self._leave(context, "FINISHED")
        show_status(text("Image to 3D: {name}, {stage}    |    Esc: Cancel", name=view.name, stage=stage_of(view)))
        return {"PASS_THROUGH"}

    def cancel(self, context: Any) -> None:
        """Leave the job to the pump: a file is loaded, or the window is closed. A question that is denied made none."""
        if not self._asked:
            self._leave(context, "CANCELLED")

    def _question(self, context: Any) -> str:
        settings = settings_of(context.scene)
        try:
            return spending.question(context, [(provider_of(settings), params_of(settings))])
        except Img3dError as error:  # the journal cannot be read: the job itself says the same
            return str(error)

    def _leave(self, context: Any, result: str) -> set[Any]:
        context.window_manager.event_timer_remove(self._timer)
        if self._job in _viewers:
            if _viewers[-1] == self._job:
                show_status(None)
            _viewers.remove(self._job)
        pump.start()
        return {result}


_viewers: list[str] = []  # jobs whose modal operator lives, the newest last: it owns the status bar


def register() -> None:
    """Register the operator."""
    bpy.utils.register_class(IMG3D_OT_generate)


def unregister() -> None:
    """Undo `register`."""
    bpy.utils.unregister_class(IMG3D_OT_generate)
    _viewers.clear()
    pressing.clear()
