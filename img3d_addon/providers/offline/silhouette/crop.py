# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an object runs out of the picture, and is therefore cut flat. No bpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Array

__all__ = ["Cuts", "extended", "find_cuts"]

_OPPOSITE = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}


@dataclass(frozen=True, kw_only=True)
class Cuts:
    """The sides of the picture at which the object is cut; never two opposite ones."""

    left: bool = False
    right: bool = False
    top: bool = False
    bottom: bool = False

    def __iter__(self):
        return (side for side in _OPPOSITE if getattr(self, side))

    def __bool__(self) -> bool:
        return self.left or self.right or self.top or self.bottom


def find_cuts(mask: Array) -> Cuts:
    """Return the sides that the object touches along more than a quarter of its extent.

    An object that touches all four sides is a tightly trimmed sticker and has no cut.
    """
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    height, width = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    touched = {
        "bottom": mask[-2:].any(0).sum() / width,
        "left": mask[:, :2].any(1).sum() / height,
        "right": mask[:, -2:].any(1).sum() / height,
        "top": mask[:2].any(0).sum() / width,
    }
    cuts: dict[str, bool] = {}
    if all(touched.values()):
        return Cuts()
    for side, share in touched.items():
        if share > 0.25 and _OPPOSITE[side] not in cuts:
            cuts[side] = True
    return Cuts(**cuts)


def extended(values: Array, cuts: Cuts, *, margin: int) -> Array:
    """Pad `values` (h, w) by `margin`: with 0, and at a cut with the values of the frame."""
    padded = np.pad(values.astype(np.float32), margin)
    if cuts.top:
        padded[:margin] = padded[margin]
    if cuts.bottom:
        padded[-margin:] = padded[-margin - 1]
    if cuts.left:
        padded[:, :margin] = padded[:, margin : margin + 1]
    if cuts.right:
        padded[:, -margin:] = padded[:, -margin - 1 : -margin]
    return padded
