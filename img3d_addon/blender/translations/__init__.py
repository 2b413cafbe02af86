# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface in the user's language: catalogues for Blender, and texts with placeholders.

Blender itself looks up each label, tooltip and report that is one literal. A text with something filled in goes through
`text` before anything is put into it; a text that is drawn in several lines goes through it before it is cut.
"""

from __future__ import annotations

from typing import Any

import bpy

from ..session import PACKAGE

__all__ = ["BUTTONS", "TEXTS", "register", "text", "unregister"]

TEXTS, BUTTONS = "*", "Operator"
"""Blender's contexts of texts: of all but the labels of operators and the words on their buttons, and of these."""


LANGUAGES = ("de",)
_LATER = 2.0  # seconds: a catalogue takes as long to read as all the rest of the add-on
_blender: Any = bpy.app.translations
_loaded: list[str] = []


def text(message: str, **filled: object) -> str:
    """Return an interface text in the user's language, its {placeholders} filled in. Fit for `draw`."""
    found = _blender.pgettext_iface(message)
    return found.format(**filled) if filled else found


def register() -> None:
    """Give Blender the catalogues: at once where one is in use, else when its start is over."""
    if _blender.locale.startswith(LANGUAGES):
        _load()
    elif not bpy.app.background:
        bpy.app.timers.register(_load, first_interval=_LATER, persistent=True)


def unregister() -> None:
    """Take the catalogues back."""
    if bpy.app.timers.is_registered(_load):
        bpy.app.timers.unregister(_load)
    if _loaded:
        _blender.unregister(PACKAGE)
        _loaded.clear()


def _load() -> None:
    from . import german

    _blender.register(PACKAGE, {"de": catalogue(german.TEXTS, german.BUTTONS)})
    _loaded.append("de")


def catalogue(texts: dict[str, str], buttons: dict[str, str]) -> dict[tuple[str, str], str]:
    """Return one language as Blender takes it, by context and English text."""
    return {
        **{(TEXTS, english): own for english, own in texts.items()},
        **{(BUTTONS, english): own for english, own in buttons.items()},
    }
