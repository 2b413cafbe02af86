# SPDX-License-Identifier: GPL-3.0-or-later
"""Where pictures come from, what is to be said of them before money is spent, and their repairs."""

from __future__ import annotations

import bpy
from bpy.app.handlers import persistent

from . import background, clipboard, dropping, facts, files, repairing, several, sources, viewport

__all__ = ["register", "unregister"]

_PARTS = (background, files, sources, viewport, clipboard, several, dropping, repairing)
_CLASSES = tuple(one for part in _PARTS for one in part.CLASSES)


def register() -> None:
    """Register operators, menu and file handler."""
    for one in _CLASSES:
        bpy.utils.register_class(one)
    bpy.app.handlers.load_post.append(_on_load)
    bpy.app.handlers.render_complete.append(facts.on_render)


def unregister() -> None:
    """Undo `register`, in reverse, and stop what is under way."""
    bpy.app.handlers.render_complete.remove(facts.on_render)
    bpy.app.handlers.load_post.remove(_on_load)
    background.close()
    facts.close()
    for one in reversed(_CLASSES):
        bpy.utils.unregister_class(one)


@persistent
def _on_load(_file: str) -> None:
    # what was under way was meant for a scene of the file before
    background.close()
    facts.close()
