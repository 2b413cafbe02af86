# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sidebar shows of the quads of an object: the button, the progress, and before and after."""

from __future__ import annotations

import json
from typing import Any

from . import remeshing
from .layout import draw_text
from .words import capital, quad_lines

__all__ = ["draw_quads", "lines_of"]

PROPERTY = "img3d_quads"


def draw_quads(layout: Any, item: Any, context: Any) -> None:
    """Draw the button, or the progress of its work, and what the last quad remesh has told."""
    one = remeshing.under_way().get(item.session_uid)
    if one is not None:
        row = layout.row(align=True)
        row.progress(factor=one.work.fraction or 0.0, text=capital(one.words), type="BAR")
        row.operator("img3d.stop_quads", text="", icon="X").uid = one.uid
    else:
        layout.operator("img3d.quad_remesh", text="Quad Remesh...", icon="MOD_REMESH")
    if error := remeshing.errors.get(item.session_uid):
        draw_text(layout, error, context, icon="ERROR")
    for line in lines_of(item):
        draw_text(layout, line, context)


def lines_of(item: Any) -> list[str]:
    """Return sentences about the quads of an object; none when it has none or what is stored cannot be read."""
    try:
        told = json.loads(item.get(PROPERTY, "null"))
        return quad_lines(told) if told else []
    except (ValueError, TypeError, KeyError):  # the user's own property, or one of another version
        return []
