# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's preferences: keys and settings of accounts, base URLs, library folder, and whether each can be used."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty
from bpy.types import AddonPreferences, Context, UILayout

from ..core.params import Choice, Secret, Text
from ..core.provider import Provider
from ..providers import load
from . import asking
from .layout import draw_text
from .properties import capitals, enum_items, settings_of
from .session import PACKAGE, home, offline_advice, providers
from .spending import own_units
from .spending_preferences import draw_limits, draw_spending, spending_properties

__all__ = ["account_topic", "base_urls", "draw_keys", "has_account", "key_state", "keys", "register", "unregister"]

AS_DECLARED = "-"
"""The choice that leaves a setting to the environment variable, else to the declared default."""

_registered: list[type[AddonPreferences]] = []


def keys(own: Any) -> dict[str, str]:
    """Return the account items of the preferences by environment-variable name, what is not set left out."""
    found = {item.env: getattr(own, item.env.lower(), "").strip() for item in _items(providers().values())}
    return {variable: value for variable, value in found.items() if value and value != AS_DECLARED}


def base_urls(own: Any) -> dict[str, str]:
    """Return the base URLs in the preferences by vendor word, the empty ones left out."""
    found = {vendor: getattr(own, f"{vendor.lower()}_url", "").strip() for vendor in _vendors(providers())}
    return {vendor: url for vendor, url in found.items() if url}


def has_account(provider: Provider) -> bool:
    """Whether the preferences have something of this provider."""
    return bool(provider.vendor)


def key_state(own: Any, provider: Provider) -> str:
    """Say where the keys of a provider come from: "preferences", "environment", "missing" or "none needed"."""
    states: set[str] = set()
    for secret in provider.account:
        if not isinstance(secret, Secret):
            continue
        if getattr(own, secret.env.lower(), "").strip():
            states.add("preferences")
        else:
            states.add("environment" if os.environ.get(secret.env, "").strip() else "missing")
    for state in ("missing", "environment", "preferences"):
        if state in states:
            return state
    return "none needed"


def account_topic(own: Any, provider: Provider) -> tuple[str, int]:
    """Return the topic of questions about an account, and a number that changes with its values and its address."""
    found = [getattr(own, item.env.lower(), "") or os.environ.get(item.env, "") for item in provider.account]
    variable = f"IMG3D_{provider.vendor}_URL"
    address = getattr(own, f"{provider.vendor.lower()}_url", "") or os.environ.get(variable, "")
    return f"account {provider.vendor}", hash((*found, address))


class Preferences:
    """How the preferences are drawn; the properties follow from the providers' accounts."""

    bl_idname = PACKAGE

    def draw(self, context: Context) -> None:
        """Draw; reads memory only."""
        layout: UILayout = self.layout  # pyright: ignore[reportAttributeAccessIssue]
        layout.use_property_split = True
        layout.use_property_decorate = False
        _draw_online(layout)
        draw_spending(layout.column(), self)
        scene: Any = context.scene
        chosen = settings_of(scene).provider
        groups = _by_vendor(providers())
        for group in sorted(groups, key=lambda group: not _is_in(group, chosen)):
            _draw_vendor(layout.box(), self, group, context=context, chosen=_is_in(group, chosen))
        column = layout.column()
        column.prop(self, "library")
        column.prop(self, "popup")
        text = f"Jobs and results are kept in {home()}, also when the add-on is removed"
        draw_text(column, text, context, icon="FILE_FOLDER")


def register() -> None:
    """Register the preferences with a property for each account item and base URL."""
    found = load()
    own: dict[str, Any] = {
        "library": StringProperty(
            name="Library Folder",
            description="Folder of jobs and results; takes effect when Blender starts again. Empty: the user's folder",
            subtype="DIR_PATH",
        ),
        "popup": BoolProperty(
            name="Pop-Up at the End of a Job",
            description="When a job ends while the tab is not in view, show so at the mouse, too",
        ),
        **spending_properties(found.values()),
    }
    for item in _items(found.values()):
        own[item.env.lower()] = _property(item)
    for vendor, address in _vendors(found).items():
        own[f"{vendor.lower()}_url"] = StringProperty(
            name="Base URL",
            description=f"For a proxy, a regional or your own endpoint. Empty: {address}",
        )
        own[f"{vendor.lower()}_open"] = BoolProperty(
            name="Show Account", description="Show or hide this account", options={"SKIP_SAVE"}
        )
    made = type("IMG3D_AP_preferences", (Preferences, AddonPreferences), {"__annotations__": own})
    bpy.utils.register_class(made)
    _registered.append(made)


def unregister() -> None:
    """Undo `register`."""
    while _registered:
        bpy.utils.unregister_class(_registered.pop())


def _items(found: Iterable[Provider]) -> list[Secret | Text | Choice]:
    """Return the account items to be shown, once each; advanced ones come from the environment only."""
    shown = {item.env: item for provider in found for item in provider.account if not item.advanced}
    return list(shown.values())


