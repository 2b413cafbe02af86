# SPDX-License-Identifier: GPL-3.0-or-later
"""Box and Gaussian smoothing, Pillow's resize for float arrays, and the pull-push fill. No bpy."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from .arrays import Array

__all__ = ["box_mean", "gauss", "pull_push", "resized"]


def _moved(values: Array, axis: int, radius: int) -> Array:
    """Repeat the edge `radius` times at both ends of `axis`."""
    width = [(0, 0)] * values.ndim
    width[axis] = (radius, radius)
    return np.pad(values, width, mode="edge")


def box_mean(values: Array, radius: int) -> Array:
    """Return the mean of `values` (h, w) over squares of 2 radius + 1 pixels; the edge value holds beyond the edge."""
    for axis in (0, 1):
        size = values.shape[axis]
        total = np.cumsum(_moved(values, axis, radius), axis=axis, dtype=np.float64)
        total = np.concatenate([np.zeros_like(total.take([0], axis)), total], axis)
        width = 2 * radius + 1
        upper, lower = total.take(range(width, width + size), axis), total.take(range(size), axis)
        values = ((upper - lower) / width).astype(np.float32)
    return values


def _binomial(values: Array, side: float) -> Array:
    for axis in (0, 1):
        size = values.shape[axis]
        padded = _moved(values, axis, 1)
        beside = padded.take(range(size), axis) + padded.take(range(2, size + 2), axis)
        values = (side * beside + (1 - 2 * side) * values).astype(np.float32)
    return values


def gauss(values: Array, sigma: float) -> Array:
    """Smooth `values` (h, w) by a Gaussian of `sigma` pixels: three-tap passes, or three box means."""
    if sigma <= 0:
        return values
    if sigma < 1.3:
        passes = math.ceil(2 * sigma * sigma)
        for _ in range(passes):
            values = _binomial(values, sigma * sigma / (2 * passes))
        return values
    radius = max(1, round((math.sqrt(4 * sigma * sigma + 1) - 1) / 2))
    for _ in range(3):
        values = box_mean(values, radius)
    return values


def resized(values: Array, size: tuple[int, int], *, nearest: bool = False) -> Array:
    """Scale float `values` (h, w) to `size` = (width, height)."""
    method = Image.Resampling.NEAREST if nearest else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(values.astype(np.float32)).resize(size, method))


def pull_push(rgb: Array, trust: Array) -> Array:
    """Fill colours where `trust` (h, w; 0..1) is low from the trusted ones around (Gortler et al. 1996).

    `rgb` is float32 (h, w, 3) in 0..255; trusted pixels keep their value.
    """
    height, width = trust.shape
    total = float(trust.sum())
    if total <= 0:
        return rgb.astype(np.float32)
    if min(height, width) <= 2 or trust.min() > 0.999:
        mean = (rgb * trust[..., None]).sum((0, 1)) / total
        return np.where(trust[..., None] > 0, rgb, mean).astype(np.float32)
    colour, weight = _halved(rgb, trust)
    filled = np.clip(pull_push(colour, weight) + 0.5, 0, 255).astype(np.uint8)
    size = (2 * filled.shape[1], 2 * filled.shape[0])
    wide = np.asarray(Image.fromarray(filled).resize(size, Image.Resampling.BILINEAR))
    result = wide[:height, :width].astype(np.float32)
    result *= 1 - trust[..., None]
    result += rgb * trust[..., None]
    return result


def _halved(rgb: Array, trust: Array) -> tuple[Array, Array]:
    """Return the weighted means of 2 x 2 pixels and their weight, at most 1."""
    height, width = trust.shape
    weight = np.zeros(((height + 1) // 2 * 2, (width + 1) // 2 * 2), np.float32)
    weight[:height, :width] = trust
    colour = np.zeros((*weight.shape, 3), np.float32)
    colour[:height, :width] = rgb * trust[..., None]
    total = weight[0::2, 0::2] + weight[1::2, 0::2] + weight[0::2, 1::2] + weight[1::2, 1::2]
    mean = colour[0::2, 0::2] + colour[1::2, 0::2] + colour[0::2, 1::2] + colour[1::2, 1::2]
    mean /= np.maximum(total, 1e-6)[..., None]
    return mean, np.minimum(total, 1)
