# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a body over the grid, as one of the modes makes it. No bpy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .arrays import Array
from .lattice import Lattice
from .outline import Outline

__all__ = ["Form", "Former"]


@dataclass(frozen=True, kw_only=True)
class Form:
    """`front` holds the height of each node in cells, 0 outside.

    The back is the front's mirror image times `back` (a number, or one for each node), or a flat plate where that is
    None. `wall` lies between the outlines of both; where it is 0 they are one line. A stroke of one cell's width has no
    node inside: it is lifted by `lift` times its width. `sharp` edges lie between the front and the wall.
    """

    front: Array
    back: Array | float | None = 1.0
    wall: float = 0.0
    lift: float = 0.0
    sharp: bool = False


Former = Callable[[Outline, Lattice], Form]
