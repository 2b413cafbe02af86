# SPDX-License-Identifier: GPL-3.0-or-later
"""Quad Remesh for the active object, and the button that stops it."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty
from bpy.types import Operator

from ..core.errors import Img3dError
from ..core.helper.helper import NoHelper
from . import bringing, pump, remeshing
from .helper.starting import remember_refusal

__all__ = ["register", "unregister"]

_SIDES = (
    ("0", "As the Original", "A size that suits the textures of the object and the number of faces", 0),
    *((str(side), f"{side} px", f"Textures of {side} x {side} pixels", side) for side in (1024, 2048, 4096)),
)


class IMG3D_OT_quad_remesh(Operator):
    """Quads with the texture kept, for any mesh."""

    bl_idname = "img3d.quad_remesh"
    bl_label = "Quad Remesh"
    bl_description = "Rebuild the active object as quads with its textures kept, in the background"
    bl_options = {"UNDO"}

    faces: IntProperty(  # pyright: ignore[reportInvalidTypeForm]
        name="Faces", default=5000, min=8, max=100_000, soft_min=500, soft_max=20_000, description="Number of quads"
    )
    texture: EnumProperty(  # pyright: ignore[reportInvalidTypeForm]
        name="Textures", items=_SIDES, default="0", description="Side of the textures that are baked"
    )
    keep_original: BoolProperty(  # pyright: ignore[reportInvalidTypeForm]
        name="Keep Original", default=True, description="Keep the object as it is, hidden, beside its quads"
    )
    uid: IntProperty(options={"HIDDEN", "SKIP_SAVE"})  # pyright: ignore[reportInvalidTypeForm]

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say what is missing, if anything is."""
        if remeshing.done():
            return True
        if reason := remeshing.check(context.active_object):
            cls.poll_message_set(reason)
        return not reason

    def invoke(self, context: Any, event: Any) -> set[Any]:
        """Ask for the number of faces."""
        return context.window_manager.invoke_props_dialog(self, confirm_text="Remesh")

    def draw(self, context: Any) -> None:
        """Draw the settings."""
        layout: Any = self.layout
        layout.use_property_split = True
        for name in ("faces", "texture", "keep_original"):
            layout.prop(self, name)

    def execute(self, context: Any) -> set[Any]:
        """Begin in the background where there is a window, else wait; with `uid`, bring in what is done."""
        try:
            if self.uid:
                return self._told(remeshing.finish(context, self.uid))
            if bringing.usable():
                remeshing.begin(context.active_object, self._settings())
                pump.start()
                return {"CANCELLED"}  # nothing has changed yet: no undo step
            return self._told(remeshing.remesh(context, context.active_object, self._settings()))
        except NoHelper as error:
            remember_refusal(str(error))
            self.report({"ERROR"}, "No second Blender can be started here. Press again: this one will pause meanwhile.")
        except Img3dError as error:
            self.report({"ERROR"}, str(error))
        return {"CANCELLED"}

    def _settings(self) -> Any:
        from .quads import QuadSettings

        return QuadSettings(faces=self.faces, texture=int(self.texture), keep_original=self.keep_original, compare=True)

    def _told(self, made: Any) -> set[Any]:
        self.report({"INFO"}, f"{made.name}: {len(made.data.polygons):,} faces")
        return {"FINISHED"}


class IMG3D_OT_stop_quads(Operator):
    """Stop a quad remesh."""

    bl_idname = "img3d.stop_quads"
    bl_label = "Stop"
    bl_description = "Stop this quad remesh; the object stays as it is"
    bl_options = {"INTERNAL"}

    uid: IntProperty(options={"HIDDEN", "SKIP_SAVE"})  # pyright: ignore[reportInvalidTypeForm]

    def execute(self, context: Any) -> set[Any]:
        """Kill the helper's work."""
        remeshing.stop(self.uid)
        return {"FINISHED"}


CLASSES = (IMG3D_OT_quad_remesh, IMG3D_OT_stop_quads)
register, _unregister = bpy.utils.register_classes_factory(CLASSES)  # pyright: ignore[reportGeneralTypeIssues]


def unregister() -> None:
    """Undo `register`, and forget what was under way."""
    _unregister()
    remeshing.clear()