def _property(item: Secret | Text | Choice) -> Any:
    name = capitals(item.title)
    if isinstance(item, Secret):
        text = f"Kept in Blender's preferences only. Used before the environment variable {item.env}"
        return StringProperty(name=name, description=text, subtype="PASSWORD")
    text = f"{item.help.rstrip('.')}. Used before the environment variable {item.env}".lstrip(". ")
    if isinstance(item, Choice):
        declared = (AS_DECLARED, f"Default ({item.title_of(item.default)})", f"Or what {item.env} says")
        choices = [(str(choice), capitals(item.title_of(choice)), "") for choice in item.choices]
        return EnumProperty(name=name, description=text, items=enum_items([declared, *choices]), default=AS_DECLARED)
    return StringProperty(name=name, description=text, maxlen=item.max_length * 4)


def _vendors(found: Mapping[str, Provider]) -> dict[str, str]:
    return {provider.vendor: provider.base_url for provider in found.values() if provider.vendor}


def _by_vendor(found: Mapping[str, Provider]) -> list[list[Provider]]:
    """Group the providers that share a vendor's account."""
    groups: dict[str, list[Provider]] = {}
    for provider in found.values():
        if provider.vendor:
            groups.setdefault(provider.vendor, []).append(provider)
    return list(groups.values())


def _draw_online(layout: UILayout) -> None:
    if bpy.app.online_access:
        return
    box = layout.box()
    box.label(text="Online access is off: only the offline provider works", icon="INTERNET_OFFLINE")
    if bpy.app.online_access_override:
        box.label(text=offline_advice())
    else:
        box.operator("extensions.userpref_allow_online", text="Allow Online Access", icon="CHECKMARK")


_STATE_WORDS: dict[str, tuple[str, Any]] = {
    "preferences": ("Key set here", "CHECKMARK"),
    "environment": ("Key found in the environment", "CHECKMARK"),
    "missing": ("Key missing", "KEYINGSET"),
    "none needed": ("No key needed", "CHECKMARK"),
}


def _is_in(group: Iterable[Provider], name: str) -> bool:
    return any(provider.name == name for provider in group)


def _draw_vendor(layout: UILayout, own: Any, group: list[Provider], *, context: Context, chosen: bool) -> None:
    """Draw one vendor: a line with its state and, when it is open or `chosen` in the sidebar, its account."""
    provider = group[0]
    state = key_state(own, provider)
    shown = _draw_head(layout, own, group, state=state, chosen=chosen)
    answer = asking.answer(*account_topic(own, provider))
    if shown:
        draw_keys(layout, own, group, context=context)
        layout.prop(own, f"{provider.vendor.lower()}_url", placeholder=provider.base_url)
        for vendor, unit in own_units(group).items():
            draw_limits(layout, own, word=f"{vendor.lower()}_", unit=unit)
    elif answer and answer.text:
        _draw_answer(layout, answer, context)


def draw_keys(layout: Any, own: Any, group: list[Provider], *, context: Context, width: float = 0.0) -> None:
    """Draw the keys of a vendor and their buttons; with a `width` in pixels for a popover, drawn only once."""
    answer = asking.answer(*account_topic(own, group[0]))
    for item in _items(group):
        layout.prop(own, item.env.lower(), placeholder=f"or in {item.env}")
    asked = next((one for one in group if one.has_balance), group[0])
    usable = key_state(own, group[0]) != "missing"
    _draw_buttons(layout.row(), asked, usable=usable, waiting=bool(answer and answer.waiting) and not width)
    if answer and answer.text:
        _draw_answer(layout, answer, context, width=width)


def _draw_answer(layout: Any, answer: asking.Answer, context: Context, *, width: float = 0.0) -> None:
    draw_text(layout, answer.text, context, icon="ERROR" if answer.failed else "INFO", width=width)


def _draw_head(layout: UILayout, own: Any, group: list[Provider], *, state: str, chosen: bool) -> bool:
    """Draw the line of a vendor, which opens and closes the rest; return whether it is open."""
    title = _title(group)
    switch = f"{group[0].vendor.lower()}_open"
    shown = chosen or getattr(own, switch)
    split = layout.split(factor=0.65)
    row = split.row()
    row.use_property_split = False
    row.alignment = "LEFT"
    icon: Any = "DOWNARROW_HLT" if shown else "RIGHTARROW"
    if chosen:
        row.label(text=title, icon=icon)
    else:
        row.prop(own, switch, text=title, icon=icon, emboss=False)
    text, icon = _STATE_WORDS[state]
    split.label(text=text, icon=icon)
    return shown


def _title(group: list[Provider]) -> str:
    """Name the services of a vendor, the words that all begin with only once."""
    first, *others = (one.label for one in group)
    shared = os.path.commonprefix([one.label for one in group]).rpartition(" ")[0]
    return ", ".join([first, *(label[len(shared) :].strip() for label in others)])


def _draw_buttons(row: UILayout, provider: Provider, *, usable: bool, waiting: bool) -> None:
    if provider.key_page:
        row.operator("wm.url_open", text="Get a Key", icon="URL").url = provider.key_page
    test = row.row()
    test.enabled = usable and not waiting
    what = "Test Key" if any(isinstance(item, Secret) for item in provider.account) else "Test Connection"
    button: Any = test.operator("img3d.test_key", text="Asking..." if waiting else what, icon="CHECKMARK")
    button.provider = provider.name
