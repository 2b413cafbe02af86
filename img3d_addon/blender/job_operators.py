# SPDX-License-Identifier: GPL-3.0-or-later
"""What the buttons of a job run that concern the job itself: stop it, go on, tell of it, take it out of the list."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, StringProperty
from bpy.types import Operator

from ..core.errors import BadInput, Img3dError
from ..core.jobs.job import JobView
from . import arriving, bringing, job_list, pump, result_previews, session
from .job_list import view_of
from .layout import ICON, draw_text
from .reporting import JOB, reported
from .spending import question
from .translations import text as translated

__all__ = ["cancel", "register", "unregister"]

_WIDTH = 320  # of the question before a job is removed
_STAYS = "The result stays in the library folder"
_TWICE = "If the service took the first request, both are charged."


class IMG3D_OT_cancel(Operator):
    """Stop one job."""

    bl_idname = "img3d.cancel"
    bl_label = "Cancel Job"
    bl_description = "Stop this job; the service may still charge it"
    bl_options = {"INTERNAL"}

    job: StringProperty(**JOB)  # pyright: ignore[reportInvalidTypeForm]

    def execute(self, context: Any) -> set[Any]:
        """Stop it and say what that means for the bill."""
        return cancel(self, self.job)


class IMG3D_OT_stop_waiting(Operator):
    """Leave one job to its service."""

    bl_idname = "img3d.stop_waiting"
    bl_label = "Stop Waiting"
    bl_description = "Let the service go on with this job, which stays charged; Resume fetches the result later"
    bl_options = {"INTERNAL"}

    job: StringProperty(**JOB)  # pyright: ignore[reportInvalidTypeForm]

    def execute(self, context: Any) -> set[Any]:
        """Let go of it."""

        def run() -> None:
            session.engine().stop_waiting(self.job)
            pump.forget(self.job)
            pump.start()
            self.report({"INFO"}, "The service goes on with the job; Resume fetches the result")

        return reported(self, run)


class IMG3D_OT_resume(Operator):
    """Take up one job again."""

    bl_idname = "img3d.resume"
    bl_label = "Resume Job"
    bl_description = "Go on with this job; what was paid is not paid again"
    bl_options = {"INTERNAL"}

    job: StringProperty(**JOB)  # pyright: ignore[reportInvalidTypeForm]
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
            message="\n".join(filter(None, (_TWICE, _price_question(context, self.job)))),
            confirm_text="Submit Again",
        )

    def execute(self, context: Any) -> set[Any]:
        """Go on in the background."""

        def run() -> None:
            session.engine().resume(self.job, again=self.again)
            pump.watch(self.job, context.scene)

        return reported(self, run)


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


class IMG3D_OT_open_folder(Operator):
    """The files of one job."""

    bl_idname = "img3d.open_folder"
    bl_label = "Open Folder"
    bl_description = "Show the files of this job in the system's file browser: picture, settings and result"
    bl_options = {"INTERNAL"}

    job: StringProperty(**JOB)  # pyright: ignore[reportInvalidTypeForm]

    def execute(self, context: Any) -> set[Any]:
        """Open it, if it is there yet."""

        def run() -> None:
            folder = session.engine().folder(self.job)
            if not folder.is_dir():
                raise BadInput("This job has no files yet")
            bpy.ops.wm.path_open(filepath=str(folder))

        return reported(self, run)


class IMG3D_OT_remove_job(Operator):
    """Take one job out of the list."""

    bl_idname = "img3d.remove_job"
    bl_label = "Remove Job"
    bl_description = "Take this job out of the list; its files stay unless you ask for their deletion"
    bl_options = {"INTERNAL"}

    job: StringProperty(**JOB)  # pyright: ignore[reportInvalidTypeForm]
    files: BoolProperty(  # pyright: ignore[reportInvalidTypeForm]
        name="Delete the Files, Too",
        description="Delete picture and result from the disk; what was paid for is gone then",
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: Any, event: Any) -> set[Any]:
        """Ask what becomes of the files."""
        more: dict[str, Any] = {"title": "Remove Job", "confirm_text": "Remove"}
        return context.window_manager.invoke_props_dialog(self, width=_WIDTH, **more)

    def draw(self, context: Any) -> None:
        """Say what is lost, and what is not."""
        layout: Any = self.layout
        view = view_of(self.job)
        name = view.name if view else ""
        layout.label(text=translated("{name} is taken out of the list", name=name), translate=False)
        layout.prop(self, "files")
        if view and (said := _what_is_lost(view, files=self.files)):
            icon = "INFO" if said == _STAYS else "ERROR"
            draw_text(layout, said, context, icon=icon, width=_WIDTH - 3 * ICON)

    def execute(self, context: Any) -> set[Any]:
        """Remove it."""

        def run() -> None:
            session.engine().remove(self.job, files=self.files)
            if self.files:
                result_previews.forget(self.job)
            pump.errors.pop(self.job, None)
            pump.start()

        return reported(self, run)


class IMG3D_OT_refresh_jobs(Operator):
    """Look at the journal again."""

    bl_idname = "img3d.refresh_jobs"
    bl_label = "Refresh Jobs"
    bl_description = "Look again for jobs of other sessions and of the command line"
    bl_options = {"INTERNAL"}

    older: BoolProperty(name="Older", options={"SKIP_SAVE"})  # pyright: ignore[reportInvalidTypeForm]

    @classmethod
    def description(cls, context: Any, properties: Any) -> str:
        """Tell older jobs from the newest."""
        return "Show older jobs, too" if properties.older else cls.bl_description

    def execute(self, context: Any) -> set[Any]:
        """Have a thread read it; the pump shows what was found."""
        job_list.refresh(older=self.older)
        pump.start()
        return {"FINISHED"}


CLASSES = (
    IMG3D_OT_cancel,
    IMG3D_OT_stop_waiting,
    IMG3D_OT_resume,
    IMG3D_OT_copy_error,
    IMG3D_OT_open_folder,
    IMG3D_OT_remove_job,
    IMG3D_OT_refresh_jobs,
)
register, unregister = bpy.utils.register_classes_factory(CLASSES)  # pyright: ignore[reportGeneralTypeIssues]


def cancel(operator: Operator, job: str) -> set[Any]:
    """Stop a job, or the import of its result, and report what that means for the bill."""

    def run() -> None:
        pump.forget(job)
        if bringing.stop(job):
            arriving.forget(job)
            operator.report({"INFO"}, "The import was stopped; the result stays in the library")
        else:
            operator.report({"INFO"}, session.engine().cancel(job))
        pump.start()

    return reported(operator, run)


def _what_is_lost(view: JobView, *, files: bool) -> str:
    if view.state in ("submitting", "uncertain", "remote", "downloading"):
        return "The service may have made the result and charge it; it is not fetched then"
    if view.path is None:
        return ""
    if not files:
        return _STAYS
    if view.cost and view.cost.amount:
        return "The result is deleted and cannot be had again without paying"
    return "The result is deleted"


def _price_question(context: Any, job: str) -> str:
    view = view_of(job)
    provider = session.providers().get(view.provider) if view else None
    try:
        return question(context, [(provider, view.params)]) if view and provider else ""
    except Img3dError as error:  # the journal cannot be read: resuming says the same
        return str(error)
