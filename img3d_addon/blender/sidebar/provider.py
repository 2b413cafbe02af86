# SPDX-License-Identifier: GPL-3.0-or-later
"""The choice of a provider in the sidebar."""

from __future__ import annotations

from typing import Any

__all__ = ["draw_provider"]


def draw_provider(layout: Any, settings: Any, context: Any) -> None:
    """Draw the providers as one menu."""
    row = layout.row()
    row.use_property_split = False
    row.prop(settings, "provider", text="")
