# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a new object lies out of sight inside another one, such as in the cube that Blender starts with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bpy.types import Object, Scene, ViewLayer
from mathutils import Vector

__all__ = ["hidden_inside", "objects_of"]

_MOST = 500  # objects that are looked at: each costs some microseconds


def objects_of(scene: Scene, job: str) -> list[Object]:
    """Return the meshes in a scene that were made by a job."""
    return [item for item in scene.objects if item.type == "MESH" and item.get("img3d_job") == job]


def hidden_inside(items: Sequence[Object], scene: Scene, view_layer: ViewLayer) -> Object | None:
    """Return a visible mesh whose bounding box holds all of `items`, None when there is none."""
    if not items:
        return None
    low, high = _bounds(items)
    for other in scene.objects[:_MOST]:
        if other.type != "MESH" or other in items or not other.visible_get(view_layer=view_layer):
            continue
        least, most = _bounds([other])
        if all(a <= b and c <= d for a, b, c, d in zip(least, low, high, most, strict=True)):
            return other
    return None


def _bounds(items: Sequence[Object]) -> tuple[list[float], list[float]]:
    corners: list[Any] = [item.matrix_world @ Vector(corner) for item in items for corner in item.bound_box]
    return [min(axis) for axis in zip(*corners, strict=True)], [max(axis) for axis in zip(*corners, strict=True)]
