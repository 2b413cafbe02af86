# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode "extrude": the silhouette with straight walls and rounded edges. No bpy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .arrays import Array
from .detail import Detail, raised
from .fit import fitted, outline_step
from .form import Form
from .inflate import FLATTENED
from .lattice import Lattice
from .outline import Outline
from .poisson import solve_poisson
from .solid import Solid
from .subject import Subject, measured

__all__ = ["extruded"]

_RIM_TRIANGLES = 9  # per cell of outline, both sides and the wall
_WIDEST = 0.45  # of half the mean width of the parts: a wider bevel would leave thin letters no top


def extruded(
    subject: Subject,
    *,
    thickness: float,
    bevel: float,
    faces: int,
    flat_back: bool = False,
    detail: Detail | None = None,
) -> Iterator[Solid]:
    """Yield extruded solids as `fitted` does; whole `thickness` and `bevel` as shares of the object's size."""
    measures = measured(subject)
    width = min(bevel * measures.size, _WIDEST * measures.area / measures.perimeter, thickness * measures.size / 2.2)

    def former(outline: Outline, lattice: Lattice) -> Form:
        size, radius = measures.size / lattice.step, width / lattice.step
        body = _bevelled(outline, radius) if bevel else np.zeros(outline.inside.shape, np.float32)
        front = body if detail is None else raised(body, detail, outline.inside, lattice)
        back = np.where(front > 1e-6, body / np.maximum(front, 1e-6), 1) if detail else 1.0
        wall = thickness * size - 2 * radius
        return Form(front=front, back=back * (FLATTENED if flat_back else 1.0), wall=wall, sharp=not bevel)

    step = outline_step(measures, faces=faces, triangles=_RIM_TRIANGLES)
    return fitted(subject, former, step=step, faces=faces)


def _bevelled(outline: Outline, radius: float) -> Array:
    """Return a quarter circle over the distance to the outline, with its `radius` in cells, and a flat top.

    The distance is -lam ln(1 - u / lam**2) with -lap u + u / lam**2 = 1 (Varadhan 1967): exact along straight edges,
    smooth at corners.
    """
    reach = radius / 2
    share = solve_poisson(outline, source=1.0, damping=reach**-2) / reach**2
    distance = -reach * np.log(np.clip(1 - share, 1e-6, 1))
    to_top = 1 - np.clip(distance / radius, 0, 1)
    height = radius * np.sqrt(np.clip(1 - to_top * to_top, 1e-6, 1))
    return np.where(outline.inside, height, 0).astype(np.float32)
