# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain background: its colour everywhere, fitted to the frame of the picture. No bpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import Array

__all__ = ["Background", "fit_background", "frame_ring"]

_SAMPLES = 6000


@dataclass(frozen=True, kw_only=True)
class Background:
    """`colour` is OKLab (h, w, 3); `sigma` the spread of the frame around it, `inliers` the share that fits."""

    colour: Array
    sigma: float
    inliers: float

    @property
    def is_plain(self) -> bool:
        """Whether the frame looks like a page, a studio or a smooth gradient."""
        return (self.sigma < 0.012 and self.inliers > 0.85) or (self.sigma < 0.006 and self.inliers > 0.5)


def frame_ring(height: int, width: int) -> Array:
    """Return the mask of the outer 2 % of the picture, at least 2 pixels."""
    thickness = max(2, int(0.02 * max(height, width)))
    ring = np.ones((height, width), bool)
    ring[thickness:-thickness, thickness:-thickness] = False
    return ring


def fit_background(lab: Array) -> Background:
    """Fit a quadratic in x and y to each OKLab channel of the frame, so that gradients and vignettes fit.

    Iteratively re-weighted least squares with Tukey's weights: what of the object touches the frame drops out.
    """
    height, width = lab.shape[:2]
    y, x = np.nonzero(frame_ring(height, width))
    stride = max(1, len(y) // _SAMPLES)
    y, x = y[::stride], x[::stride]
    terms = _terms(2 * x / width - 1, 2 * y / height - 1)
    colours = lab[y, x].astype(np.float64)
    residual: Array = np.sqrt(((colours - np.median(colours, axis=0)) ** 2).sum(-1))
    sigma = max(float(np.median(residual)), 0.004)
    weights: Array = np.zeros((6, 3))
    for _ in range(8):
        trust = np.clip(1 - (residual / (4.7 * sigma)) ** 2, 0, 1) ** 2 + 1e-6
        normal = terms.T @ (terms * trust[:, None]) + 1e-6 * np.eye(6)
        weights = _solved(normal, terms.T @ (colours * trust[:, None]))
        residual = np.sqrt(((colours - terms @ weights) ** 2).sum(-1))
        sigma = max(1.2 * float(np.median(residual)), 0.003)
    return Background(
        colour=_evaluate(weights, height, width),
        sigma=sigma,
        inliers=float((residual < 5 * sigma).mean()),
    )


def _solved(matrix: Array, right: Array) -> Array:
    solution: Any = np.linalg.solve(matrix, right)  # pyright: ignore[reportUnknownVariableType]
    return solution


def _terms(x: Array, y: Array) -> Array:
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)


def _evaluate(weights: Array, height: int, width: int) -> Array:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = 2 * x / width - 1, 2 * y / height - 1
    one, a, b, aa, ab, bb = list[Array](weights.astype(np.float32))
    x, y = x[..., None], y[..., None]
    return one + a * x + b * y + aa * (x * x) + ab * (x * y) + bb * (y * y)
