# SPDX-License-Identifier: GPL-3.0-or-later
"""How usual a colour is among others: mixtures of Gaussians with a diagonal covariance. No bpy."""

from __future__ import annotations

import math

import numpy as np

from .arrays import Array

__all__ = ["log_density"]

_SAMPLES = 3000
_ROUNDS = 8
_FEW = 5  # samples that make no part of their own
_LEAST_SPREAD = 4e-4  # variance in OKLab, so that a flat colour tolerates a little noise


def log_density(colours: Array, samples: Array, *, parts: int) -> Array:
    """Return the log density (n,) of `colours` (3, n) under a mixture of `parts` fitted to `samples` (3, m)."""
    samples = samples[:, :: max(1, samples.shape[1] // _SAMPLES)]
    count = samples.shape[1]
    parts = max(1, min(parts, count // (2 * _FEW)))
    nearest = _clusters(samples, parts)
    terms: list[Array] = []
    for part in range(parts):
        members = samples[:, nearest == part]
        if members.shape[1] >= min(_FEW, count):
            share = math.log(members.shape[1] / count)
            terms.append(_log_gaussian(colours, members) + np.float32(share))
    stacked = np.stack(terms)
    top = stacked.max(0)
    return top + np.log(np.exp(stacked - top).sum(0))


def _log_gaussian(colours: Array, members: Array) -> Array:
    spread = members.var(1) + np.float32(_LEAST_SPREAD)
    result = np.full(colours.shape[1], -0.5 * float(np.log(spread).sum()), np.float32)
    for values, mean, variance in zip(colours, members.mean(1), spread, strict=True):
        off = values - mean
        off *= off
        off *= np.float32(-0.5) / variance
        result += off
    return result


def _clusters(samples: Array, count: int) -> Array:
    """Return the number of the k-means cluster of each sample; the first centres lie as far apart as they can."""
    centres = samples.mean(1, keepdims=True)
    for _ in range(count - 1):
        farthest = _square_distances(samples, centres).min(0).argmax()
        centres = np.concatenate([centres, samples[:, farthest : farthest + 1]], axis=1)
    nearest = np.zeros(samples.shape[1], np.int64)
    for _ in range(_ROUNDS):
        nearest = _square_distances(samples, centres).argmin(0)
        number = np.maximum(np.bincount(nearest, minlength=count), 1)
        centres = np.stack([np.bincount(nearest, values, count) / number for values in samples]).astype(np.float32)
    return nearest


def _square_distances(samples: Array, centres: Array) -> Array:
    """Return (k, m) for k centres."""
    result = np.zeros((centres.shape[1], samples.shape[1]), np.float32)
    for values, places in zip(samples, centres, strict=True):
        off = values - places[:, None]
        result += off * off
    return result
