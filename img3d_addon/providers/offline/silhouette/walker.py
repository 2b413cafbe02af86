# SPDX-License-Identifier: GPL-3.0-or-later
"""Spread an opinion over the picture so that it changes where the colour does. No bpy."""

from __future__ import annotations

import numpy as np

from .arrays import Array
from .geodesic import colour_steps

__all__ = ["Weights", "weights_of", "walked"]

_LEAK = 2e-3  # even the strongest edge lets a little through

Weights = tuple[Array, Array]
"""Between neighbours: to the right (h, w - 1), and down (h - 1, w)."""


def weights_of(lab: Array) -> Weights:
    """Return how much neighbours belong together: 1 for one colour, next to 0 over a strong edge."""
    right, down = colour_steps(lab)
    usual = max((float((right * right).sum()) + float((down * down).sum())) / (right.size + down.size), 1e-6)
    factor = np.float32(-0.6 / usual)
    return np.exp(factor * right * right) + _LEAK, np.exp(factor * down * down) + _LEAK


def walked(weights: Weights, opinion: Array, trust: Array, *, start: Array, rounds: int = 120) -> Array:
    """Return x (h, w) with the least sum of w (x_i - x_j)^2 + trust (x - opinion)^2, the random walker's (Grady 2006).

    Conjugate gradients, preconditioned by the diagonal, from `start`.
    """
    diagonal = trust + _applied(weights, np.ones_like(trust))
    result = start.copy()
    rest = trust * opinion - (diagonal * result - _applied(weights, result))
    enough = 1e-6 * float(np.square(trust * opinion).sum())
    scaled = rest / diagonal
    way, power = scaled, float((rest * scaled).sum())
    for _ in range(rounds):
        if float((rest * rest).sum()) <= enough:
            break
        image = diagonal * way - _applied(weights, way)
        step = power / max(float((way * image).sum()), 1e-20)
        result += step * way
        rest -= step * image
        scaled = rest / diagonal
        before, power = power, float((rest * scaled).sum())
        way = scaled + (power / max(before, 1e-20)) * way
    return result


def _applied(weights: Weights, values: Array) -> Array:
    """Return the weighted sum of the neighbours of each pixel."""
    right, down = weights
    result = np.zeros_like(values)
    result[:, 1:] += right * values[:, :-1]
    result[:, :-1] += right * values[:, 1:]
    result[1:] += down * values[:-1]
    result[:-1] += down * values[1:]
    return result
