# SPDX-License-Identifier: GPL-3.0-or-later
"""The only ring with bpy: register and unregister."""

from __future__ import annotations

import logging

__all__ = ["register", "unregister"]

_commands: list[object] = []


def register() -> None:
    """Register everything; what was registered before a failure is taken back."""
    from .parts import PARTS

    done = []
    try:
        for part in PARTS:
            part.register()
            done.append(part)
        _add_command()
    except BaseException:
        for part in reversed(done):
            part.unregister()
        raise
    _look_around()


def unregister() -> None:
    """Undo `register` in reverse, and stop the engine: its jobs stay in the journal."""
    import bpy

    from ..core.packages import lacking
    from . import session
    from .helper import starting
    from .parts import PARTS

    while _commands:
        bpy.utils.unregister_cli_command(_commands.pop())
    for part in reversed(PARTS):
        part.unregister()
    starting.close()
    session.close()
    lacking.cache_clear()


def _look_around() -> None:
    """Say on the console what is not as it should be; the add-on is enabled all the same."""
    from ..core.packages import lacking
    from . import session

    for said in (lacking(), session.take_over_old_home()):
        if said:
            logging.getLogger(__name__).warning(said)


def _add_command() -> None:
    import bpy

    # The handle must be kept: Blender 4.2 and 4.5 crash at exit while a command is left registered.
    _commands.append(bpy.utils.register_cli_command("img3d", _run))


def _run(arguments: list[str]) -> int:
    from .cli import main

    return main(arguments)
