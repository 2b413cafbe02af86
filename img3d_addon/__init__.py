# SPDX-License-Identifier: GPL-3.0-or-later
"""img3d: one picture becomes one 3D object, through a hosted service or offline.

    objects = img3d.generate("chair.png", provider="stability_spar3d")   blocks, returns the new objects
    job = img3d.submit("chair.png")                                      returns at once
    img3d.job(id), img3d.jobs(), img3d.providers()
    img3d.import_result(job)                                             again, costs nothing; or a model file
    img3d.estimate("chair.png", provider=...), img3d.balance(provider), img3d.check_key(provider)
    img3d.restore_texture(object)                                        after any remesh of an offline result
    img3d.quad_remesh(object, 5000)                                      any mesh as quads, its textures kept
    img3d.full_textures(object)                                          after an import with a texture limit

What goes wrong is an `img3d.Img3dError` or one of its kinds, such as `img3d.CreditsError`; `img3d.errors` has them all.
Everything is imported when it is first used. docs/console.md has examples.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .blender.console import (
        JobHandle,
        balance,
        check_key,
        estimate,
        full_textures,
        generate,
        import_result,
        job,
        jobs,
        providers,
        quad_remesh,
        restore_texture,
        submit,
    )
    from .core import errors
    from .core.errors import *  # noqa: F403

__all__ = [
    "JobHandle",
    "balance",
    "check_key",
    "errors",
    "estimate",
    "full_textures",
    "generate",
    "import_result",
    "job",
    "jobs",
    "providers",
    "quad_remesh",
    "register",
    "restore_texture",
    "submit",
    "unregister",
]

# `providers` is the folder, too: Python puts it here at its first import, and it can be called like the function.
_PLACES = {"errors": ".core.errors", "providers": ".providers"}


if not TYPE_CHECKING:  # a type checker shall find a wrong name

    def __getattr__(name: str) -> Any:
        if name in _PLACES:
            return importlib.import_module(_PLACES[name], __name__)
        if name in __all__:
            return getattr(importlib.import_module(".blender.console", __name__), name)
        if not name.startswith("_"):
            found = importlib.import_module(".core.errors", __name__)
            if name in found.__all__:
                return getattr(found, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    found = importlib.import_module(".core.errors", __name__)
    return sorted({*globals(), *__all__, *found.__all__})


def register() -> None:
    """Register the add-on; Blender calls this."""
    from .blender import register as go

    go()


def unregister() -> None:
    """Undo `register`; Blender calls this."""
    from .blender import unregister as go

    go()
