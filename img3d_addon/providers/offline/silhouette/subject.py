# SPDX-License-Identifier: GPL-3.0-or-later
"""What every mode starts from: the silhouette, where it is cut, and its measures. No bpy."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .arrays import Array
from .crop import Cuts

__all__ = ["Measures", "Subject", "measured", "outline_length", "standing"]

_BASE = 0.012  # of the height: so much is cut off for a flat base


@dataclass(frozen=True, kw_only=True)
class Subject:
    """`inside` bool and `alpha` (h, w), alpha > .5 inside; the sides at which the object leaves these arrays.

    `sigma` is how much the outline is smoothed, in analysis pixels.
    """

    alpha: Array
    inside: Array
    cuts: Cuts
    sigma: float


@dataclass(frozen=True, kw_only=True)
class Measures:
    """`size` is the longer side of the silhouette; all in analysis pixels."""

    size: float
    area: float
    perimeter: float


def measured(subject: Subject) -> Measures:
    """Measure the silhouette."""
    alpha, inside = subject.alpha, subject.inside
    rows, columns = np.nonzero(inside.any(1))[0], np.nonzero(inside.any(0))[0]
    return Measures(
        size=float(max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1),
        area=float(alpha.sum()),
        perimeter=outline_length(alpha),
    )


def outline_length(alpha: Array) -> float:
    """Return the length in pixels of the outline of `alpha` (h, w): pi/4 turns the L1 variation into a length."""
    variation = np.abs(np.diff(alpha, axis=1)).sum() + np.abs(np.diff(alpha, axis=0)).sum()
    return max(0.79 * float(variation), 4.0)


def standing(subject: Subject) -> Subject:
    """Cut the lowest part off, so that the object stands; one that is cut at its top or bottom stays as it is."""
    rows = np.nonzero(subject.inside.any(1))[0]
    end = int(rows[-1] + 1 - max(1, round(_BASE * (rows[-1] + 1 - rows[0]))))
    if subject.cuts.bottom or subject.cuts.top or end <= rows[0]:
        return subject
    cuts = replace(subject.cuts, bottom=True)
    return replace(subject, alpha=subject.alpha[:end], inside=subject.inside[:end], cuts=cuts)
