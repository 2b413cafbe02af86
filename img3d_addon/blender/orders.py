# SPDX-License-Identifier: GPL-3.0-or-later
"""From the settings of a scene to an order for the engine, and what stands in the way of one."""

from __future__ import annotations

from typing import Any

import bpy

from ..core.provider import Provider
from ..core.values import Order
from . import session
from .picture import missing, name_of, picture_file
from .preferences import key_state
from .properties import after_values, settings_of, values, wrong

__all__ = ["KEY", "ONLINE", "blocked", "order_of", "price_of", "provider_of"]

ONLINE, KEY, OTHER = "online", "key", "other"


def provider_of(settings: Any) -> Provider:
    """Return the chosen provider, the first one when a saved choice is no more."""
    found = session.providers()
    return found.get(settings.provider) or next(iter(found.values()))


def blocked(settings: Any) -> tuple[str, str]:
    """Return the kind of what is missing for a job and a sentence; both empty when nothing is. Fit for `draw`."""
    provider = provider_of(settings)
    if reason := missing(settings.picture):
        return OTHER, reason
    if provider.base_url and not bpy.app.online_access:
        return ONLINE, f"{provider.label} needs online access, which is off. {session.offline_advice()}"
    if key_state(session.preferences(), provider) == "missing":
        return KEY, f"{provider.label} needs a key: put it into the add-on's preferences"
    group = getattr(settings, provider.name)
    for param in provider.params:
        if reason := wrong(group, param):
            return OTHER, reason
    return "", ""


def price_of(settings: Any) -> str:
    """Return what a job costs, as far as it is known without asking."""
    provider = provider_of(settings)
    if not provider.base_url:
        return "Free"
    group = getattr(settings, provider.name)
    if any(wrong(group, param) for param in provider.params):
        return ""
    price = provider.estimate(None, values(group, provider.params))
    return f"{price.amount:g} {price.unit}" if price else "price not known"


def order_of(scene: bpy.types.Scene) -> Order:
    """Collect the scene's settings; `BadInput` names what cannot be used. The picture may be written to a file."""
    settings = settings_of(scene)
    provider = provider_of(settings)
    folder = session.scratch_folder()
    return Order(
        provider=provider.name,
        image=picture_file(settings.picture, scene, folder),
        params=values(getattr(settings, provider.name), provider.params),
        name=name_of(settings.picture),
        after=after_values(settings),
    )
