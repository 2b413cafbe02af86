# SPDX-License-Identifier: GPL-3.0-or-later
"""Texture coordinates as a known function of position. No bpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Array

__all__ = ["Projection"]


@dataclass(frozen=True, kw_only=True)
class Projection:
    """u = u[0] * x + u[1] (+ `back` on the back chart), v = v[0] * y + v[1]; glTF axes, v down.

    These numbers stay with the object, so that the texture can be put back after any remesh.
    """

    u: tuple[float, float]
    v: tuple[float, float]
    back: float

    def at(self, points: Array, on_back: Array) -> Array:
        """Return the coordinates (m, 2) of `points` (m, 3)."""
        u = self.u[0] * points[:, 0] + self.u[1] + self.back * on_back
        return np.stack([u, self.v[0] * points[:, 1] + self.v[1]], -1)

    def extras(self) -> dict[str, float | list[float]]:
        """Return the custom properties of the object. For Blender's local x, z: u as above with x, v with z, 1 - v."""
        return {"img3d_proj_u": list(self.u), "img3d_proj_v": list(self.v), "img3d_back_offset": self.back}
