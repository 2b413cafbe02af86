# SPDX-License-Identifier: GPL-3.0-or-later
"""The array type of this package, and bilinear sampling. No bpy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "sample"]

Array = NDArray[Any]


def sample(values: Array, x: Array, y: Array) -> Array:
    """Interpolate `values` (h, w) bilinearly at column `x`, row `y`; beyond the edge the edge value holds."""
    height, width = values.shape
    x = np.clip(x, 0, width - 1.001)
    y = np.clip(y, 0, height - 1.001)
    i, j = x.astype(np.int64), y.astype(np.int64)
    right, down = x - i, y - j
    upper = values[j, i] * (1 - right) + values[j, i + 1] * right
    lower = values[j + 1, i] * (1 - right) + values[j + 1, i + 1] * right
    return upper * (1 - down) + lower * down
