# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's preferences: keys, base URLs, library folder, and whether each service can be used."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import bpy
from bpy.props import StringProperty
from bpy.types import AddonPreferences, Context, UILayout

from ..core.params import Secret
from ..core.provider import Provider
from ..providers import load
from .session import PACKAGE, home, offline_advice, providers

__all__ = ["base_urls", "key_state", "keys", "register", "unregister"]

_registered: list[type[AddonPreferences]] = []


def keys(own: Any) -> dict[str, str]:
    """Return the keys in the preferences by environment-variable name, the empty ones left out."""
    found = {variable: getattr(own, variable.lower(), "").strip() for variable in _variables(providers())}
    return {variable: key for variable, key in found.items() if key}


def base_urls(own: Any) -> dict[str, str]:
    """Return the base URLs in the preferences by vendor word, the empty ones left out."""
    found = {vendor: getattr(own, f"{vendor.lower()}_url", "").strip() for vendor in _vendors(providers())}
    return {vendor: url for vendor, url in found.items() if url}


def key_state(own: Any, provider: Provider) -> str:
    """Say where the keys of a provider come from: "preferences", "environment", "missing" or "none needed"."""
    states: set[str] = set()
    for secret in _secrets(provider):
        if getattr(own, secret.env.lower(), "").strip():
            states.add("preferences")
        else:
            states.add("environment" if os.environ.get(secret.env, "").strip() else "missing")
    for state in ("missing", "environment", "preferences"):
        if state in states:
            return state
    return "none needed"


class Preferences:
    """How the preferences are drawn; the properties follow from the providers' accounts."""

    bl_idname = PACKAGE

    def draw(self, context: Context) -> None:
        """Draw; reads memory only."""
        layout: UILayout = self.layout  # pyright: ignore[reportAttributeAccessIssue]
        layout.use_property_split = True
        layout.use_property_decorate = False
        _draw_online(layout)
        for label, group in _by_vendor(providers()):
            _draw_vendor(layout.box(), self, label=label, group=group)
        column = layout.column()
        column.prop(self, "library")
        column.label(text=f"Jobs and results are kept in {home()}", icon="FILE_FOLDER")


def register() -> None:
    """Register the preferences with a property for each key and base URL."""
    found = load()
    own: dict[str, Any] = {
        "library": StringProperty(
            name="Library Folder",
            description="Folder of jobs and results; takes effect when Blender starts again. Empty: the user's folder",
            subtype="DIR_PATH",
        )
    }
    for variable, secret in _variables(found).items():
        own[variable.lower()] = StringProperty(
            name=secret.title,
            description=f"Kept in Blender's preferences only. Used before the environment variable {variable}",
            subtype="PASSWORD",
        )
    for vendor, address in _vendors(found).items():
        own[f"{vendor.lower()}_url"] = StringProperty(
            name="Base URL",
            description=f"For a proxy, a regional or your own endpoint. Empty: {address}",
        )
    made = type("IMG3D_AP_preferences", (Preferences, AddonPreferences), {"__annotations__": own})
    bpy.utils.register_class(made)
    _registered.append(made)


def unregister() -> None:
    """Undo `register`."""
    while _registered:
        bpy.utils.unregister_class(_registered.pop())


def _secrets(provider: Provider) -> Iterator[Secret]:
    return (item for item in provider.account if isinstance(item, Secret))


def _variables(found: Mapping[str, Provider]) -> dict[str, Secret]:
    return {secret.env: secret for provider in found.values() for secret in _secrets(provider)}


def _vendors(found: Mapping[str, Provider]) -> dict[str, str]:
    return {provider.vendor: provider.base_url for provider in found.values() if provider.vendor}


def _by_vendor(found: Mapping[str, Provider]) -> list[tuple[str, list[Provider]]]:
    """Group the providers that share a vendor's account, titled by their labels."""
    groups: dict[str, list[Provider]] = {}
    for provider in found.values():
        if provider.vendor:
            groups.setdefault(provider.vendor, []).append(provider)
    return [(", ".join(provider.label for provider in group), group) for group in groups.values()]


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


def _draw_vendor(layout: UILayout, own: Any, *, label: str, group: list[Provider]) -> None:
    provider = group[0]
    row = layout.row()
    row.label(text=label)
    text, icon = _STATE_WORDS[key_state(own, provider)]
    row.label(text=text, icon=icon)
    if provider.key_page:
        row.operator("wm.url_open", text="Get a Key", icon="URL").url = provider.key_page
    for secret in _secrets(provider):
        layout.prop(own, secret.env.lower())
    layout.prop(own, f"{provider.vendor.lower()}_url")
