# SPDX-License-Identifier: GPL-3.0-or-later
"""img3d: one picture becomes one 3D object, through a hosted service or offline.

    objects = img3d.generate("chair.png", provider="stability_spar3d")   blocks, returns the new objects
    job = img3d.submit("chair.png")                                      returns at once
    img3d.job(id), img3d.jobs(), img3d.providers()
    img3d.estimate("chair.png", provider=...), img3d.balance(provider), img3d.check_key(provider)
    img3d.restore_texture(object)                                        after any remesh of an offline result

Everything is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import Any

_CONSOLE = frozenset({"balance", "check_key", "estimate", "generate", "job", "jobs", "restore_texture", "submit"})


def __getattr__(name: str) -> Any:
    if name in _CONSOLE:
        return getattr(importlib.import_module(".blender.console", __name__), name)
    if name == "providers":
        return importlib.import_module(".providers", __name__)
    if not name.startswith("_"):
        errors = importlib.import_module(".core.errors", __name__)
        if name in errors.__all__:
            return getattr(errors, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    errors = importlib.import_module(".core.errors", __name__)
    return sorted({*globals(), *_CONSOLE, *errors.__all__, "providers"})


def register() -> None:
    """Register the add-on; Blender calls this."""
    from .blender import register as go

    go()


def unregister() -> None:
    """Undo `register`; Blender calls this."""
    from .blender import unregister as go

    go()
