# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode "relief": a plate with a rounded edge, whose front carries the details of the picture. No bpy."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from .detail import Detail, raised
from .fit import fitted, outline_step
from .form import Form
from .lattice import Lattice
from .outline import Outline
from .poisson import solve_poisson
from .solid import Solid
from .subject import Subject, measured

__all__ = ["relief"]

_SHOULDER = 0.05  # of the size: how far the rounding of the edge reaches in
_RISE = 0.9  # of that: its height at depth 1
_RIM_TRIANGLES = 9  # per cell of outline: front, wall and plate


def relief(
    subject: Subject, *, depth: float, thickness: float, faces: int, detail: Detail | None = None
) -> Iterator[Solid]:
    """Yield reliefs as `fitted` does; `thickness` of the plate below as a share of the object's size.

    -lap u + u / lam**2 = 1, v = u / lam**2 runs from 0 at the outline to 1 inside, h ~ sqrt(v (2 - v)).
    """
    measures = measured(subject)

    def former(outline: Outline, lattice: Lattice) -> Form:
        size = measures.size / lattice.step
        reach = _SHOULDER * size
        share = np.clip(solve_poisson(outline, source=1.0, damping=reach**-2) / reach**2, 1e-6, 1)
        height = _RISE * reach * depth * np.sqrt(share * (2 - share))
        front = np.where(outline.inside, height, 0).astype(np.float32)
        if detail is not None:
            front = raised(front, detail, outline.inside, lattice)
        return Form(front=front, back=None, wall=thickness * size)

    along_outline = outline_step(measures, faces=faces, triangles=_RIM_TRIANGLES)
    over_front = 0.6 * math.sqrt(2 * measures.area / faces)  # details lie anywhere: finer cells would be merged again
    return fitted(subject, former, step=max(along_outline, over_front), faces=faces)
