# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the chosen provider in the sidebar, from its declarations."""

from __future__ import annotations

from typing import Any

from ..defaults import changed
from ..layout import draw_params
from ..orders import provider_of
from ..presets import panel_of
from ..properties import existing
from ..translations import text

__all__ = ["draw_changed", "draw_settings"]


def draw_settings(layout: Any, settings: Any, context: Any) -> None:
    """Draw the basic parameters, and the advanced ones in a closed part."""
    provider = provider_of(settings)
    group = getattr(settings, provider.name)
    params = existing(group, provider.params)
    header, body = layout.panel("img3d_settings")
    header.label(text="Settings")
    draw_changed(header, group, params, own=provider.name)
    header.popover(panel_of(provider), text="", icon="PRESET")
    if not body:
        return
    draw_params(body, group, [param for param in params if not param.advanced], context, own=provider.name)
    advanced = [param for param in params if param.advanced]
    if advanced:
        header, inner = body.panel("img3d_advanced", default_closed=True)
        header.label(text="Advanced")
        draw_changed(header, group, advanced, own="")
        if inner:
            draw_params(inner, group, advanced, context, own=provider.name)


def draw_changed(header: Any, group: Any, params: Any, *, own: str) -> None:
    """Say in a header how many settings differ from their defaults; where they are all, `own`, with a way back."""
    count = len(changed(group, params))
    if not count:
        return
    row = header.row()
    row.alignment = "RIGHT"
    row.active = False
    row.label(text=text("{count} changed", count=count))
    if own:
        header.operator("img3d.reset_setting", text="", icon="LOOP_BACK", emboss=False).group = own
