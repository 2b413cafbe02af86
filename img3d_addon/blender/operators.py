# SPDX-License-Identifier: GPL-3.0-or-later
"""What buttons and scripts run: they collect, call and report."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import bpy
from bpy.props import BoolProperty, StringProperty
from bpy.types import Operator

from ..core.errors import Img3dError
from . import bringing, pump, session
from .orders import blocked, order_of
from .properties import after_values, settings_of
from .words import stage_of

__all__ = ["register", "unregister"]

TWICE = 1.0  # seconds: who presses again sooner has double-clicked, and would pay for it
HAND_OVER = 30.0  # seconds: Blender postpones its auto-save while a modal operator lives
_JOB: dict[str, Any] = {"name": "Job", "options": {"HIDDEN", "SKIP_SAVE"}}


class IMG3D_OT_generate(Operator):
    """The main button."""

    bl_idname = "img3d.generate"
    bl_label = "Generate"
    bl_description = "Make a 3D object of the picture and put it into the scene"

    _job: str
    _end: float
    _timer: Any

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say what is missing, if anything is."""
        if reason := blocked(settings_of(context.scene))[1]:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context: Any) -> set[Any]:
        """Wait for the result: for scripts and runs without a window."""

        def run() -> None:
            *_, last = session.engine().drive(order_of(context.scene))
            pump.run_import(last.job)

        return _reported(self, run)

    def invoke(self, context: Any, event: Any) -> set[Any]:
        """Start the job and show its progress for a while."""

        def run() -> None:
            self._job = session.engine().submit(order_of(context.scene))
            _pressed[:] = [time.monotonic()]

        if _pressed and time.monotonic() - _pressed[0] < TWICE:
            self.report({"INFO"}, "Pressed twice, one job is made: press again for another")
            return {"CANCELLED"}
        if "CANCELLED" in _reported(self, run):
            return {"CANCELLED"}
        pump.watch(self._job, context.scene)
        _viewers.append(self._job)
        self._end = time.monotonic() + HAND_OVER
        self._timer = context.window_manager.event_timer_add(0.1, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: Any, event: Any) -> set[Any]:
        """Show progress in the status bar, take Esc, leave every other event to others."""
        if event.type == "ESC" and event.value == "PRESS":
            _cancel(self, self._job)
            return self._leave(context, "CANCELLED")
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        pump.tick()
        view = next((view for view in session.engine_views() if view.id == self._job), None)
        if view is None or not view.running or time.monotonic() > self._end or _viewers[-1] != self._job:
            return self._leave(context, "FINISHED")
        _status(context, f"Image to 3D: {view.name}, {stage_of(view)}    |    Esc: Cancel")
        return {"PASS_THROUGH"}

    def cancel(self, context: Any) -> None:
        """Leave the job to the pump: a file is loaded, or the window is closed."""
        self._leave(context, "CANCELLED")

    def _leave(self, context: Any, result: str) -> set[Any]:
        context.window_manager.event_timer_remove(self._timer)
        if self._job in _viewers:
            if _viewers[-1] == self._job:
                _status(context, None)
            _viewers.remove(self._job)
        pump.start()
        return {result}


class IMG3D_OT_cancel(Operator):
    """Stop one job."""

    bl_idname = "img3d.cancel"
    bl_label = "Cancel Job"
    bl_description = "Stop this job; the service may still charge it"
    bl_options = {"INTERNAL"}

    job: StringProperty(**_JOB)  # pyright: ignore[reportInvalidTypeForm]

    def execute(self, context: Any) -> set[Any]:
        """Stop it and say what that means for the bill."""
        return _cancel(self, self.job)


class IMG3D_OT_resume(Operator):
    """Take up one job again."""

    bl_idname = "img3d.resume"
    bl_label = "Resume Job"
    bl_description = "Go on with this job; what was paid is not paid again"
    bl_options = {"INTERNAL"}

    job: StringProperty(**_JOB)  # pyright: ignore[reportInvalidTypeForm]
    again: BoolProperty(name="Submit Again", options={"SKIP_SAVE"})  # pyright: ignore[reportInvalidTypeForm]

    @classmethod
    def description(cls, context: Any, properties: Any) -> str:
        """Say what it costs."""
        again = "Send the picture again; if the service took the first request, both are charged"
        return again if properties.again else cls.bl_description

    def invoke(self, context: Any, event: Any) -> set[Any]:
        """Ask before something may be paid twice."""
        if not self.again:
            return self.execute(context)
        return context.window_manager.invoke_confirm(
            self,
            event,
            title="Submit again?",
            message="If the service took the first request, both are charged.",
            confirm_text="Submit Again",
        )

    def execute(self, context: Any) -> set[Any]:
        """Go on in the background."""

        def run() -> None:
            session.engine().resume(self.job, again=self.again)
            pump.watch(self.job, context.scene)

        return _reported(self, run)


