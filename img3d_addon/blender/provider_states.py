# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a provider can be used now, in words and icons, and what it is good for, for whoever has to choose one."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import bpy

from ..core.params import check_all
from ..core.provider import Provider
from . import session
from .preferences import key_state

__all__ = ["FREE", "KEY_MISSING", "OFFLINE", "READY", "State", "is_free", "state_of"]


@dataclass(frozen=True)
class State:
    """How it stands, and an icon of Blender for it."""

    words: str
    icon: Any


READY = State("Key there", "CHECKMARK")
FREE = State("No key needed", "CHECKMARK")
KEY_MISSING = State("Key missing", "KEYINGSET")
OFFLINE = State("Online access is off", "INTERNET_OFFLINE")


def state_of(provider: Provider) -> State:
    """Say whether a provider can be used; from memory, for `draw`."""
    if provider.base_url and not bpy.app.online_access:
        return OFFLINE
    states = {"missing": KEY_MISSING, "none needed": FREE}
    return states.get(key_state(session.preferences(), provider), READY)


@functools.cache
def is_free(provider: Provider) -> bool:
    """Whether a job with the declared settings costs nothing."""
    price = provider.estimate(None, check_all(provider.params, {}))
    return price is not None and not price.amount
