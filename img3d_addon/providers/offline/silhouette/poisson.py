# SPDX-License-Identifier: GPL-3.0-or-later
"""The one equation behind all heights, solved on the grid with an exact outline. No bpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .outline import Outline

__all__ = ["solve_poisson"]

_STEPS = (30, 35, 45, 70, 120)  # conjugate-gradient steps from the finest grid to coarser ones
_FULL_STEPS = 300
_NEAREST = 0.05  # of an edge: the closest that a crossing is taken to be, for the sake of the condition
_TOLERANCE = 2e-4


@dataclass(frozen=True, kw_only=True)
class _System:
    diagonal: Array
    inside: Array  # float32 0 or 1

    def __matmul__(self, values: Array) -> Array:
        result = self.diagonal * values
        result[1:] -= values[:-1]
        result[:-1] -= values[1:]
        result[:, 1:] -= values[:, :-1]
        result[:, :-1] -= values[:, 1:]
        result *= self.inside
        return result


def solve_poisson(outline: Outline, *, source: float, damping: float = 0.0) -> Array:
    """Solve -lap u + damping u = source inside the outline with u = 0 on it, and no flux through cuts.

    Returns u (rows + 1, columns + 1) float32 at the nodes, 0 outside; lengths are cells. The five-point stencil takes
    the distance to the outline into account (Gibou et al. 2002); each grid starts from the solution on every second
    node (cascadic conjugate gradients, Bornemann & Deuflhard 1996).
    """
    return _solve(outline, source, damping, level=0)


def _solve(outline: Outline, source: float, damping: float, *, level: int) -> Array:
    inside = outline.inside
    system = _System(diagonal=_diagonal(outline, damping), inside=inside.astype(np.float32))
    right_side = system.inside * (source * outline.spacing**2)
    if min(inside.shape) <= 24 or inside.sum() <= 400:
        return _conjugate_gradients(system, right_side, np.zeros_like(right_side), steps=_FULL_STEPS)
    start = _prolonged(_solve(outline.coarser(), source, damping, level=level + 1), inside)
    return _conjugate_gradients(system, right_side, start, steps=_STEPS[min(level, len(_STEPS) - 1)])


def _diagonal(outline: Outline, damping: float) -> Array:
    """Return the diagonal: 1 for a neighbour inside, 1/theta for one beyond the outline, 0 for one beyond a cut."""
    shape = outline.values.shape
    total = np.full(shape, damping * outline.spacing**2, np.float32)
    to_right, to_left, to_below, to_above = (np.ones(shape, np.float32) for _ in range(4))
    to_right[:, :-1] = _inverse(outline.right[:, :-1])
    to_left[:, 1:] = _inverse(1 - outline.right[:, :-1])
    to_below[:-1] = _inverse(outline.down[:-1])
    to_above[1:] = _inverse(1 - outline.down[:-1])
    for weight, axis, step in ((to_right, 1, -1), (to_left, 1, 1), (to_below, 0, -1), (to_above, 0, 1)):
        if outline.void is not None:
            weight[np.roll(outline.void, step, axis)] = 0
        total += weight
    return np.where(outline.inside, np.maximum(total, 1e-3), 1).astype(np.float32)


def _inverse(theta: Array) -> Array:
    return np.where(np.isnan(theta), 1, 1 / np.clip(theta, _NEAREST, 1))


def _prolonged(coarse: Array, inside: Array) -> Array:
    fine = np.zeros(inside.shape, np.float32)
    fine[::2, ::2] = coarse
    fine[1:-1:2, ::2] = (fine[0:-2:2, ::2] + fine[2::2, ::2]) / 2
    fine[:, 1:-1:2] = (fine[:, 0:-2:2] + fine[:, 2::2]) / 2
    return np.where(inside, fine, 0)


def _dot(first: Array, second: Array) -> float:
    return float((first * second).sum(dtype=np.float64))


def _conjugate_gradients(system: _System, right_side: Array, start: Array, *, steps: int) -> Array:
    """Run at most `steps` steps, preconditioned by the diagonal."""
    inverse = system.inside / system.diagonal
    residual = right_side - system @ start
    solution, direction = start, residual * inverse
    size = _dot(residual, direction)
    enough = _TOLERANCE**2 * _dot(right_side, right_side * inverse)
    for _ in range(steps):
        image = system @ direction
        curvature = _dot(direction, image)
        if curvature <= 0 or size <= enough:
            break
        length = np.float32(size / curvature)
        solution += length * direction
        residual -= length * image
        better = residual * inverse
        size, before = _dot(residual, better), size
        direction = better + np.float32(size / before) * direction
    return solution