class IMG3D_OT_import_result(Operator):
    """The result of one job, as one undo step."""

    bl_idname = "img3d.import_result"
    bl_label = "Import Result"
    bl_description = "Put the object of this job into the scene; costs nothing"
    bl_options = {"UNDO", "INTERNAL"}

    job: StringProperty(**_JOB)  # pyright: ignore[reportInvalidTypeForm]
    as_set: BoolProperty(  # pyright: ignore[reportInvalidTypeForm]
        name="With the Settings of the Sidebar", options={"SKIP_SAVE"}
    )

    def execute(self, context: Any) -> set[Any]:
        """Import, finish, and note it in the journal."""

        def run() -> None:
            made = bringing.finished(context, self.job, options=self._options(context))
            pump.errors.pop(self.job, None)
            self.report({"INFO"}, f"{made.root.name}: {made.faces:,} faces")
            for note in made.notes:
                self.report({"WARNING"}, note)
            try:
                session.engine().mark_imported(self.job)
            except Img3dError as error:  # the object is there all the same
                self.report({"WARNING"}, str(error))

        return _reported(self, run, job=self.job)

    def invoke(self, context: Any, event: Any) -> set[Any]:
        """Have the helper process make it ready; the pump runs `execute` then, which makes the undo step."""

        def run() -> None:
            bringing.begin(self.job, context.scene, options=self._options(context))
            pump.errors.pop(self.job, None)
            pump.start()

        if not bringing.usable():
            return self.execute(context)
        result = _reported(self, run, job=self.job)
        return {"CANCELLED"} if "CANCELLED" in result else {"INTERFACE"}

    def _options(self, context: Any) -> Any:
        return after_values(settings_of(context.scene)) if self.as_set else None


class IMG3D_OT_copy_error(Operator):
    """An error on the clipboard."""

    bl_idname = "img3d.copy_error"
    bl_label = "Copy Error"
    bl_description = "Copy the whole error text, to paste it into a question"
    bl_options = {"INTERNAL"}

    text: StringProperty(options={"HIDDEN", "SKIP_SAVE"})  # pyright: ignore[reportInvalidTypeForm]

    def execute(self, context: Any) -> set[Any]:
        """Put it on the clipboard, with the versions that a helper asks for."""
        where = f"img3d in Blender {bpy.app.version_string}, {bpy.app.build_platform.decode()}"
        context.window_manager.clipboard = f"{self.text}\n({where})"
        self.report({"INFO"}, "Copied")
        return {"FINISHED"}


CLASSES = (IMG3D_OT_generate, IMG3D_OT_cancel, IMG3D_OT_resume, IMG3D_OT_import_result, IMG3D_OT_copy_error)
_viewers: list[str] = []  # jobs whose modal operator lives, the newest last: it owns the status bar
_pressed: list[float] = []  # when Generate made its last job


def register() -> None:
    """Register the operators."""
    for one in CLASSES:
        bpy.utils.register_class(one)


def unregister() -> None:
    """Undo `register`, in reverse."""
    for one in reversed(CLASSES):
        bpy.utils.unregister_class(one)
    _viewers.clear()
    _pressed.clear()


def _reported(operator: Operator, run: Callable[[], None], *, job: str = "") -> set[Any]:
    """Run, and turn our own errors into reports: a pop-up for users, a `RuntimeError` for scripts."""
    try:
        run()
    except Img3dError as error:
        if job:
            pump.errors[job] = str(error)
        operator.report({"ERROR"}, str(error))
        return {"CANCELLED"}
    return {"FINISHED"}


def _cancel(operator: Operator, job: str) -> set[Any]:
    def run() -> None:
        pump.forget(job)
        if bringing.stop(job):
            operator.report({"INFO"}, "The import was stopped; the result stays in the library")
        else:
            operator.report({"INFO"}, session.engine().cancel(job))
        pump.start()

    return _reported(operator, run)


def _status(context: Any, text: str | None) -> None:
    if context.workspace:
        context.workspace.status_text_set(text)
