# SPDX-License-Identifier: GPL-3.0-or-later
"""Repairs of the picture before money is spent: each makes a new, packed picture and chooses it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
from bpy.props import EnumProperty
from bpy.types import Operator

from ...core.errors import Img3dError
from ...core.files.remarks import REPAIRS
from ...core.jobs.control import Control
from .. import session
from ..orders import provider_of
from ..picture import missing, name_of, take
from ..properties import settings_of
from ..translations import text
from . import background, choosing, facts

__all__ = ["CLASSES", "LABELS"]

LABELS = {
    "crop": "Crop to Subject",
    "pad": "Pad",
    "shrink": "Shrink",
    "cut_out": "Make Background Transparent",
}
"""The words on the buttons, by repair."""

_TELLS = {
    "crop": "Make a copy of the picture that is cut to the object, and choose it; the picture itself stays as it is",
    "pad": "Make a square copy of the picture with room around the object, and choose it; "
    "the picture itself stays as it is",
    "shrink": "Make a copy of the picture as this provider would get it, and choose it; "
    "the picture itself stays as it is",
    "cut_out": "Make a copy of the picture with a transparent background, and choose it; "
    "the picture itself stays as it is",
}
_NAMES = {"crop": "{name} cropped", "pad": "{name} padded", "shrink": "{name} small", "cut_out": "{name} cut out"}
_ITEMS = [(name, LABELS[name], _TELLS[name], number) for number, name in enumerate(REPAIRS)]


class IMG3D_OT_repair_picture(Operator):
    """A repaired copy of the picture."""

    bl_idname = "img3d.repair_picture"
    bl_label = "Repair Picture"
    bl_description = "Make a repaired copy of the picture and choose it; the picture itself stays as it is"
    bl_options = {"UNDO", "INTERNAL"}

    repair: EnumProperty(  # pyright: ignore[reportInvalidTypeForm]
        items=_ITEMS, options={"HIDDEN", "SKIP_SAVE"}
    )

    @classmethod
    def description(cls, context: Any, properties: Any) -> str:
        """Say what this repair does."""
        return text(_TELLS[properties.repair])

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say what is missing, if anything is."""
        reason = missing(settings_of(context.scene).picture)
        making = background.under_way(context.scene)
        if not reason and making is not None and not making.done.is_set():
            reason = "A picture is on its way: wait for it, or stop it"
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context: Any) -> set[Any]:
        """Make it and wait for it: for scripts and runs without a window."""
        try:
            choosing.choose(context.scene, background.wait_for(self._work(context), name=self._name(context)))
        except Img3dError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}

    def invoke(self, context: Any, event: Any) -> set[Any]:
        """Have it made in the background; taking it then is the undo step."""
        try:
            work = self._work(context)
        except Img3dError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        background.begin(context.scene, work, words=text("Repairing the picture..."), name=self._name(context))
        return {"INTERFACE"}

    def _name(self, context: Any) -> str:
        return _NAMES[self.repair].format(name=name_of(settings_of(context.scene).picture))

    def _work(self, context: Any) -> Callable[[Control], Path]:
        settings = settings_of(context.scene)
        taken = take(settings.picture, context.scene, session.scratch_folder())
        repair, limits = self.repair, provider_of(settings).image
        target = session.scratch_folder() / f"repaired-{uuid.uuid4().hex[:12]}"

        def mend(control: Control) -> Path:
            from ...providers.offline import looking

            try:
                return looking.mend(taken.file(), repair, target=target, limits=limits, check=control.check)
            finally:
                if taken.own:
                    taken.path.unlink(missing_ok=True)

        return mend


class IMG3D_OT_check_picture(Operator):
    """A new look at the picture."""

    bl_idname = "img3d.check_picture"
    bl_label = "Check Picture"
    bl_description = "Look at the picture again, such as after painting on it or rendering anew; nothing is sent"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say what is missing, if anything is."""
        image = settings_of(context.scene).picture
        reason = missing(image)
        if not reason and not bpy.app.background and facts.wanted(image):
            reason = "The picture is being looked at"
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context: Any) -> set[Any]:
        """Have it looked at."""
        facts.look(settings_of(context.scene).picture, context.scene)
        return {"FINISHED"}


CLASSES = (IMG3D_OT_repair_picture, IMG3D_OT_check_picture)
