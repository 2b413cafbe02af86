# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture in the sidebar."""

from __future__ import annotations

from typing import Any

__all__ = ["draw_picture"]


def draw_picture(layout: Any, settings: Any, context: Any) -> None:
    """Draw the choice of a picture with its preview."""
    layout.template_ID_preview(settings, "picture", open="image.open", rows=3, cols=6)
