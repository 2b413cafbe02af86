# SPDX-License-Identifier: GPL-3.0-or-later
"""The small buttons beside the settings: back to the default, and another seed."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import StringProperty
from bpy.types import Operator

from ..core.params import Choice, Param
from .defaults import declared, reset
from .properties import capitals, settings_of
from .pump import redraw
from .seeds import new_seed, show

__all__ = ["register", "unregister"]

_OWN: dict[str, Any] = {"options": {"HIDDEN", "SKIP_SAVE"}}


class _OfSetting:
    """Has the group in `scene.img3d` and the name of the setting there; an empty name stands for all."""

    bl_options = {"UNDO", "INTERNAL"}

    group: StringProperty(**_OWN)  # pyright: ignore[reportInvalidTypeForm]
    setting: StringProperty(**_OWN)  # pyright: ignore[reportInvalidTypeForm]

    def found(self, context: Any) -> tuple[Any, list[Param]]:
        """Return the group and the settings that are meant."""
        return getattr(settings_of(context.scene), self.group), _meant(self)


class IMG3D_OT_reset_setting(_OfSetting, Operator):
    """One setting, or all of them."""

    bl_idname = "img3d.reset_setting"
    bl_label = "Reset to Default"
    bl_description = "Bring all these settings back to their defaults"

    @classmethod
    def description(cls, context: Any, properties: Any) -> str:
        """Say what the default is."""
        if not properties.setting:
            return cls.bl_description
        return "Back to the default: {value}".format(value=", ".join(map(_default_words, _meant(properties))))

    def execute(self, context: Any) -> set[Any]:
        """Reset, as one undo step."""
        reset(*self.found(context))
        redraw()
        return {"FINISHED"}


class IMG3D_OT_new_seed(_OfSetting, Operator):
    """Another seed, which stays."""

    bl_idname = "img3d.new_seed"
    bl_label = "New Seed"
    bl_description = "Take another seed at random, and use it for each job from now on"

    def execute(self, context: Any) -> set[Any]:
        """Draw one."""
        group, params = self.found(context)
        for param in params:
            show(group, param, new_seed(param))
        redraw()
        return {"FINISHED"}


register, unregister = bpy.utils.register_classes_factory(  # pyright: ignore[reportGeneralTypeIssues]
    (IMG3D_OT_reset_setting, IMG3D_OT_new_seed)
)


def _meant(properties: Any) -> list[Param]:
    return [param for param in declared(properties.group) if properties.setting in ("", param.name)]


def _default_words(param: Param) -> str:
    if isinstance(param, Choice):
        return capitals(param.title_of(param.default))
    if isinstance(param.default, bool):
        return "on" if param.default else "off"
    return str(param.default) or "empty"
