# SPDX-License-Identifier: GPL-3.0-or-later
"""The keywords of the functions for scripts that are ours, and no provider's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.errors import BadInput
from .after import AFTER

__all__ = ["KEYWORDS", "ours"]

_RENAMED = {"remesh": "remesh_modifier", "remesh_detail": "remesh_modifier_detail"}  # a service may have a `remesh`

KEYWORDS: Mapping[str, str] = {_RENAMED.get(param.name, param.name): param.name for param in AFTER}
"""Our own keywords, each with its name in `after.AFTER`; every other one is a parameter of the provider, and so is one
of these where the provider has a parameter of this name: ours is then given in `after`."""


def ours(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options of ours by their names in `after.AFTER`; `BadInput` for another one."""
    for name in options:
        if name not in KEYWORDS:
            raise BadInput(f"There is no option {name}", advice="There are: " + ", ".join(KEYWORDS) + ".")
    return {KEYWORDS[name]: value for name, value in options.items()}
