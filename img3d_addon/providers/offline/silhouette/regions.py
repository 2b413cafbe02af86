# SPDX-License-Identifier: GPL-3.0-or-later
"""Connected regions of masks: label, flood, erode, dilate. No bpy."""

from __future__ import annotations

import numpy as np

from .arrays import Array

__all__ = ["areas", "chosen", "connected", "dilate", "erode", "filled", "label", "open_to_frame"]


def connected(first: Array, second: Array, count: int) -> Array:
    """Return the root of each of `count` items when `first[k]` and `second[k]` belong together.

    Union by the smaller root and pointer jumping, both on whole arrays (Shiloach & Vishkin 1982).
    """
    root = np.arange(count)
    while True:
        a, b = root[first], root[second]
        apart = a != b
        if not apart.any():
            return root
        first, second, a, b = first[apart], second[apart], a[apart], b[apart]
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))
        jumped = root[root]
        while (jumped != root).any():
            root, jumped = jumped, jumped[jumped]


def label(mask: Array) -> tuple[Array, int]:
    """Number the 4-connected components of `mask` (h, w): int32 labels from 0, -1 outside, and their count."""
    height, width = mask.shape
    padded = np.zeros((height, width + 2), np.int8)
    padded[:, 1:-1] = mask
    change = np.diff(padded, axis=1)
    row, start = np.nonzero(change == 1)
    end = np.nonzero(change == -1)[1]  # a run is row, [start, end)
    upper, lower = _touching_runs(row * (width + 2) + start, row * (width + 2) + end, width + 2)
    roots, number = np.unique(connected(upper, lower, len(row)), return_inverse=True)
    steps = np.zeros((height, width + 1), np.int32)
    steps[row, start] = number + 1
    steps[row, end] = -(number + 1)
    return np.cumsum(steps, axis=1, dtype=np.int32)[:, :width] - 1, len(roots)


def _touching_runs(start: Array, end: Array, stride: int) -> tuple[Array, Array]:
    """Return the pairs (upper run, run of the next row) that overlap; keys are row * stride + column."""
    first = np.searchsorted(end, start + stride, "right")
    last = np.searchsorted(start, end + stride, "left")
    count = np.maximum(last - first, 0)
    upper = np.repeat(np.arange(len(start)), count)
    place = np.arange(len(upper)) - np.repeat(np.cumsum(count) - count, count)
    return upper, np.repeat(first, count) + place


def areas(labels: Array, count: int) -> Array:
    """Return the number of pixels of each component."""
    return np.bincount(labels[labels >= 0], minlength=count)


def chosen(labels: Array, which: Array) -> Array:
    """Return the mask of the components whose entry in `which` (bool) is true."""
    return np.append(which, False)[labels]  # label -1 reads the appended entry


def open_to_frame(mask: Array) -> Array:
    """Return the part of `mask` whose components touch the frame of the picture."""
    labels, count = label(mask)
    touched = np.zeros(count + 1, bool)
    for side in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        touched[side] = True
    return chosen(labels, touched[:count])


def filled(mask: Array) -> Array:
    """Return `mask` with all its holes."""
    return ~open_to_frame(~mask)


def erode(mask: Array, steps: int = 1) -> Array:
    """Shrink `mask` by `steps` pixels (4-neighbours); the picture's frame does not shrink it."""
    for _ in range(steps):
        smaller = mask.copy()
        smaller[1:] &= mask[:-1]
        smaller[:-1] &= mask[1:]
        smaller[:, 1:] &= mask[:, :-1]
        smaller[:, :-1] &= mask[:, 1:]
        mask = smaller
    return mask


def dilate(mask: Array, steps: int = 1) -> Array:
    """Grow `mask` by `steps` pixels (4-neighbours)."""
    return ~erode(~mask, steps)
