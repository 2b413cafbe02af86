# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user may choose. No bpy."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Options"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """The provider declares ranges and meaning; what exists in some modes only keeps its default in the others."""

    mode: str = "inflate"
    depth: float = 0.8
    faces: int = 20_000
    texture_size: int = 1024
    background: str = "auto"
    mask: str = ""
    holes: str = "auto"
    thickness: float = 0.0
    bevel: float = 2.0
    detail_source: str = "auto"
    detail: float = 0.5
    light_angle: float = 135.0
    flat_base: bool = False
    outline: str = "auto"
    outline_px: float = 8.0
    back: str = "auto"
    name: str = "object"
