# SPDX-License-Identifier: GPL-3.0-or-later
"""Which settings in the sidebar differ from the declared defaults, and how they go back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bpy.types import PropertyGroup

from ..core.params import Param
from . import session
from .properties import SIDEBAR_AFTER, stored
from .seeds import is_seed, lock_name, locked

__all__ = ["AFTER_GROUP", "changed", "declared", "is_changed", "reset"]

AFTER_GROUP = "after"


def declared(group: str) -> tuple[Param, ...]:
    """Return the parameters behind `scene.img3d.<group>`: of a provider, or the import options."""
    return SIDEBAR_AFTER if group == AFTER_GROUP else session.providers()[group].params


def is_changed(group: PropertyGroup, param: Param) -> bool:
    """Whether a setting differs from its default; a seed that is drawn anew each time does not. Fit for `draw`."""
    if is_seed(param):
        return locked(group, param)
    return str(stored(group, param)) != str(param.default)


def changed(group: PropertyGroup, params: Iterable[Param]) -> list[Param]:
    """Return the settings that differ from their defaults. Fit for `draw`."""
    return [param for param in params if is_changed(group, param)]


def reset(group: Any, params: Iterable[Param]) -> None:
    """Bring settings back to their defaults."""
    for param in params:
        group.property_unset(param.name)
        if is_seed(param):
            group.property_unset(lock_name(param))
