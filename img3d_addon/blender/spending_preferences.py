# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the preferences that says when the sidebar asks before money is spent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bpy.props import EnumProperty, FloatProperty
from bpy.types import UILayout

from ..core.jobs.spending import Limit
from ..core.provider import Provider
from .spending import ABOVE, ALWAYS, NEVER, own_units
from .translations import text

__all__ = ["draw_limits", "draw_spending", "spending_properties"]


def spending_properties(found: Iterable[Provider]) -> dict[str, Any]:
    """Return the RNA properties of the rule and of its limits: in USD, and in the units that services count in."""
    rules = [
        (ALWAYS, "Always", "Ask before each job that costs something, or that may", 0),
        (ABOVE, "Above the Limit", "Ask before a job that passes a limit, or whose price cannot be held against it", 1),
        (NEVER, "Never", "Make jobs without asking, whatever they cost", 2),
    ]
    own: dict[str, Any] = {
        "confirm_paying": EnumProperty(
            name="Confirm Before Paying",
            description="When the sidebar asks before a job is made; scripts and the command line are not asked",
            items=rules,  # small numbers: buttons in a row show a large one as not chosen
            default=ABOVE,
        )
    }
    limits = {"": "USD", **{f"{vendor.lower()}_": unit for vendor, unit in own_units(found).items()}}
    for word, unit in limits.items():
        own[f"{word}job_limit"] = _limit(f"a job may cost, in {unit}", name="Limit for a Job")
        own[f"{word}day_limit"] = _limit(f"all jobs of a day may cost, in {unit}", name="Limit for a Day")
    return own


def draw_spending(layout: UILayout, own: Any) -> None:
    """Draw the rule, and the limits for all services."""
    layout.row().prop(own, "confirm_paying", expand=True)
    if own.confirm_paying != NEVER:
        draw_limits(layout, own, word="", unit=Limit().unit)


def draw_limits(layout: UILayout, own: Any, *, word: str, unit: str) -> None:
    """Draw the limits in one unit; `word` begins the names of their properties."""
    column = layout.column(align=True)
    column.active = own.confirm_paying != NEVER
    column.prop(own, f"{word}job_limit", text=f"{text('Limit for a Job')} ({unit})")
    column.prop(own, f"{word}day_limit", text=f"{text('Limit for a Day')} ({unit})")


def _limit(what: str, *, name: str) -> Any:
    description = f"What {what}, before the sidebar asks; 0 is no limit"
    return FloatProperty(name=name, description=description, min=0.0, soft_max=1000.0, precision=2, step=10)
