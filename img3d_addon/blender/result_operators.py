# SPDX-License-Identifier: GPL-3.0-or-later
"""What the buttons of a job run that concern its result in the scene."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, StringProperty
from bpy.types import Operator

from ..core.errors import Img3dError
from . import arriving, bringing, pump, session
from .places import show_in_local_views
from .properties import after_values, settings_of
from .reporting import JOB, reported

__all__ = ["register", "unregister"]


class IMG3D_OT_import_result(Operator):
    """The result of one job, as one undo step."""

    bl_idname = "img3d.import_result"
    bl_label = "Import Result"
    bl_description = "Put the object of this job into the scene; costs nothing"
    bl_options = {"UNDO", "INTERNAL"}

    job: StringProperty(**JOB)  # pyright: ignore[reportInvalidTypeForm]
    as_set: BoolProperty(  # pyright: ignore[reportInvalidTypeForm]
        name="With the Settings of the Sidebar", options={"SKIP_SAVE"}
    )

    def execute(self, context: Any) -> set[Any]:
        """Import, finish, and note it in the journal."""

        def run() -> None:
            made = bringing.finished(context, self.job, options=self._options(context))
            arriving.settle(context, self.job, made)
            pump.errors.pop(self.job, None)
            show_in_local_views(context.view_layer.id_data, made.objects)
            self.report({"INFO"}, f"{made.root.name}: {made.faces:,} faces")
            for note in made.notes:
                self.report({"WARNING"}, note)
            try:
                session.engine().mark_imported(self.job)
            except Img3dError as error:  # the object is there all the same
                self.report({"WARNING"}, str(error))

        result = reported(self, run, job=self.job)
        arriving.forget(self.job)
        return result

    def invoke(self, context: Any, event: Any) -> set[Any]:
        """Have the helper process make it ready; the pump runs `execute` then, which makes the undo step."""

        def run() -> None:
            bringing.begin(self.job, context.scene, options=self._options(context))
            pump.errors.pop(self.job, None)
            pump.start()

        if not bringing.usable():
            return self.execute(context)
        result = reported(self, run, job=self.job)
        return {"CANCELLED"} if "CANCELLED" in result else {"INTERFACE"}

    def _options(self, context: Any) -> Any:
        found = after_values(settings_of(context.scene)) if self.as_set else None
        return {**found, "location": "cursor"} if found and arriving.is_dropped(self.job) else found


class IMG3D_OT_select_objects(Operator):
    """The objects of one job."""

    bl_idname = "img3d.select_objects"
    bl_label = "Select Objects"
    bl_description = "Select the objects that were made by this job, in the scene that has them"
    bl_options = {"UNDO", "INTERNAL"}

    job: StringProperty(**JOB)  # pyright: ignore[reportInvalidTypeForm]

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Selecting is for Object Mode."""
        free = context.mode == "OBJECT"
        if not free:
            cls.poll_message_set("Go back to Object Mode first")
        return free

    def execute(self, context: Any) -> set[Any]:
        """Look in this scene first, then go to another one."""
        scene = _scene_with(context.scene, self.job)
        if scene is None:
            self.report({"WARNING"}, "No object of this job is in this file: import the result again")
            return {"CANCELLED"}
        if scene != context.scene and context.window:
            context.window.scene = scene
            self.report({"INFO"}, f"They are in the scene {scene.name}")
        layer = context.window.view_layer if context.window else context.view_layer
        chosen, hidden = _select(layer, self.job)
        if hidden:
            self.report({"WARNING"}, f"{hidden} of {chosen + hidden} objects are hidden and were not selected")
        return {"FINISHED"}


CLASSES = (IMG3D_OT_import_result, IMG3D_OT_select_objects)
register, unregister = bpy.utils.register_classes_factory(CLASSES)  # pyright: ignore[reportGeneralTypeIssues]


def _scene_with(first: Any, job: str) -> Any:
    scenes = [first, *(scene for scene in bpy.data.scenes if scene != first)]
    return next((scene for scene in scenes if any(item.get("img3d_job") == job for item in scene.objects)), None)


def _select(layer: Any, job: str) -> tuple[int, int]:
    """Select what can be seen of the job and nothing else; return how many that are, and how many are hidden."""
    mine = [item for item in layer.id_data.objects if item.get("img3d_job") == job]
    seen = [item for item in mine if item.visible_get(view_layer=layer)]
    for item in layer.objects:
        item.select_set(item in seen, view_layer=layer)
    if seen:
        layer.objects.active = next((item for item in seen if item.parent not in seen), seen[0])
    return len(seen), len(mine) - len(seen)
