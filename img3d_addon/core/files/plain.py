# SPDX-License-Identifier: GPL-3.0-or-later
"""A decoded picture of any kind as upright 8 bit RGB or RGBA in sRGB. No bpy."""

from __future__ import annotations

import contextlib
import io
import logging
import struct
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["BROKEN", "extrema", "orientation", "plain"]

log = logging.getLogger(__name__)

BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    EOFError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What Pillow's readers raise for damaged files."""


def orientation(image: Image) -> int:
    """Return how a camera was held, as EXIF counts it: 1 is upright; nothing is decoded."""
    if image.format == "PNG" and not any("exif" in str(key) for key in image.info):
        return 1  # `getexif` would decode the picture to look for it
    with contextlib.suppress(*BROKEN):
        return int(image.getexif().get(0x0112, 1))
    return 1


def plain(image: Image) -> Image:
    """Return the picture as RGB or RGBA in sRGB, upright, with nothing of its metadata."""
    from PIL import Image as Pillow, ImageOps

    profile = image.info.get("icc_profile")
    if orientation(image) != 1:
        image = ImageOps.exif_transpose(image)
    has_alpha = bool(image.has_transparency_data)
    alpha = image.convert("RGBA").getchannel("A") if has_alpha else None
    if alpha is not None and image.mode not in ("L", "RGB"):
        image = image.convert("RGBA").convert("RGB")
    colour = _srgb(_eight_bit(image), profile)
    clean = Pillow.new("RGB", colour.size)
    clean.paste(colour)
    if alpha is not None and alpha.getextrema() != (255, 255):
        clean.putalpha(alpha)
    return clean


def _eight_bit(image: Image) -> Image:
    """Return 16 and 32 bit grey as 8 bit: whole numbers as 0..65535, others as 0..1 or up to their largest."""
    if not image.mode.startswith(("I", "F")):
        return image
    top = 65535.0
    if image.mode == "F":
        top = max(1.0, extrema(image)[1])
    scale = 255.0 / top
    return image.convert("F").point(lambda value: value * scale + 0.5).convert("L")  # which cuts off at 0 and 255


def _srgb(image: Image, profile: Any) -> Image:
    """Return RGB; by the picture's own colour profile where it has one that can be used."""
    from PIL import ImageCms

    if profile and image.mode in ("L", "RGB", "CMYK"):
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if "srgb" not in ImageCms.getProfileDescription(own).lower():
                cms: Any = ImageCms  # its types are incomplete
                done: Image | None = cms.profileToProfile(image, own, cms.createProfile("sRGB"), outputMode="RGB")
                if done is not None:
                    return done
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
            log.info("the colour profile was not used: %s", error)
    return image.convert("RGB")


def extrema(band: Image) -> tuple[float, float]:
    """Return the lowest and highest value of a picture of one band."""
    low, high = band.getextrema()
    if isinstance(low, tuple) or isinstance(high, tuple):
        raise TypeError("one band is wanted")
    return low, high
