# SPDX-License-Identifier: GPL-3.0-or-later
"""What the gallery's own buttons run: its pages, and the results in Blender's Asset Browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.props import IntProperty
from bpy.types import Operator

from ..core.errors import OutputError
from . import bringing, job_list, pump, result_previews, session
from .reporting import reported

__all__ = ["library_of", "register", "unregister"]

NAME = "Image to 3D"


class IMG3D_OT_gallery_page(Operator):
    """Another page of the gallery."""

    bl_idname = "img3d.gallery_page"
    bl_label = "Page"
    bl_description = "Show another page of results"
    bl_options = {"INTERNAL"}

    to: IntProperty(name="Page", options={"HIDDEN", "SKIP_SAVE"})  # pyright: ignore[reportInvalidTypeForm]

    def execute(self, context: Any) -> set[Any]:
        """Turn to it."""
        job_list.jobs_of(context.window_manager).page = max(0, self.to)
        return {"FINISHED"}


class IMG3D_OT_offer_assets(Operator):
    """All results in the Asset Browser."""

    bl_idname = "img3d.offer_assets"
    bl_label = "Offer in the Asset Browser"
    bl_description = "Write all results as assets, to be dragged into any scene from the library Image to 3D"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """It needs results, and the helper process."""
        reason = ""
        if not bringing.usable():
            reason = "The helper process that writes assets cannot be started on this computer"
        elif not any(map(result_previews.has_result, session.engine_views())):
            reason = "There are no results yet"
        elif result_previews.left():
            reason = "The assets are being written"
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context: Any) -> set[Any]:
        """Have them written in the background, and name their folder to Blender."""

        def run() -> None:
            folder = result_previews.asset_folder()
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise OutputError(f"{folder} cannot be made ({error.strerror or error})") from error
            if library_of(folder) is None:
                _add_library(folder)
            count = result_previews.offer(session.engine_views())
            said = f"{count} results are being written" if count else "All results are there"
            self.report({"INFO"}, f"{said}: choose the library {NAME} in the Asset Browser")
            pump.start()

        return reported(self, run)


CLASSES = (IMG3D_OT_gallery_page, IMG3D_OT_offer_assets)
register, unregister = bpy.utils.register_classes_factory(CLASSES)  # pyright: ignore[reportGeneralTypeIssues]


def library_of(folder: Path) -> Any:
    """Return the asset library of the user's preferences that is in this folder, None when there is none."""
    return next((one for one in _libraries() if one.path and Path(bpy.path.abspath(one.path)) == folder), None)


def _add_library(folder: Path) -> None:
    made = _libraries().new(name=NAME, directory=str(folder))
    try:
        made.import_method = "APPEND_REUSE"
    except TypeError:  # newer Blenders always reuse; a linked asset could not be edited
        made.import_method = "APPEND"


def _libraries() -> Any:
    preferences: Any = bpy.context.preferences
    return preferences.filepaths.asset_libraries
