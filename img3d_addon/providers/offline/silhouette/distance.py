# SPDX-License-Identifier: GPL-3.0-or-later
"""Distance to the outline, up to a limit. No bpy."""

from __future__ import annotations

import numpy as np

from .arrays import Array

__all__ = ["inner_distance"]


def inner_distance(mask: Array, limit: int) -> Array:
    """Return for each pixel of `mask` the distance to the nearest pixel outside, at most `limit`; 0 outside.

    Separable as in Felzenszwalb & Huttenlocher (2012), with a search window of +-`limit` rows.
    """
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    box = np.s_[max(rows[0] - 1, 0) : rows[-1] + 2, max(columns[0] - 1, 0) : columns[-1] + 2]
    square = _along_rows(mask[box], limit + 1) ** 2
    nearest = square.copy()
    for step in range(1, min(limit, len(square) - 1) + 1):
        nearest[step:] = np.minimum(nearest[step:], square[:-step] + step * step)
        nearest[:-step] = np.minimum(nearest[:-step], square[step:] + step * step)
    result = np.zeros(mask.shape, np.float32)
    result[box] = np.sqrt(np.minimum(nearest, limit * limit))
    return result


def _along_rows(mask: Array, limit: int) -> Array:
    place = np.arange(mask.shape[1])
    far = 10**6
    before = np.maximum.accumulate(np.where(mask, -far, place), axis=1)
    after = np.minimum.accumulate(np.where(mask, far, place)[:, ::-1], axis=1)[:, ::-1]
    return np.minimum(np.minimum(place - before, after - place), limit).astype(np.float32)
