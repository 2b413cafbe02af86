# SPDX-License-Identifier: GPL-3.0-or-later
"""The button that sends one picture to several providers, and the ticks that choose them."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, PointerProperty
from bpy.types import Operator, PropertyGroup, WindowManager

from ..core.provider import Provider
from . import comparing, pressing, pump, session, spending
from .picture import missing
from .properties import settings_of
from .provider_states import KEY_MISSING, OFFLINE, state_of
from .reporting import reported
from .translations import text as translated

__all__ = ["reason_against", "register", "ticked", "ticks_of", "unregister"]


class IMG3D_OT_compare(Operator):
    """One picture at several providers."""

    bl_idname = "img3d.compare"
    bl_label = "Compare"
    bl_description = "Send the picture to all ticked providers, and put their objects side by side"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say what is missing, if anything is."""
        if reason := reason_against(context):
            cls.poll_message_set(reason)
        return not reason

    def invoke(self, context: Any, event: Any) -> set[Any]:
        """Ask once for the total, by the rule of all buttons."""
        if pressing.is_second("compare"):
            self.report({"INFO"}, "Pressed twice, the jobs are made once: press again for others")
            return {"CANCELLED"}
        asked: list[str] = []

        def run() -> None:
            asked.append(spending.question(context, comparing.planned(context.scene, ticked(context))))

        if "CANCELLED" in reported(self, run):
            return {"CANCELLED"}
        if not asked[0]:
            return self.execute(context)
        return context.window_manager.invoke_confirm(
            self, event, title="Compare these providers?", message=asked[0], confirm_text="Compare"
        )

    def execute(self, context: Any) -> set[Any]:
        """Start the jobs; the pump imports their results."""

        def run() -> None:
            jobs = comparing.start(context.scene, ticked(context))
            pressing.note("compare")
            for job in jobs:
                pump.watch(job, context.scene)
            self.report({"INFO"}, translated("{count} jobs started", count=len(jobs)))

        return reported(self, run)


_registered: list[type] = []


def ticks_of(manager: Any) -> Any:
    """Return the ticks, one for each provider."""
    return manager.img3d_compare


def ticked(context: Any) -> list[Provider]:
    """Return the ticked providers."""
    ticks = ticks_of(context.window_manager)
    return [provider for name, provider in session.providers().items() if getattr(ticks, name)]


def reason_against(context: Any) -> str:
    """Say what stands in the way of comparing, or return an empty text; fit for `draw`."""
    if reason := missing(settings_of(context.scene).picture):
        return reason
    chosen = ticked(context)
    for provider in chosen:
        state = state_of(provider)
        if state in (KEY_MISSING, OFFLINE):
            return f"{provider.label}: {state.words}"
    return "" if len(chosen) > 1 else "Tick at least two providers"


def register() -> None:
    """Register the operator and the ticks."""
    words = "Send the picture to this provider, with the settings that it has in the sidebar"
    ticks: dict[str, Any] = {
        name: BoolProperty(name=provider.label.partition(" (")[0], description=words)
        for name, provider in session.providers().items()
    }
    group = type("IMG3D_PG_compare", (PropertyGroup,), {"__annotations__": ticks})
    for one in (group, IMG3D_OT_compare):
        bpy.utils.register_class(one)
        _registered.append(one)
    WindowManager.img3d_compare = PointerProperty(type=group)  # pyright: ignore[reportAttributeAccessIssue]


def unregister() -> None:
    """Undo `register`."""
    del WindowManager.img3d_compare  # pyright: ignore[reportAttributeAccessIssue]
    while _registered:
        bpy.utils.unregister_class(_registered.pop())
