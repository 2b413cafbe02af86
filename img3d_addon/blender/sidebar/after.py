# SPDX-License-Identifier: GPL-3.0-or-later
"""The import options in the sidebar: what is done with a result in Blender."""

from __future__ import annotations

from typing import Any

from ...core.provider import Provider
from ..after import REMESH_LOSES_TEXTURE
from ..defaults import AFTER_GROUP
from ..layout import draw_params, draw_text
from ..properties import SIDEBAR_AFTER, existing

__all__ = ["AFTER_SECTIONS", "draw_after"]

AFTER_SECTIONS = (
    ("location", "facing", "size"),
    ("shading", "shading_angle", "repair_normals"),
    ("texture", "texture_limit", "texture_files", "reuse"),
    ("decimate_by", "decimate_ratio", "decimate_faces", "remesh", "remesh_detail", "apply_modifiers"),
    ("quads", "quad_faces", "quad_texture", "quad_original"),
    ("lods", "asset", "asset_author", "asset_description", "asset_license", "asset_tags"),
)
"""The import options in the order of the sidebar, by what they are about."""


def draw_after(layout: Any, after: Any, context: Any, *, provider: Provider, own_quads: str) -> None:
    """Draw the options that apply; `own_quads` says what the provider's own quads are, if it makes any."""
    shown = existing(after, SIDEBAR_AFTER)
    reduced = after.decimate_by != "none" or after.remesh != "none"
    for names in AFTER_SECTIONS:
        wanted = [param for param in shown if param.name in names and (reduced or param.name != "apply_modifiers")]
        draw_params(layout, after, sorted(wanted, key=lambda param: names.index(param.name)), context, own=AFTER_GROUP)
        if "remesh" in names and after.remesh != "none" and provider.base_url:
            draw_text(layout, REMESH_LOSES_TEXTURE, context, icon="INFO")
        if "quads" in names and after.quads and own_quads:
            draw_text(layout, own_quads, context, icon="INFO")
        layout.separator(factor=0.5)
