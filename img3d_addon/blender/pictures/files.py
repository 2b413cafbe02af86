# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures from the file browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bpy.props import BoolProperty, CollectionProperty, EnumProperty, StringProperty
from bpy.types import Operator, OperatorFileListElement
from bpy_extras.io_utils import ImportHelper

from ...core.errors import Img3dError
from . import choosing, several

__all__ = ["CLASSES", "OneOrMore"]

_THUMBNAILS = [  # the numbers are Blender's own for the display of a file browser
    ("DEFAULT", "Default", "", 0),
    ("THUMBNAIL", "Thumbnails", "", 3),
]
_HIDDEN: dict[str, Any] = {"options": {"HIDDEN", "SKIP_SAVE"}}


class OneOrMore:
    """Mixed into operators that get `directory` and `files`: one becomes the picture, several become jobs."""

    directory: StringProperty(subtype="DIR_PATH", **_HIDDEN)  # pyright: ignore[reportInvalidTypeForm]
    files: CollectionProperty(type=OperatorFileListElement, **_HIDDEN)  # pyright: ignore[reportInvalidTypeForm]

    def paths(self) -> list[Path]:
        """Return the files, in their order, each once."""
        folder = Path(self.directory)
        return list(dict.fromkeys(folder / one.name for one in self.files if one.name))

    def take(self, context: Any) -> set[Any]:
        """Choose the one picture, or ask about several."""
        paths = self.paths()
        if len(paths) > 1:
            return several.ask(paths)
        try:
            image = choosing.load(paths[0]) if paths else None
        except Img3dError as error:
            self.report({"ERROR"}, str(error))  # pyright: ignore
            return {"CANCELLED"}
        if image is None:
            return {"CANCELLED"}
        choosing.choose(context.scene, image)
        return {"FINISHED"}


class IMG3D_OT_open_pictures(OneOrMore, ImportHelper, Operator):
    """The file browser, for pictures."""

    bl_idname = "img3d.open_pictures"
    bl_label = "Open Picture"
    bl_description = "Choose a picture file; of several files, each can be made a job of its own"
    bl_options = {"UNDO", "INTERNAL"}

    filter_image: BoolProperty(default=True, **_HIDDEN)  # pyright: ignore[reportInvalidTypeForm]
    filter_folder: BoolProperty(default=True, **_HIDDEN)  # pyright: ignore[reportInvalidTypeForm]
    display_type: EnumProperty(  # pyright: ignore[reportInvalidTypeForm]
        items=_THUMBNAILS, default="THUMBNAIL", **_HIDDEN
    )

    def paths(self) -> list[Path]:
        """Return the files; a script may give `filepath` alone."""
        alone: str = self.filepath  # pyright: ignore[reportAttributeAccessIssue]
        return super().paths() or ([Path(alone)] if alone else [])

    def execute(self, context: Any) -> set[Any]:
        """Take what was chosen."""
        return self.take(context)


CLASSES = (IMG3D_OT_open_pictures,)
