# SPDX-License-Identifier: GPL-3.0-or-later
"""The button that takes the image of the Image Editor as the picture."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.types import Operator

from .picture import missing
from .properties import settings_of

__all__ = ["register", "unregister"]


class IMG3D_OT_use_image(Operator):
    """The image at hand becomes the picture."""

    bl_idname = "img3d.use_image"
    bl_label = "Use This Image"
    bl_description = "Take the image of this editor as the picture"
    bl_options = {"UNDO", "INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why there is none to take."""
        reason = missing(_shown(context))
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context: Any) -> set[Any]:
        """Set it."""
        settings_of(context.scene).picture = _shown(context)
        return {"FINISHED"}


register, unregister = bpy.utils.register_classes_factory((IMG3D_OT_use_image,))  # pyright: ignore[reportGeneralTypeIssues]


def _shown(context: Any) -> Any:
    return getattr(context.space_data, "image", None)
