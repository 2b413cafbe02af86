# SPDX-License-Identifier: GPL-3.0-or-later
"""Textures smaller than they were delivered, with what is needed to find the full ones in the library again."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bpy.types import Image

from ..full_textures import FULL

__all__ = ["bring_back", "limit"]

QUALITY = 95  # of JPEG and WebP: one more generation, seldom of more than a quarter of the pixels


def limit(images: Iterable[Image], side: int) -> int:
    """Shrink packed images whose longer side has more than `side` pixels; return how many. The format is kept."""
    return sum(_shrink(image, side) for image in images if image.source == "FILE" and image.packed_file)


def bring_back(image: Image, data: bytes) -> None:
    """Pack the file that was delivered in place of the shrunk one; nothing is decoded."""
    packed: Any = image.pack
    packed(data=data, data_len=len(data))
    image.buffers_free()
    image.pop(FULL, None)


def _shrink(image: Any, side: int) -> bool:
    width, height = image.size  # this decodes it
    longest = max(width, height)
    if longest <= side:
        return False
    original = hashlib.sha256(image.packed_file.data).hexdigest()
    image.scale(*(max(1, round(length * side / longest)) for length in (width, height)))
    bring_back(image, _written(image))
    image[FULL] = original
    return True


def _written(image: Any) -> bytes:
    """Return the pixels as a file of the image's own format, or as PNG where Blender cannot write that."""
    with tempfile.TemporaryDirectory(prefix="img3d-") as folder:
        path = Path(folder, "texture")
        try:
            image.save(filepath=str(path), quality=QUALITY)
        except RuntimeError:
            image.file_format = "PNG"
            image.save(filepath=str(path))
        return path.read_bytes()
