# SPDX-License-Identifier: GPL-3.0-or-later
"""Details of the front from what the picture shows: brightness, or the shading of one lamp. No bpy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .arrays import Array, sample
from .lattice import Lattice
from .light import light_over
from .regions import erode
from .smoothing import gauss, resized
from .subject import Subject, measured

__all__ = ["Detail", "find_detail", "raised"]

_HEIGHT = 0.03  # of the size at amount 1
_BANDS = ((0.004, 0.5), (0.012, 0.8), (0.035, 1.0))  # width as a share of the size, weight
_WIDEST = 0.22  # of the size: shading that changes more slowly is the light's own
_ROUNDEST = 2.0  # over the size: waves longer than three sizes are damped
_ACROSS = 0.03  # damping of what lies across the lamp's direction
_FINE = 4.0  # pixels of a mean's width that are enough to compute it
_ONE_LAMP = 0.25  # strength of the light's direction, and ...
_ONE_MATERIAL = 0.045  # ... spread of the colours, from which the brightness is taken for shading


@dataclass(frozen=True, kw_only=True)
class Detail:
    """`values` (h, w) at analysis size, mostly in -1..1, and their `amount`.

    `source` is "brightness" or "shading"; `angle` of the lamp in degrees, 0 from the right and 90 from above.
    """

    values: Array
    amount: float
    size: float
    source: str
    angle: float | None = None


def find_detail(
    lab: Array, subject: Subject, *, amount: float, source: str = "auto", angle: float | None = None
) -> Detail:
    """Return the details; `source` "auto" takes shading where there is one material under one lamp.

    `lab` is the picture in OKLab, of which `subject` may be the upper part. An `angle` is that of the lamp, if known.
    """
    lab = lab[: len(subject.inside)]
    lightness, size = lab[..., 0], measured(subject).size
    strength = 1.0
    if angle is None and source != "brightness":
        angle, strength = light_over(lightness, subject)
    if source == "auto":
        source = "shading" if strength > _ONE_LAMP and _spread(lab, subject.inside) < _ONE_MATERIAL else "brightness"
    if source == "brightness" or angle is None:
        values = _by_brightness(lightness, subject.alpha, size)
        return Detail(values=values, amount=amount, size=size, source="brightness")
    values = _by_shading(lightness, subject.alpha, angle, size)
    return Detail(values=values, amount=amount, size=size, source="shading", angle=angle)


def raised(body: Array, detail: Detail, inside: Array, lattice: Lattice) -> Array:
    """Add the details to the heights at the nodes; they fade towards the outline."""
    x = lattice.left + lattice.step * np.arange(lattice.columns + 1.0) - 0.5
    y = lattice.top + lattice.step * np.arange(lattice.rows + 1.0) - 0.5
    values = sample(gauss(detail.values, 0.35 * lattice.step), *np.meshgrid(x, y))
    share = np.clip(body / max(float(np.median(body[inside])), 1e-6), 0, 1)
    added = values * (share * share * (3 - 2 * share) * detail.amount * _HEIGHT * detail.size / lattice.step)
    return np.where(inside, np.maximum(body + added, 0.05 * body), 0).astype(np.float32)


def _spread(lab: Array, inside: Array) -> float:
    core = erode(inside, 4)
    return float(lab[core][:, 1:].std(0).sum()) if core.any() else 1.0


def _by_brightness(lightness: Array, alpha: Array, size: float) -> Array:
    """Dark is deep (Langer & Bülthoff 2000): a band-pass of the lightness, in which the background has no part."""
    weight = np.where(alpha > 0.5, alpha, 0).astype(np.float32)
    finer, total = lightness, np.zeros_like(lightness)
    for width, share in _BANDS:
        coarser = _mean(lightness, weight, width * size)
        total += share * (finer - coarser)
        finer = coarser
    return _normalised(total, weight > 0)


def _by_shading(lightness: Array, alpha: Array, angle: float, size: float) -> Array:
    """Linear shape from shading (Pentland 1990): L - mean = -(slope of the height along the lamp's direction).

    Solved in the frequency domain; what lies across the lamp's direction, and what is very wide, is damped.
    """
    weight = np.where(alpha > 0.5, alpha, 0).astype(np.float32)
    light = (lightness - _mean(lightness, weight, _WIDEST * size)) * gauss(weight, 1.5) * (weight > 0)
    margin = 32
    padded = np.pad(light, margin)
    y = 2 * math.pi * np.fft.fftfreq(padded.shape[0])[:, None]
    x = 2 * math.pi * np.fft.rfftfreq(padded.shape[1])[None]
    turned = math.radians(angle)
    slope = -1j * (math.cos(turned) * x - math.sin(turned) * y)  # rows run downwards
    damped = np.abs(slope) ** 2 + _ACROSS * (x * x + y * y) + (_ROUNDEST / size) ** 2
    heights = np.fft.irfft2(np.fft.rfft2(padded) * np.conj(slope) / damped, padded.shape)
    return _normalised(heights[margin:-margin, margin:-margin].astype(np.float32), weight > 0)


def _mean(values: Array, weight: Array, sigma: float) -> Array:
    """Return the mean around each pixel; a wide one is taken of a smaller picture."""
    height, width = values.shape
    shrink = max(1, int(sigma / _FINE))
    size = (max(1, width // shrink), max(1, height // shrink))
    total, share = (gauss(resized(part, size), sigma / shrink) for part in (values * weight, weight))
    return resized(total / np.maximum(share, 1e-3), (width, height))


def _normalised(values: Array, inside: Array) -> Array:
    """Scale so that 3 % of the object lie beyond 1, and cut at 1.5."""
    most = float(np.quantile(np.abs(values[inside]), 0.97))
    return np.where(inside, np.clip(values / max(most, 1e-4), -1.5, 1.5), 0).astype(np.float32)
