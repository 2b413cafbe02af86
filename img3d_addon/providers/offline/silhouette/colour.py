# SPDX-License-Identifier: GPL-3.0-or-later
"""OKLab, the colour space in which distances are seen. No bpy."""

from __future__ import annotations

import numpy as np

from .arrays import Array

__all__ = ["oklab"]

_CODE = np.arange(256) / 255.0
_LINEAR = np.where(_CODE <= 0.04045, _CODE / 12.92, ((_CODE + 0.055) / 1.055) ** 2.4).astype(np.float32)
_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def oklab(rgb: Array) -> Array:
    """Turn sRGB bytes (h, w, 3) into OKLab float32 (h, w, 3), L in 0..1 (Ottosson 2020)."""
    red, green, blue = (_LINEAR[rgb[..., channel]] for channel in range(3))
    long, medium, short = (np.cbrt(r * red + g * green + b * blue) for r, g, b in _CONES)
    return np.stack([p * long + q * medium + r * short for p, q, r in _LAB], axis=-1).astype(np.float32)
