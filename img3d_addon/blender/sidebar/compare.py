# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison of providers in the sidebar: ticks with state and price, and the one button."""

from __future__ import annotations

from typing import Any

from bpy.types import Panel

from ...core.errors import BadInput
from ...core.provider import Provider
from .. import comparing, session, spending
from ..compare_operators import reason_against, ticked, ticks_of
from ..layout import draw_text
from ..provider_states import KEY_MISSING, OFFLINE, state_of
from ..translations import text as translated
from ..words import capital
from .tab import ViewTab

__all__ = ["CLASSES"]


class IMG3D_PT_compare(ViewTab, Panel):
    """The same picture at several providers."""

    bl_label = "Compare Providers"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw from memory."""
        layout: Any = self.layout
        ticks = ticks_of(context.window_manager)
        column = layout.column(align=True)
        for name, provider in session.providers().items():
            row = column.split(factor=0.62, align=True)
            row.prop(ticks, name)
            _draw_state(row, provider, context)
        chosen = ticked(context)
        if reason := reason_against(context):
            draw_text(layout, translated(reason), context, icon="INFO")
        else:
            draw_text(layout, translated("In all: {price}", price=_price(context, chosen)), context)
        row = layout.row()
        row.scale_y = 1.3
        text = translated("Compare {count} Providers", count=len(chosen)) if chosen else ""
        row.operator("img3d.compare", icon="MOD_ARRAY", **({"text": text, "translate": False} if text else {}))


CLASSES = (IMG3D_PT_compare,)


def _draw_state(layout: Any, provider: Provider, context: Any) -> None:
    """Draw what keeps it from being used, else its price."""
    state = state_of(provider)
    if state in (KEY_MISSING, OFFLINE):
        layout.label(text=state.words, icon=state.icon)
        return
    layout.label(text=capital(_price(context, [provider], short=True)), translate=False)


def _price(context: Any, providers: list[Provider], *, short: bool = False) -> str:
    try:
        found = spending.price_words(context, comparing.planned(context.scene, providers))
    except BadInput:
        return "settings?"
    return "?" if short and "unknown" in found else found
