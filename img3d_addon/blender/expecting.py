# SPDX-License-Identifier: GPL-3.0-or-later
"""How many faces an object will have, from what the provider is asked for and what is done with it then."""

from __future__ import annotations

from typing import Any

from ..core.errors import BadInput
from .orders import params_of, provider_of
from .properties import existing
from .translations import text

__all__ = ["faces_to_expect"]


def faces_to_expect(settings: Any) -> str:
    """Say about how many faces the object of these settings will have; "" where nobody knows. Fit for `draw`."""
    after = settings.after
    if after.quads:
        return text("About {count} quads", count=_round(after.quad_faces))
    triangles = _delivered(settings)
    if after.remesh != "none":
        triangles = None  # how many it makes depends on the shape
    if after.decimate_by == "faces":
        triangles = min(triangles or after.decimate_faces, after.decimate_faces)
    elif after.decimate_by == "ratio" and triangles:
        triangles = round(triangles * after.decimate_ratio)
    if not triangles:
        return ""
    if after.decimate_by == "none" and _makes_quads(settings):
        return text("About {count} quads", count=_round(triangles / 2))
    return text("About {count} triangles", count=_round(triangles))


def _delivered(settings: Any) -> int | None:
    try:
        return provider_of(settings).faces(params_of(settings))
    except BadInput:
        return None


def _makes_quads(settings: Any) -> bool:
    provider = provider_of(settings)
    group = getattr(settings, provider.name)
    names = {param.name for param in existing(group, provider.params)}
    return any(name in names and getattr(group, name) == str(value) for name, value in provider.quads.items())


def _round(count: float) -> str:
    """Return a number with two digits that mean something: it is a guess."""
    whole = int(count)
    step = 10 ** max(0, len(str(whole)) - 2)
    return f"{round(whole / step) * step:,}"
