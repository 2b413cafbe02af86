# SPDX-License-Identifier: GPL-3.0-or-later
"""Put the texture coordinates of an offline result back after its topology changed.

The offline provider chooses its coordinates as a known function of position and stores the function's numbers on
the object, so that nothing has to be transferred or baked: it is evaluated again on whatever mesh there is now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..core.errors import ImportFailed

if TYPE_CHECKING:
    import numpy as np
    from bpy.types import ID, Mesh

__all__ = ["UV_LAYER", "Projection", "coordinates", "projection_of", "restore_uvs"]

UV_LAYER = "UVMap"
"""The name that Blender's importer gives the coordinates."""


@dataclass(frozen=True)
class Projection:
    """u = `u[0]` x + `u[1]` (+ `back` on faces whose centre has y > 0), v = 1 - (`v[0]` z + `v[1]`), in local axes."""

    u: tuple[float, float]
    v: tuple[float, float]
    back: float = 0.0


def projection_of(owner: Mapping[str, Any] | ID) -> Projection | None:
    """Read the numbers from an object's custom properties; None for a result that has none."""
    u, v = owner.get("img3d_proj_u"), owner.get("img3d_proj_v")
    if u is None or v is None:
        return None
    return Projection(
        (float(u[0]), float(u[1])), (float(v[0]), float(v[1])), float(owner.get("img3d_back_offset", 0.0))
    )


def restore_uvs(mesh: Mesh, projection: Projection) -> None:
    """Write the mesh's texture coordinates from its vertices' own (local) positions; other layers are left alone."""
    layer = mesh.uv_layers.get(UV_LAYER) or mesh.uv_layers.new(name=UV_LAYER, do_init=False)
    if layer is None:
        raise ImportFailed(f"{mesh.name} has as many UV maps as a mesh can have", advice="Remove one of them.")
    layer.active = layer.active_render = True
    layer.uv.foreach_set("vector", coordinates(mesh, projection).ravel())
    mesh.update()


def coordinates(mesh: Mesh, projection: Projection) -> np.ndarray:
    """Return one (u, v) for each corner of each face: float32, shape (corners, 2)."""
    import numpy as np

    place = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", place)
    corner = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", corner)
    at = place.reshape(-1, 3)[corner]
    uv = np.empty((len(corner), 2), np.float32)
    uv[:, 0] = projection.u[0] * at[:, 0] + projection.u[1]
    uv[:, 0] += projection.back * _looks_back(mesh, at[:, 1])
    uv[:, 1] = 1.0 - (projection.v[0] * at[:, 2] + projection.v[1])
    return uv


def _looks_back(mesh: Mesh, y: np.ndarray) -> np.ndarray:
    import numpy as np

    size = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("loop_total", size)
    face = np.repeat(np.arange(len(size)), size)
    return (np.bincount(face, weights=y, minlength=len(size)) > 0)[face]
