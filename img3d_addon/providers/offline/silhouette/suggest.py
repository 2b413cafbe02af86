# SPDX-License-Identifier: GPL-3.0-or-later
"""Which mode would suit a picture: a suggestion, nothing more. No bpy."""

from __future__ import annotations

import math

import numpy as np

from .arrays import Array
from .regions import areas, erode, label
from .smoothing import gauss
from .subject import outline_length

__all__ = ["suggested_mode"]

_COLOURS = 6  # the commonest ones
_STEP = 24  # of 256: colours that are closer are one
_PART = 0.002  # of the silhouette: a smaller part or hole does not count


def suggested_mode(colour: Array, lab: Array, inside: Array) -> str:
    """Return the mode that the measures speak for.

    A round thing of one material is a coin; many letters or holes in few flat colours are a logo; what is its own
    mirror image and shaded was turned on a lathe.
    """
    core = erode(inside, 2)
    if not core.any():
        return "inflate"
    circular = 4 * math.pi * float(inside.sum()) / outline_length(gauss(inside.astype(np.float32), 1.0)) ** 2
    if circular > 0.9 and float(lab[core][:, 1:].std(0).sum()) < 0.04:
        return "relief"
    common = _common_colours(colour[core])
    if common > 0.95 and max(_parts(inside), _parts(~inside) - 1) >= 3:
        return "extrude"
    if common < 0.8 and _mirrored(inside) > 0.97:
        return "revolve"
    return "inflate"


def _common_colours(colours: Array) -> float:
    """Return the share of the pixels that the commonest colours cover."""
    rough = (colours // _STEP).astype(np.int64)
    counts = np.bincount(rough @ np.array([121, 11, 1]))
    return float(np.sort(counts)[-_COLOURS:].sum() / counts.sum())


def _parts(mask: Array) -> int:
    labels, count = label(mask)
    return int((areas(labels, count) > _PART * mask.sum()).sum()) if count else 0


def _mirrored(inside: Array) -> float:
    """Return the best overlap of the silhouette with its mirror image, as a share of their union."""
    columns = np.nonzero(inside.any(0))[0]
    reach = int(0.1 * (columns[-1] - columns[0]))
    box = np.pad(inside[:, columns[0] : columns[-1] + 1], ((0, 0), (reach, reach)))
    mirror = box[:, ::-1]
    total = 2 * int(inside.sum())
    best = 0.0
    for shift in range(-reach, reach + 1, max(1, reach // 16)):
        both = int((box & np.roll(mirror, shift, axis=1)).sum())
        best = max(best, both / (total - both))
    return best
