# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring textures that an import has shrunk back in full, from the file in the library."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import bpy
from bpy.types import Image, Object, Operator

from ..core.errors import BadInput, Img3dError
from . import session

__all__ = ["FULL", "LIMITED", "full_textures", "has_small_textures", "register", "unregister"]

FULL = "img3d_full"
"""Custom property of a shrunk image: SHA-256 of the file that was delivered."""

LIMITED = "img3d_texture_limit"
"""Custom property of an object whose textures were shrunk: the side in pixels."""


def has_small_textures(item: Object | None) -> bool:
    """Whether the object came with smaller textures than were delivered; what a panel may ask while it draws."""
    return item is not None and LIMITED in item


def full_textures(*objects: Object) -> int:
    """Bring the delivered textures of the objects back and return how many; all objects that use them see them.

    They come from the job's file in the library; nothing is sent or paid. `Img3dError` when they are not there.
    """
    from .importing.used import images_of

    found = 0
    for item in objects:
        small = [image for image in images_of([item]) if FULL in image]
        found += _bring_back(item, small) if small else 0
        item.pop(LIMITED, None)
    if not found:
        names = ", ".join(item.name for item in objects) or "Nothing"
        raise BadInput(f"{names} has no textures that an import has shrunk")
    return found


def _bring_back(item: Object, small: list[Image]) -> int:
    from ..core.files.inside import pictures_inside
    from ..core.files.sniff import kind_of
    from .importing.textures import bring_back

    wanted: dict[str, list[Image]] = {}
    for image in small:
        wanted.setdefault(image[FULL], []).append(image)
    job = session.engine().job(str(item.get("img3d_job", "")))
    if job.path is not None and job.path.is_file():
        for data in pictures_inside(job.path, kind_of(job.path)):
            for image in wanted.pop(hashlib.sha256(data).hexdigest(), ()):
                bring_back(image, data)
            if not wanted:
                return len(small)
    missing = ", ".join(image.name for images in wanted.values() for image in images)
    raise BadInput(
        f"The full textures of {item.name} are not in the library: {missing}",
        advice="Import the result again without a texture limit, or resume its job to fetch it anew.",
    )


class IMG3D_OT_full_textures(Operator):
    """The textures as they were delivered."""

    bl_idname = "img3d.full_textures"
    bl_label = "Full Size Textures"
    bl_description = "Bring the textures of selected results back as they were delivered, from the library on this disk"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say what is missing, if anything is."""
        if _chosen(context):
            return True
        cls.poll_message_set("Select an object that was imported with a texture limit")
        return False

    def execute(self, context: Any) -> set[Any]:
        """Bring them back and say how many."""
        try:
            count = full_textures(*_chosen(context))
        except Img3dError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, f"{count} texture{'s' if count > 1 else ''} in full size")
        return {"FINISHED"}


def _chosen(context: Any) -> list[Object]:
    chosen: Iterable[Any] = {*context.selected_objects, context.active_object}
    return [item for item in chosen if has_small_textures(item)]


CLASSES = (IMG3D_OT_full_textures,)
register, unregister = bpy.utils.register_classes_factory(CLASSES)  # pyright: ignore[reportGeneralTypeIssues]
