# SPDX-License-Identifier: GPL-3.0-or-later
"""Stability AI, Stable Fast 3D: asked and answered as SPAR3D, with parameters of its own. No bpy.

API: https://platform.stability.ai/docs/api-reference
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..core.params import Float, Int, Param
from .stability_spar3d import REMESH, TEXTURE_RESOLUTION, StabilitySpar3D

__all__ = ["StabilitySf3D"]


class StabilitySf3D(StabilitySpar3D):
    """The vendor's faster and simpler model, for drafts with few faces."""

    name = "stability_sf3d"
    label = "Stability AI Stable Fast 3D"
    summary = "Fast draft with few faces in one answer; quads and a limit of vertices on the server"
    params: ClassVar[tuple[Param, ...]] = (
        TEXTURE_RESOLUTION,
        REMESH,
        Int(
            "vertex_count",
            -1,
            min=-1,
            max=20000,
            label="Most vertices",
            help="How many vertices the mesh may have; -1 is no limit",
        ),
        Float(
            "foreground_ratio",
            0.85,
            min=0.1,
            max=1.0,
            advanced=True,
            label="Share of the frame",
            help="How much of the frame the object fills; 1 is all of it",
        ),
    )

    path = "/v2beta/3d/stable-fast-3d"
    price = None  # not published where it could be read

    def faces(self, params: Mapping[str, Any]) -> int | None:
        """Count on the limit of vertices, where there is one: a closed mesh has twice as many triangles."""
        return 2 * params["vertex_count"] if params["vertex_count"] > 0 else None
