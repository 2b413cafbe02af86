# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets for the settings of each provider, in Blender's own preset system: shipped ones, and the user's own.

They hold what makes a model coarse or fine: no key, which is not in the scene at all, and nothing that belongs to one
picture, such as its mask, a prompt or a seed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bl_operators.presets import AddPresetBase
from bl_ui.utils import PresetPanel
from bpy.types import Operator, Panel

from ..core.params import Param, Text
from ..core.provider import Provider
from ..providers import load
from .orders import provider_of
from .properties import settings_of
from .pump import redraw
from .seeds import is_seed

__all__ = ["FOLDER", "in_presets", "panel_of", "register", "subfolder", "unregister"]

FOLDER = Path(__file__).parent.parent
"""It holds `presets`, as Blender wants it."""

_registered: list[Any] = []


def panel_of(provider: Provider) -> str:
    """Return the name of the panel with a provider's presets."""
    return f"IMG3D_PT_presets_{provider.name}"


def subfolder(provider: Provider) -> str:
    """Return where its presets lie, below each folder of presets."""
    return f"img3d/{provider.name}"


def in_presets(param: Param) -> bool:
    """Whether a preset holds this parameter."""
    return not isinstance(param, Text) and not is_seed(param)


class IMG3D_OT_preset(AddPresetBase, Operator):
    """A preset of the chosen provider is made or removed."""

    bl_idname = "img3d.preset"
    bl_label = "Add Preset"
    bl_description = "Keep the settings of this provider as a preset, or remove one"

    @property
    def preset_menu(self) -> str:
        """Blender asks for the panel that shows them."""
        return panel_of(_chosen())

    @property
    def preset_subdir(self) -> str:
        """Blender asks for the folder."""
        return subfolder(_chosen())

    @property
    def preset_values(self) -> list[str]:
        """Blender asks for what is kept; whole paths, since names of its `preset_defines` are lost in Python 3.13."""
        own = f"bpy.context.scene.img3d.{_chosen().name}"
        return [f"{own}.{param.name}" for param in _chosen().params if in_presets(param)]


class _Presets(PresetPanel):
    """How the presets are shown; a panel for each provider, since Blender keeps its folder in the class."""

    bl_label = "Presets"
    preset_operator = "script.execute_preset"
    preset_add_operator = IMG3D_OT_preset.bl_idname

    @staticmethod
    def post_cb(context: Any, filepath: str) -> None:
        """Make it an undo step, which Blender's own operator is not, and show it."""
        bpy.ops.ed.undo_push(message="Load Preset")
        redraw()


def register() -> None:
    """Register the operator, a panel for each provider, and where the shipped presets are."""
    panels = [
        type(panel_of(provider), (_Presets, Panel), {"preset_subdir": subfolder(provider)})
        for provider in load().values()
    ]
    for one in (IMG3D_OT_preset, *panels):
        bpy.utils.register_class(one)
        _registered.append(one)
    bpy.utils.register_preset_path(str(FOLDER))


def unregister() -> None:
    """Undo `register`, in reverse."""
    bpy.utils.unregister_preset_path(str(FOLDER))
    while _registered:
        bpy.utils.unregister_class(_registered.pop())


def _chosen() -> Provider:
    context: Any = bpy.context
    return provider_of(settings_of(context.scene))
