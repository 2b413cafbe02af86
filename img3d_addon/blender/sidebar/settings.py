# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the chosen provider in the sidebar, from its declarations."""

from __future__ import annotations

from typing import Any

from ..layout import draw_params
from ..orders import provider_of
from ..properties import existing

__all__ = ["draw_settings"]


def draw_settings(layout: Any, settings: Any, context: Any) -> None:
    """Draw the basic parameters, and the advanced ones in a closed part."""
    provider = provider_of(settings)
    group = getattr(settings, provider.name)
    params = existing(group, provider.params)
    draw_params(layout, group, [param for param in params if not param.advanced], context)
    advanced = [param for param in params if param.advanced]
    if advanced:
        header, body = layout.panel("img3d_advanced", default_closed=True)
        header.label(text="Advanced")
        if body:
            draw_params(body, group, advanced, context)
