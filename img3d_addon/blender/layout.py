# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sidebar and the preferences draw alike: texts of any length, and parameters whose labels are not cut off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core.params import Bool, Param
from .properties import capitals, wrong
from .words import CHARACTER, lines

__all__ = ["draw_params", "draw_text", "fits"]

MARGIN = 60  # pixels of the region that a text cannot have
LEAST, MOST = 0.4, 0.6  # share of the labels: Blender's own, and what leaves room for the values


def draw_text(layout: Any, text: str, context: Any, *, icon: str = "") -> None:
    """Draw a text of any length, cut to the width of the region."""
    column = layout.column(align=True)
    column.scale_y = 0.8
    for number, line in enumerate(lines(text, width=_width(context))):
        more: dict[str, Any] = {"icon": icon if number == 0 else "BLANK1"} if icon else {}
        column.label(text=line, **more)


def draw_params(layout: Any, group: Any, params: Sequence[Param], context: Any) -> None:
    """Draw parameters as Blender does, but with as much room for the labels as the longest one needs."""
    width = _width(context)
    share = max((_pixels(param) / width for param in params if not isinstance(param, Bool)), default=LEAST)
    share = min(max(share, LEAST), MOST)
    column = layout.column()
    for param in params:
        is_switch = isinstance(param, Bool)
        # the label of a switch stands beside it
        split = column.split(factor=max(0.0, min(share, 1 - (_pixels(param) + 20) / width)) if is_switch else share)
        split.use_property_split = False
        split.alert = bool(wrong(group, param))
        label = split.row()
        label.alignment = "RIGHT"
        label.label(text="" if is_switch else capitals(param.title))
        split.prop(group, param.name, **({} if is_switch else {"text": ""}))


def fits(text: str, context: Any) -> bool:
    """Whether a text has room in one line of the region."""
    return len(text) * CHARACTER < _width(context)


def _pixels(param: Param) -> float:
    return len(param.title) * CHARACTER + 8


def _width(context: Any) -> float:
    return max(80.0, context.region.width / context.preferences.system.ui_scale - MARGIN)
