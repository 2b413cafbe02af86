# SPDX-License-Identifier: GPL-3.0-or-later
"""The texture: the picture on the front chart, bled beyond its outline, and a chart for the back. No bpy."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from .arrays import Array
from .back import back_colours
from .canvas import Canvas
from .colour import oklab
from .crop import extended, find_cuts
from .distance import inner_distance
from .glb import Texture
from .ink import DARK, ink_width, sprite_ink
from .mask import Mask
from .picture import Source
from .regions import dilate, erode
from .smoothing import pull_push

__all__ = ["Rim", "encoded", "find_rim", "front_chart", "with_back"]

_SURE = 0.98  # alpha from which a texel shows the object alone
_SOFT_DARK = 0.03  # lightness: so much lighter are the line's own paler places
_PHOTO_BYTES = 0.5  # PNG bytes per texel from which JPEG is the better coding
_JPEG_QUALITY = 90


@dataclass(frozen=True, kw_only=True)
class Rim:
    """`distance` (h, w) to the outline and the widths of the drawn line and of the rim, in analysis pixels.

    `dark` is the lightness up to which the line goes.
    """

    distance: Array
    limit: int
    ink: float
    band: float
    dark: float = DARK


def find_rim(mask: Mask, source: Source, *, ink: float | None) -> Rim:
    """Measure the rim of the object; a dark drawn outline is `ink` pixels wide, or looked for when that is None."""
    inside = extended(mask.alpha, find_cuts(mask.inside), margin=1) > 0.5  # the frame is outline where it is no cut
    rows, columns = np.nonzero(inside.any(1))[0], np.nonzero(inside.any(0))[0]
    size = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    limit = max(6, int(max(0.075 * size, 2.5 * source.texel)))
    distance = inner_distance(inside, limit)[1:-1, 1:-1]
    dark = DARK
    if ink is None:
        lightness = oklab(source.colour)[..., 0]
        ink = ink_width(lightness, distance, limit=limit)
        if not ink and source.texel:
            ink, dark = sprite_ink(lightness, distance, limit=limit, texel=source.texel)
        ink += 1.0 if ink else 0.0
    ink = min(ink, 0.7 * limit)
    band = min(ink + max(2.0, 0.022 * size), 0.8 * limit)
    return Rim(distance=distance, limit=limit, ink=ink, band=band, dark=dark)


def front_chart(canvas: Canvas, mask: Mask, rim: Rim) -> Array:
    """Return the colours (h, w, 3) of the front; what shows background or ink is filled from the inside."""
    colours = canvas.colours()
    pixel_art = canvas.source.texel > 0
    alpha = canvas.lifted(mask.alpha, nearest=pixel_art)
    trusted = alpha > _SURE
    if rim.ink:
        trusted &= _beyond_ink(canvas, colours, rim)
    elif not pixel_art:
        trusted = erode(trusted, max(1, round(0.75 * canvas.texels)))
    for enough in (0.9, 0.5):
        if trusted.sum() < 0.3 * (alpha > 0.5).sum():
            trusted = alpha > enough
    return pull_push(colours, trusted.astype(np.float32))


def _beyond_ink(canvas: Canvas, colours: Array, rim: Rim) -> Array:
    """Return the texels inside the drawn line, without dark ones close to it and their soft edge."""
    distance = canvas.lifted(rim.distance)
    dark = oklab(np.clip(colours, 0, 255).astype(np.uint8))[..., 0] < rim.dark + _SOFT_DARK
    texel = canvas.source.texel
    if texel:  # hard pixels, of which the line has taken whole ones
        return ~(dark & (distance < rim.ink + texel / 2))
    dark &= distance < min(2.6 * rim.ink, rim.limit)
    return (distance > rim.ink) & ~dilate(dark, max(1, round(1.5 * canvas.texels)))


def with_back(front: Array, canvas: Canvas, rim: Rim) -> Array:
    """Put the chart of the back to the right of the front."""
    distance = canvas.lifted(rim.distance, continued=True)  # a cut at the frame is no rim
    return np.concatenate([front, back_colours(front, distance, band=rim.band)], axis=1)


def encoded(colours: Array) -> Texture:
    """Code as PNG; a noisy, photo-like texture, on which PNG is wasted, as JPEG."""
    image = Image.fromarray(np.clip(colours + 0.5, 0, 255).astype(np.uint8))
    data = io.BytesIO()
    image.save(data, "PNG", compress_level=3)
    if data.tell() < _PHOTO_BYTES * image.width * image.height:
        return Texture(data=data.getvalue(), mime="image/png")
    data = io.BytesIO()
    image.save(data, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return Texture(data=data.getvalue(), mime="image/jpeg")
