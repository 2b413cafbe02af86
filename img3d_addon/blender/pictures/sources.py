# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures that are at hand in Blender: the render, the image of an Image Editor, the image of an empty."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.types import Image, Menu, Operator

from ...core.errors import Img3dError
from .. import session
from ..picture import missing, picture_file
from . import choosing

__all__ = ["CLASSES", "IMG3D_MT_picture_from"]


class _Chooses:
    """Finds an image of the .blend and chooses it."""

    bl_options = {"UNDO", "INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say what is missing, if anything is."""
        image, reason = cls.found(context)
        reason = reason if image is None else missing(image)
        if reason:
            cls.poll_message_set(reason)  # pyright: ignore
        return not reason

    @classmethod
    def found(cls, context: Any) -> tuple[Image | None, str]:
        """Return the image, or why there is none. Reads memory only."""
        raise NotImplementedError

    def execute(self, context: Any) -> set[Any]:
        """Choose it."""
        image, _reason = self.found(context)
        assert image is not None
        choosing.choose(context.scene, image)
        return {"FINISHED"}


class IMG3D_OT_picture_from_render(_Chooses, Operator):
    """The render."""

    bl_idname = "img3d.picture_from_render"
    bl_label = "Render Result"
    bl_description = "Use a copy of the newest render, as it looks with the view transform of the scene"

    @classmethod
    def found(cls, context: Any) -> tuple[Image | None, str]:
        """Return what renders go into; whether there is one, Blender tells only who saves it."""
        image = bpy.data.images.get("Render Result")
        return image, "" if image else "There is no render yet: render an image first"

    def execute(self, context: Any) -> set[Any]:
        """Choose a copy of it: that can be seen, and the next render changes nothing."""
        image, _reason = self.found(context)
        try:
            path = picture_file(image, context.scene, session.scratch_folder())
            copy = choosing.adopt(path, f"{context.scene.name} render")
        except Img3dError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        path.unlink(missing_ok=True)
        choosing.choose(context.scene, copy)
        return {"FINISHED"}


class IMG3D_OT_picture_from_editor(_Chooses, Operator):
    """The image of the Image Editor."""

    bl_idname = "img3d.picture_from_editor"
    bl_label = "Image Editor"
    bl_description = "Use the image that the Image Editor shows"

    @classmethod
    def found(cls, context: Any) -> tuple[Image | None, str]:
        """Return the image of this Image Editor, else of the largest one that shows any."""
        if context.area is not None and context.area.type == "IMAGE_EDITOR" and context.space_data.image:
            return context.space_data.image, ""
        areas = [area for window in context.window_manager.windows for area in window.screen.areas]
        shown = [area for area in areas if area.type == "IMAGE_EDITOR" and area.spaces.active.image]
        if not shown:
            return None, "No Image Editor shows an image: open one first"
        return max(shown, key=lambda area: area.width * area.height).spaces.active.image, ""


class IMG3D_OT_picture_from_empty(_Chooses, Operator):
    """The image of an empty."""

    bl_idname = "img3d.picture_from_empty"
    bl_label = "Reference Image"
    bl_description = "Use the image of the active object, an empty of the kind Image"

    @classmethod
    def found(cls, context: Any) -> tuple[Image | None, str]:
        """Return the image of the active empty."""
        item = context.view_layer.objects.active
        if item is None or item.type != "EMPTY" or item.empty_display_type != "IMAGE":
            return None, "The active object is no image empty: select a reference image"
        if item.data is None:
            return None, f"{item.name} has no image: give it one"
        return item.data, ""


class IMG3D_MT_picture_from(Menu):
    """Where a picture can be taken from."""

    bl_idname = "IMG3D_MT_picture_from"
    bl_label = "Picture From"

    def draw(self, context: Any) -> None:
        """Draw what comes from outside, then what is in Blender."""
        layout: Any = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        layout.operator("img3d.open_pictures", text="Files...", icon="FILE_FOLDER")
        layout.operator("img3d.paste_picture", icon="PASTEDOWN")
        layout.separator()
        layout.operator("img3d.picture_from_viewport", icon="VIEW3D")
        layout.operator("img3d.picture_from_render", icon="RENDER_RESULT")
        layout.operator("img3d.picture_from_editor", icon="IMAGE")
        layout.operator("img3d.picture_from_empty", icon="OUTLINER_OB_IMAGE")


CLASSES = (
    IMG3D_OT_picture_from_render,
    IMG3D_OT_picture_from_editor,
    IMG3D_OT_picture_from_empty,
    IMG3D_MT_picture_from,
)
