# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the light comes from in a shaded picture. No bpy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .arrays import Array, sample
from .lattice import make_lattice
from .outline import make_field, outline_on
from .poisson import solve_poisson
from .regions import erode
from .smoothing import gauss
from .subject import Subject, measured

__all__ = ["light_over"]

_GRID = 120  # cells along the object for the round body
_EXPLAINED = 0.35  # share of the variance from which the object is taken for a round body
_LEVEL = 12  # degrees: so low, the lamp is taken to be on the left, where painters have it
_SLANTED = 0.05  # the least part of the light that comes from the side


def light_over(lightness: Array, subject: Subject) -> tuple[float, float]:
    """Return the angle of the lamp (degrees, 0 from the right, 90 from above) and how sure it is, 0..1.

    A round body is lit as its normals are; on a flat one, the brightness changes most along the lamp's direction.
    """
    slant, explained = _on_round_body(lightness, subject)
    if explained > _EXPLAINED and math.hypot(*slant) > _SLANTED:
        return math.degrees(math.atan2(-slant[1], slant[0])), min(explained, 1.0)
    return _along_gradients(lightness, subject.alpha)


def _on_round_body(lightness: Array, subject: Subject) -> tuple[tuple[float, float], float]:
    """Fit the lightness to the normals of the inflated silhouette; return the x and y of the light, and r squared."""
    lattice = make_lattice(subject.inside, subject.cuts, step=max(measured(subject).size / _GRID, 0.5))
    outline = outline_on(make_field(subject.alpha, subject.cuts, lattice, sigma=subject.sigma), lattice)
    if outline.inside.sum() < 50:
        return (0.0, 0.0), 0.0
    height = np.sqrt(np.maximum(solve_poisson(outline, source=4.0), 0))
    down, right = np.gradient(height)
    length = np.sqrt(1 + right * right + down * down)
    x = lattice.left + lattice.step * np.arange(lattice.columns + 1.0) - 0.5
    y = lattice.top + lattice.step * np.arange(lattice.rows + 1.0) - 0.5
    seen = sample(gauss(lightness, 0.4 * lattice.step), *np.meshgrid(x, y))
    terms = np.stack([np.ones_like(length), -right / length, -down / length, 1 / length], -1)[outline.inside]
    weights, explained = _robust_fit(terms.astype(np.float64), seen[outline.inside].astype(np.float64))
    return (float(weights[1]), float(weights[2])), explained


def _robust_fit(terms: Array, values: Array) -> tuple[Array, float]:
    """Fit by re-weighted least squares (Cauchy's weights); return the weights of the terms, and r squared."""
    trust = np.ones(len(values))
    weights: Array = np.zeros(terms.shape[1])
    rest: Array = values
    for _ in range(5):
        weighted = terms * trust[:, None]
        normal = terms.T @ weighted + 1e-6 * np.eye(terms.shape[1])
        weights = _solved(normal, (weighted * values[:, None]).sum(0))
        rest = values - (terms * weights).sum(1)
        trust = 1 / (1 + (rest / (1.5 * float(np.median(np.abs(rest))) + 1e-6)) ** 2)
    spread: Array = (trust * (values - np.average(values, weights=trust)) ** 2).sum()
    return weights, float(1 - (trust * rest * rest).sum() / max(float(spread), 1e-9))


def _solved(matrix: Array, right: Array) -> Array:
    solution: Any = np.linalg.solve(matrix, right)  # pyright: ignore[reportUnknownVariableType]
    return solution


def _along_gradients(lightness: Array, alpha: Array) -> tuple[float, float]:
    """Return the axis along which small shapes change the brightness most (Knill 1990); the lamp is taken as above."""
    core = erode(alpha > 0.95, 4)
    if core.sum() < 200:
        return 90.0, 0.0
    down, right = np.gradient(gauss(lightness, 1.5) - gauss(lightness, 8.0))
    xx, xy, yy = (float(product[core].mean()) for product in (right * right, right * down, down * down))
    strength = math.hypot(xx - yy, 2 * xy) / max(xx + yy, 1e-12)
    angle = -math.degrees(math.atan2(2 * xy, xx - yy)) / 2  # of the axis, in -90..90, counter-clockwise
    above = angle + 180 if math.sin(math.radians(angle)) < 0 else angle
    return (above + 180 if above < _LEVEL else above), strength
