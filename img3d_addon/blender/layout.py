# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sidebar and the preferences draw alike."""

from __future__ import annotations

from typing import Any

from .words import lines

__all__ = ["draw_text"]


def draw_text(layout: Any, text: str, context: Any, *, icon: str = "") -> None:
    """Draw a text of any length, cut to the width of the region."""
    scale = context.preferences.system.ui_scale
    column = layout.column(align=True)
    column.scale_y = 0.8
    for number, line in enumerate(lines(text, width=context.region.width / scale - 60)):
        more: dict[str, Any] = {"icon": icon if number == 0 else "BLANK1"} if icon else {}
        column.label(text=line, **more)
