# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sidebar and the preferences draw alike: texts of any length, and parameters whose labels are not cut off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core.params import Bool, Choice, Float, Int, Param
from .defaults import is_changed
from .measuring import width_of_text, wrapped
from .properties import capitals, wrong
from .seeds import is_seed, lock_name, locked
from .translations import text as translated
from .words import CHARACTER

__all__ = ["BOX", "draw_params", "draw_text", "fits", "label_shares", "width_of"]

MARGIN = 60  # pixels of the region that a text cannot have
ICON = 20  # pixels of an icon
BOX = 16  # pixels that a box and the edges of a label in it take
LEAST, MOST = 0.4, 0.6  # share of the labels: Blender's own, and what leaves room for the values


def draw_text(layout: Any, text: str, context: Any, *, icon: str = "", width: float = 0.0) -> None:
    """Draw a text of any length, cut to the width of the region, or to `width` pixels at a scale of 1."""
    column = layout.column(align=True)
    column.scale_y = 0.8
    room = width or width_of(context) - (ICON if icon else 0)
    for number, line in enumerate(wrapped(translated(text), width=room)):
        more: dict[str, Any] = {"icon": icon if number == 0 else "BLANK1"} if icon else {}
        column.label(text=line, translate=False, **more)


def draw_params(layout: Any, group: Any, params: Sequence[Param], context: Any, *, own: str) -> None:
    """Draw parameters as Blender does, but with as much room for the labels as the longest one needs.

    `group` is `scene.img3d.<own>`. What differs from its default has a button beside it that brings it back.
    """
    shares = label_shares(params, width=width_of(context) - ICON)
    column = layout.column()
    for param in params:
        line = column.row(align=True)
        line.use_property_split = False
        share = shares[param.name]
        row = line.split(factor=share) if share else line.row(align=True)
        if share:
            label = row.row()
            label.alignment = "RIGHT"
            label.label(text="" if isinstance(param, Bool) else capitals(param.title))
        _draw_value(row.row(align=True), group, param, own=own, labelled=bool(share))
        _draw_reset(line, group, param, own=own)


def _draw_value(row: Any, group: Any, param: Param, *, own: str, labelled: bool) -> None:
    row.alert = bool(wrong(group, param))
    # a switch has its label on the right
    words = {"text": ""} if labelled and not isinstance(param, Bool) else {}
    if not is_seed(param):
        row.prop(group, param.name, **words)
        return
    field = row.row(align=True)
    field.active = locked(group, param)
    field.prop(group, param.name, **words)
    if locked(group, param):
        _meant(row.operator("img3d.new_seed", text="", icon="FILE_REFRESH"), own, param.name)
    icon = "LOCKED" if locked(group, param) else "UNLOCKED"
    row.prop(group, lock_name(param), text="", icon=icon, toggle=True)


def _draw_reset(line: Any, group: Any, param: Param, *, own: str) -> None:
    if is_changed(group, param):
        _meant(line.operator("img3d.reset_setting", text="", icon="LOOP_BACK", emboss=False), own, param.name)
    else:
        line.label(text="", icon="BLANK1")


def _meant(button: Any, group: str, setting: str) -> None:
    button.group, button.setting = group, setting


def label_shares(params: Sequence[Param], *, width: float) -> dict[str, float]:
    """Return which part of the width the label of each parameter gets; 0 for a number that has its label inside."""
    labels = {param.name: (len(param.title) * CHARACTER + 8) / width for param in params}
    shared = [labels[param.name] for param in params if not isinstance(param, Bool)]
    common = max((label for label in shared if label <= MOST), default=LEAST)
    shares: dict[str, float] = {}
    for param in params:
        label, share = labels[param.name], max(common, LEAST)
        if isinstance(param, Bool):
            share = min(share, 1 - label - 20 / width)
        elif isinstance(param, Choice):
            longest = max(len(param.title_of(choice)) for choice in param.choices)
            share = min(share, max(label, 1 - (longest * CHARACTER + 26) / width))
        elif label > MOST and isinstance(param, Int | Float):
            share = 0.0
        shares[param.name] = max(share, 0.0)
    return shares


def fits(text: str, context: Any) -> bool:
    """Whether a text has room in one line of the region."""
    return width_of_text(text) < width_of(context)


def width_of(context: Any) -> float:
    """Return the pixels of the region that a text can have, at a scale of 1."""
    return max(80.0, context.region.width / context.preferences.system.ui_scale - MARGIN)
