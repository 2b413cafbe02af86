# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode "inflate": a round body from the outline alone. No bpy."""

from __future__ import annotations

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

__all__ = ["FLATTENED", "inflated"]

FLATTENED = 0.25  # what is left of the back's depth when it is flat
_RIM_TRIANGLES = 21  # per cell of outline, both sides, with three rings
_LIFT = 0.35


def inflated(
    subject: Subject, *, depth: float, faces: int, flat_back: bool = False, detail: Detail | None = None
) -> Iterator[Solid]:
    """Yield round solids as `fitted` does.

    -lap u = 4, h = depth * sqrt(u): a disc becomes a sphere of `depth` times its radius, a strip of half-width w an
    ellipse of height sqrt(2) * w * depth.
    """
    flat = FLATTENED if flat_back else 1.0

    def former(outline: Outline, lattice: Lattice) -> Form:
        body = depth * np.sqrt(np.maximum(solve_poisson(outline, source=4.0), 1e-4))
        body = np.where(outline.inside, body, 0).astype(np.float32)
        if detail is None:
            return Form(front=body, back=flat, lift=_LIFT * depth)
        front = raised(body, detail, outline.inside, lattice)
        smooth = np.where(outline.inside, body / np.maximum(front, 1e-6), 1)
        return Form(front=front, back=flat * smooth, lift=_LIFT * depth)

    step = outline_step(measured(subject), faces=faces, triangles=_RIM_TRIANGLES)
    return fitted(subject, former, step=step, faces=faces)
