# SPDX-License-Identifier: GPL-3.0-or-later
"""One provider a file (or folder); `load()` finds them, no list is to be edited. No bpy."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import types

from ..core.provider import Provider

__all__ = ["load"]


def load() -> dict[str, Provider]:
    """Return every provider by its name: `offline` first, the others by label."""
    found: dict[str, Provider] = {}
    for module in pkgutil.iter_modules(__path__):
        for value in vars(importlib.import_module(f"{__name__}.{module.name}")).values():
            if isinstance(value, type) and issubclass(value, Provider) and value.__dict__.get("name"):
                found[value.name] = value()
    return dict(sorted(found.items(), key=lambda item: (item[0] != "offline", item[1].label)))


class _Callable(types.ModuleType):
    """Lets `img3d.providers()` and `img3d.providers.load()` stand side by side under one name."""

    def __call__(self) -> dict[str, Provider]:
        return load()


sys.modules[__name__].__class__ = _Callable
