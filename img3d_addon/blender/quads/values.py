# SPDX-License-Identifier: GPL-3.0-or-later
"""What a quad remesh is asked for and what it answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from bpy.types import Mesh, Object

from ...core.errors import BadInput

__all__ = ["LEAST_FACES", "MOST_FACES", "MeshFacts", "QuadSettings", "Rebuilt", "facts_of", "summary"]

LEAST_FACES, MOST_FACES = 8, 200_000
LARGEST_TEXTURE = 4096


@dataclass(frozen=True, kw_only=True)
class QuadSettings:
    """What is wanted; `BadInput` for what cannot be.

    `faces` is a wish: QuadriFlow comes within about a fifth of it. `texture` is the side of the baked maps in pixels,
    0 for one that suits the source's largest texture and the faces. Without `keep_original` the objects that are
    rebuilt are removed, otherwise they stay and are hidden. `compare` renders both from four sides.
    """

    faces: int
    texture: int = 0
    keep_original: bool = True
    compare: bool = False

    def __post_init__(self) -> None:
        if not LEAST_FACES <= self.faces <= MOST_FACES:
            raise BadInput(f"A quad remesh makes {LEAST_FACES} to {MOST_FACES} faces, not {self.faces}")
        if self.texture and not 16 <= self.texture <= LARGEST_TEXTURE:
            raise BadInput(f"Baked textures have 16 to {LARGEST_TEXTURE} pixels a side, not {self.texture}")


@dataclass(frozen=True, kw_only=True)
class MeshFacts:
    """Number of faces, share of quads 0..1, number of edges without exactly two faces."""

    faces: int
    quads: float
    non_manifold: int


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """The quad mesh in one new object, linked in no scene; `psnr` in decibels is of the worst of four sides.

    `notes` are sentences about what was left out or done in another way than usual.
    """

    object: Object
    before: MeshFacts
    after: MeshFacts
    psnr: float | None = None
    notes: tuple[str, ...] = ()


def summary(rebuilt: Rebuilt) -> dict[str, Any]:
    """Return it as a JSON-able dictionary, the object by its name."""
    return {
        "object": rebuilt.object.name,
        "before": asdict(rebuilt.before),
        "after": asdict(rebuilt.after),
        "psnr": None if rebuilt.psnr is None else round(rebuilt.psnr, 2),
        "notes": list(rebuilt.notes),
    }


def facts_of(meshes: Iterable[Mesh]) -> MeshFacts:
    """Count the faces of all meshes together; no faces count as no quads."""
    faces = quads = odd = 0
    for mesh in meshes:
        corners = np.empty(len(mesh.polygons), np.int32)
        mesh.polygons.foreach_get("loop_total", corners)
        edge = np.empty(len(mesh.loops), np.int32)
        mesh.loops.foreach_get("edge_index", edge)
        faces += len(corners)
        quads += int((corners == 4).sum())
        odd += int((np.bincount(edge, minlength=len(mesh.edges)) != 2).sum())
    return MeshFacts(faces=faces, quads=quads / max(faces, 1), non_manifold=odd)
