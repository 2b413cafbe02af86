# SPDX-License-Identifier: GPL-3.0-or-later
"""The choice of a provider in the sidebar: which can be used, what each is good for, its key and what is left."""

from __future__ import annotations

from typing import Any

from bpy.types import Menu, Panel

from ...core.provider import Provider
from .. import session
from ..asking import answer
from ..balance import balance_words, known_balance
from ..layout import draw_text
from ..orders import provider_of
from ..preferences import account_topic, draw_keys, has_account
from ..properties import settings_of
from ..provider_states import FREE, KEY_MISSING, OFFLINE, READY, is_free, state_of
from ..translations import text
from ..words import capital, known_price

__all__ = ["CLASSES", "draw_provider"]

_WIDE = 20  # units of 20 pixels


class IMG3D_MT_provider(Menu):
    """All providers, those that can be used now first."""

    bl_label = "Provider"
    bl_description = "Where the object is made; the picture is sent there and nowhere else"

    def draw(self, context: Any) -> None:
        """Draw them by their state."""
        layout: Any = self.layout
        settings = settings_of(context.scene)
        by_state = {state: _in_state(state) for state in (READY, FREE, KEY_MISSING, OFFLINE)}
        for state, found in by_state.items():
            if found:
                layout.label(text=state.words, icon=state.icon)
                for provider in found:
                    layout.prop_enum(settings, "provider", provider.name, text=provider.label)
                layout.separator()


class IMG3D_PT_which_provider(Panel):
    """The providers in a table, by what one may need."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "HEADER"
    bl_label = "Which One?"
    bl_description = "Compare the providers by what you need"
    bl_options = {"INSTANCED"}
    bl_ui_units_x = _WIDE + 6

    def draw(self, context: Any) -> None:
        """Draw a row for each provider, which chooses it."""
        layout: Any = self.layout
        settings = settings_of(context.scene)
        split = layout.split(factor=0.42)
        names, rest = split.column(), split.split(factor=0.72)
        facts = rest.row()
        columns = [*(facts.column() for _ in range(4)), rest.column()]
        heads = ("", "Free", "Fast", "Quads", "Texture", "Price")
        for column, head in zip((names, *columns), heads, strict=True):
            column.label(text=head)
        for provider in session.providers().values():
            # not `prop_enum`: outside of menus it does not show which one of large numbers is chosen
            button = names.operator(
                "wm.context_set_enum",
                text=provider.label,
                icon=state_of(provider).icon,
                depress=provider == provider_of(settings),
            )
            button.data_path, button.value = "scene.img3d.provider", provider.name
            _draw_facts(columns, provider)
        layout.separator(type="LINE")
        note = text(
            "Fast: seconds rather than minutes. Quads: made by the service. Texture: its largest side in pixels."
        )
        draw_text(layout, note, context, width=(_WIDE + 4) * 20.0)
        draw_text(layout, text(provider_of(settings).summary), context, icon="INFO", width=(_WIDE + 3) * 20.0)


class IMG3D_PT_account(Panel):
    """The key of the chosen provider, which is kept in the preferences."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "HEADER"
    bl_label = "Account"
    bl_description = "Enter and test the key; it is kept in Blender's preferences and in no .blend file"
    bl_options = {"INSTANCED"}
    bl_ui_units_x = _WIDE

    def draw(self, context: Any) -> None:
        """Draw what the preferences draw of this account."""
        layout: Any = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        provider = provider_of(settings_of(context.scene))
        layout.label(text=text("{provider}: account", provider=provider.label))
        group = [one for one in session.providers().values() if one.vendor == provider.vendor]
        draw_keys(layout, session.preferences(), group, context=context, width=(_WIDE - 2) * 20.0)
        row = layout.row()
        row.operator("preferences.addon_show", text="Open Preferences", icon="PREFERENCES").module = session.PACKAGE


CLASSES = (IMG3D_MT_provider, IMG3D_PT_which_provider, IMG3D_PT_account)


def draw_provider(layout: Any, settings: Any, context: Any) -> None:
    """Draw the menu of providers, how the chosen one stands, and what is left on its account."""
    provider = provider_of(settings)
    column = layout.column(align=True)
    column.use_property_split = False
    row = column.row(align=True)
    row.menu("IMG3D_MT_provider", text=provider.label)
    row.popover("IMG3D_PT_which_provider", text="", icon="QUESTION")
    row = column.row(align=True)
    state = state_of(provider)
    row.label(text=state.words, icon=state.icon)
    if has_account(provider) and session.preferences():
        missing = state is KEY_MISSING
        row.popover("IMG3D_PT_account", text="Enter Key" if missing else "", icon="KEYINGSET" if missing else "USER")
    if provider.has_balance and state is READY:
        _draw_balance(column.row(align=True), provider)
    tested = answer(*account_topic(session.preferences(), provider))
    if tested and tested.failed:
        draw_text(layout, tested.text, context, icon="ERROR")


def _draw_balance(row: Any, provider: Provider) -> None:
    found = known_balance(provider)
    waiting = bool(found and found.waiting)
    if found and found.balance:
        row.label(text=balance_words(found), icon="BLANK1")
    elif found and found.failed:
        row.label(text="Balance could not be read", icon="ERROR")
    else:
        row.label(text="Asking..." if waiting else "Balance on request", icon="BLANK1")
    button = row.row(align=True)
    button.enabled = not waiting
    button.operator("img3d.ask_balance", text="", icon="FILE_REFRESH").provider = provider.name


def _in_state(state: Any) -> list[Provider]:
    return [one for one in session.providers().values() if state_of(one) is state]


def _draw_facts(columns: Any, provider: Provider) -> None:
    for column, yes in zip(columns, (is_free(provider), provider.quick, provider.server_quads), strict=False):
        column.label(text="", icon="CHECKMARK" if yes else "BLANK1")
    columns[3].label(text=str(provider.largest_texture or ""))
    columns[4].label(text=capital(known_price(provider.estimate(None, {}), short=True)))
