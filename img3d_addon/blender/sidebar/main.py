# SPDX-License-Identifier: GPL-3.0-or-later
"""The first panel of the tab: picture, provider, settings and the button, in the order of work."""

from __future__ import annotations

from typing import Any

from bpy.types import Panel

from ..after import own_quads_text
from ..defaults import AFTER_GROUP
from ..expecting import faces_to_expect
from ..orders import provider_of
from ..properties import SIDEBAR_AFTER, existing, settings_of
from .after import draw_after
from .button import draw_button
from .picture import draw_picture
from .provider import draw_provider
from .settings import draw_changed, draw_settings
from .tab import ViewTab

__all__ = ["CLASSES", "draw_main"]


class IMG3D_PT_main(ViewTab, Panel):
    """Picture, provider, settings and the button."""

    bl_label = "Image to 3D"

    def draw(self, context: Any) -> None:
        """Draw from top to bottom in the order of work."""
        draw_main(self.layout, context)


CLASSES = (IMG3D_PT_main,)


def draw_main(layout: Any, context: Any) -> None:
    """Draw the panel, in whichever editor."""
    layout.use_property_split = True
    layout.use_property_decorate = False
    settings = settings_of(context.scene)
    provider = provider_of(settings)
    draw_picture(layout, settings, context)
    draw_provider(layout, settings, context)
    draw_settings(layout, settings, context)
    header, body = layout.panel("img3d_after", default_closed=True)
    header.label(text="Import Options")
    draw_changed(header, settings.after, existing(settings.after, SIDEBAR_AFTER), own=AFTER_GROUP)
    if body:
        params = existing(getattr(settings, provider.name), provider.params)
        own_quads = own_quads_text(provider, {param.name for param in params})
        draw_after(body, settings.after, context, provider=provider, own_quads=own_quads)
    if expected := faces_to_expect(settings):
        (body or layout).label(text=expected, icon="MESH_DATA")
    draw_button(layout, settings, context)
