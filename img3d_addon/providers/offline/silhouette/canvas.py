# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the picture that becomes the texture, and its size in texels. No bpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from .arrays import Array
from .picture import Source

__all__ = ["Canvas", "make_canvas"]


@dataclass(frozen=True, kw_only=True)
class Canvas:
    """`box` = left, top, right, bottom in full pixels, with a margin that may leave the picture; `size` in texels."""

    source: Source
    box: tuple[int, int, int, int]
    size: tuple[int, int]

    def colours(self) -> Array:
        """Return the picture's colours, float32 (h, w, 3) in 0..255."""
        part = self.source.full.crop(self.box)
        if part.size != self.size:
            part = part.resize(self.size, Image.Resampling.HAMMING)
        return np.asarray(part)[..., :3].astype(np.float32)

    def lifted(self, values: Array, *, nearest: bool = False, continued: bool = False) -> Array:
        """Bring an array (h, w) of analysis size to texels, float32; 0 beyond the picture, or `continued` there."""
        scale_x, scale_y = self.source.scale
        left, top, right, bottom = self.box
        margin = 2 + int(max(-left, -top, right - self.source.full.width, bottom - self.source.full.height, 0))
        padded = Image.fromarray(np.pad(values.astype(np.float32), margin, mode="edge" if continued else "constant"))
        method = Image.Resampling.NEAREST if nearest else Image.Resampling.BILINEAR
        box = (left / scale_x + margin, top / scale_y + margin, right / scale_x + margin, bottom / scale_y + margin)
        return np.asarray(padded.resize(self.size, method, box=box))

    @property
    def texels(self) -> float:
        """Texels per analysis pixel."""
        return self.size[0] * self.source.scale[0] / (self.box[2] - self.box[0])


def make_canvas(source: Source, alpha: Array, *, texture_size: int) -> Canvas:
    """Frame what is visible in `alpha` with a margin of at least 8 texels; the longer side is `texture_size`."""
    rows, columns = np.nonzero((alpha > 0.02).any(1))[0], np.nonzero((alpha > 0.02).any(0))[0]
    scale_x, scale_y = source.scale
    width, height = (columns[-1] + 1 - columns[0]) * scale_x, (rows[-1] + 1 - rows[0]) * scale_y
    margin = max(8, int(max(width, height) * 16 / texture_size))
    left, top = int(columns[0] * scale_x) - margin, int(rows[0] * scale_y) - margin
    right, bottom = int((columns[-1] + 1) * scale_x) + margin, int((rows[-1] + 1) * scale_y) + margin
    factor = min(1.0, texture_size / max(right - left, bottom - top))
    size = max(2, round((right - left) * factor)), max(2, round((bottom - top) * factor))
    return Canvas(source=source, box=(left, top, right, bottom), size=size)
