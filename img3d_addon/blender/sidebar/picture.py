# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture in the sidebar: where it comes from, what it is, and what to do about it before money is spent."""

from __future__ import annotations

from typing import Any

from ...core.files.remarks import Remark, Seen, limit_words, remarks, size_words
from ..layout import ICON, draw_text, fits, width_of
from ..orders import provider_of
from ..picture import missing
from ..pictures import background, facts
from ..pictures.repairing import LABELS
from ..translations import text

__all__ = ["draw_picture"]

_ROOM = "    "  # for the icon of a button
_ICONS = {"crop": "SELECT_SET", "pad": "FULLSCREEN_ENTER", "shrink": "FULLSCREEN_EXIT", "cut_out": "IMAGE_ALPHA"}


def draw_picture(layout: Any, settings: Any, context: Any) -> None:
    """Draw the choice of a picture with its preview, its facts, and what is to be said of it."""
    column = layout.column(align=True)
    column.template_ID_preview(settings, "picture", open="img3d.open_pictures", rows=3, cols=6)
    column.menu("IMG3D_MT_picture_from", icon="IMPORT")
    background.draw(layout, context)
    image = settings.picture
    if image is None:
        return
    if reason := missing(image):
        draw_text(layout, reason, context, icon="ERROR")
        return
    _draw_facts(layout, image, provider_of(settings), context)


def _draw_facts(layout: Any, image: Any, provider: Any, context: Any) -> None:
    known = facts.known(image, context.scene)
    row = layout.row(align=True)
    row.use_property_split = False
    if known.seen is None:
        if known.error:
            draw_text(row.column(), known.error, context, icon="ERROR", width=width_of(context) - 2 * ICON)
        else:
            row.label(text="Not looked at yet" if known.large else "Looking at the picture...", icon="IMAGE_DATA")
        row.operator("img3d.check_picture", text="", icon="FILE_REFRESH")
        return
    width = width_of(context) - 2 * ICON
    draw_text(row.column(), _fact_words(known.seen), context, icon="IMAGE_DATA", width=width)
    row.operator("img3d.check_picture", text="", icon="FILE_REFRESH", emboss=False)
    if taken := limit_words(provider.image):
        column = layout.column()
        column.active = False
        draw_text(column, text("Provider takes {limits}", limits=taken), context, icon="BLANK1")
    for remark in remarks(known.seen, provider.image, provider=provider.label):
        _draw_remark(layout, remark, context)


def _fact_words(seen: Seen) -> str:
    values = {"width": seen.width, "height": seen.height, "format": seen.format, "size": size_words(seen.size)}
    if seen.transparent:
        return text("{width} x {height} {format}, {size}, alpha", **values)
    return text("{width} x {height} {format}, {size}, opaque", **values)


def _draw_remark(layout: Any, remark: Remark, context: Any) -> None:
    column = layout.column(align=True)
    if remark.kind != "plain":  # the name of its repair says it all
        icon = "ERROR" if remark.warns else "INFO"
        draw_text(column, text(remark.text, **remark.values), context, icon=icon, width=width_of(context) - ICON)
    if remark.repair:
        label = LABELS[remark.repair]
        words = label if fits(f"{label}{_ROOM}", context) else "Make Transparent"
        column.operator("img3d.repair_picture", text=words, icon=_ICONS[remark.repair]).repair = remark.repair
