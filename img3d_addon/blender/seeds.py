# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds in the sidebar: a locked one stays; else each job gets a new one, which the field and the journal show."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from bpy.props import BoolProperty

from ..core.params import Int, Param

__all__ = ["is_seed", "lock_name", "lock_property", "lock_when_set", "locked", "new_seed", "renewed"]

MOST = 65535
"""The largest new seed: every service takes it, and people can write it down."""


def is_seed(param: Param) -> bool:
    """Whether a parameter is a seed."""
    return isinstance(param, Int) and param.name in ("seed", "model_seed")


def lock_name(param: Param) -> str:
    """Return the name of the property that says whether a seed is locked."""
    return f"{param.name}_locked"


def lock_property() -> Any:
    """Return the RNA property, not yet assigned to a class, of the lock."""
    return BoolProperty(
        name="Lock Seed", description="Use the same seed for each job; unlocked, each job gets a new one"
    )


def lock_when_set(param: Param) -> dict[str, Any]:
    """Return what the property of a seed needs so that one that somebody sets is used; nothing for others."""
    if not is_seed(param):
        return {}

    def lock(group: Any, _context: Any) -> None:
        setattr(group, lock_name(param), True)

    return {"update": lock}


def locked(group: Any, param: Param) -> bool:
    """Whether this parameter is a seed that stays."""
    return is_seed(param) and getattr(group, lock_name(param))


def new_seed(param: Param) -> int:
    """Return a seed at random that stands for itself: no 0 and no -1, which mean something else to some services."""
    assert isinstance(param, Int)
    least, most = max(1, int(param.min)), min(MOST, int(param.max))
    return least + secrets.randbelow(most - least + 1)


def renewed(group: Any, params: Iterable[Param], found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a job with a new seed where it is not locked, which the field shows from then on."""
    used = dict(found)
    for param in params:
        if is_seed(param) and param.name in used and not locked(group, param):
            used[param.name] = new_seed(param)
            show(group, param, used[param.name])
            setattr(group, lock_name(param), False)
    return used


def show(group: Any, param: Param, seed: int) -> None:
    """Put a seed into its field, which locks it."""
    is_text = group.bl_rna.properties[param.name].type == "STRING"
    setattr(group, param.name, str(seed) if is_text else seed)
