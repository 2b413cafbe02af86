# SPDX-License-Identifier: GPL-3.0-or-later
"""How wide texts are in Blender's own font, and long ones cut into lines by that. Fit for `draw`."""

from __future__ import annotations

from typing import Any

import bpy

# blf exists only once bpy is there, where that is a Python module.
# isort: split
import blf

__all__ = ["width_of_text", "wrapped"]

_FONT = 0  # the interface's own
_USUAL = 11.0  # points of Blender's texts, at a scale of 1


def width_of_text(text: str) -> float:
    """Return the width in pixels, at a scale of 1."""
    preferences: Any = bpy.context.preferences
    blf.size(_FONT, preferences.ui_styles[0].widget.points if preferences.ui_styles else _USUAL)
    return blf.dimensions(_FONT, text)[0]


def wrapped(text: str, *, width: float) -> list[str]:
    """Cut a text into lines of at most `width` pixels at a scale of 1; a longer word has a line of its own."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of_text(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
