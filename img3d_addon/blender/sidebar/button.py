# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in the way of a job, its price, and the main button."""

from __future__ import annotations

from typing import Any

import bpy

from ...core.values import Price
from ..layout import draw_text
from ..orders import KEY, ONLINE, PACKAGE, PARAM, asked_price, blocked, price_of, provider_of
from ..translations import text
from ..words import known_price

__all__ = ["draw_button"]


def draw_button(layout: Any, settings: Any, context: Any) -> None:
    """Draw what is missing with the way out, the price, and Generate."""
    kind, reason = blocked(settings)
    if kind in (ONLINE, KEY):
        column = layout.column(align=True)
        draw_text(column, reason, context, icon="INFO")
        if kind == KEY:
            column.popover("IMG3D_PT_account", text="Enter Key", icon="KEYINGSET")
        elif not bpy.app.online_access_override:
            column.operator("extensions.userpref_allow_online", text="Allow Online Access", icon="INTERNET")
    elif kind in (PACKAGE, PARAM):
        draw_text(layout, reason, context, icon="ERROR")
    price = price_of(settings)
    _draw_price(layout, settings, price, context, can_ask=kind not in (ONLINE, KEY, PACKAGE, PARAM))
    row = layout.row()
    row.scale_y = 1.5
    row.operator("img3d.generate", text=_label(price), translate=False, icon="MESH_MONKEY")


def _label(price: Price | None) -> str:
    if price is None:
        return text("Generate")
    if not price.amount:
        return text("Generate  (Free)")
    return text("Generate  ({price})", price=known_price(price, short=True))


def _draw_price(layout: Any, settings: Any, price: Price | None, context: Any, *, can_ask: bool) -> None:
    """Say what is to be said of the price beyond what stands on the button."""
    if price is not None:
        if price.amount and price.note:
            draw_text(layout, f"Price: {price}, {price.note}", context)
        return
    if not provider_of(settings).has_estimate:
        layout.label(text="Price not known beforehand")
        return
    asked = asked_price(settings)
    row = layout.row()
    row.use_property_split = False
    row.label(text="Asking..." if asked and asked.waiting else "Price on request")
    button = row.row()
    button.enabled = can_ask and not (asked and asked.waiting)
    button.operator("img3d.ask_price")
    if asked and asked.text:
        draw_text(layout, asked.text, context, icon="ERROR" if asked.failed else "INFO")
