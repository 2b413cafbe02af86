# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a decoded picture within a service's limits and write it in a format that the service takes. No bpy."""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BadInput, OutputError
from ..values import ImageLimits
from .fitting import fit

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["edge_colour", "encode", "write"]


def encode(image: Image, limits: ImageLimits, *, name: str) -> tuple[bytes, str, tuple[int, int]]:
    """Return file content, kind and size: PNG, else the first smaller way that stays under the limit of bytes."""
    scale = 1.0
    for _ in range(12):
        fitted = _fitted(image, limits, scale)
        size = math.inf
        for kind, options in _ways(fitted.mode == "RGBA", limits.formats):
            buffer = io.BytesIO()
            fitted.save(buffer, kind, **options)
            size = min(size, buffer.tell())
            if not limits.max_bytes or buffer.tell() <= limits.max_bytes:
                return buffer.getvalue(), kind, fitted.size
        scale = min(scale, fitted.width / image.width) * max(0.3, 0.95 * math.sqrt(limits.max_bytes / size))
    raise BadInput(
        f"{name} cannot be made small enough: at most {limits.max_bytes} bytes are taken",
        advice="Choose another picture or another provider.",
    )


def _ways(has_alpha: bool, formats: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    if "png" in formats:
        yield "png", {"compress_level": 6}
    for quality in (95, 88, 80):
        if "webp" in formats and has_alpha:
            yield "webp", {"quality": quality, "method": 4}
        elif "jpeg" in formats and not has_alpha:
            yield "jpeg", {"quality": quality, "subsampling": 0}


def _fitted(image: Image, limits: ImageLimits, scale: float) -> Image:
    from PIL import Image as Pillow

    sizes = fit(image.width, image.height, limits, scale=scale)
    if sizes.size != image.size:
        image = image.resize(sizes.size, Pillow.Resampling.LANCZOS, reducing_gap=3.0)
    if sizes.canvas == image.size:
        return image
    canvas = Pillow.new(image.mode, sizes.canvas, (0, 0, 0, 0) if image.mode == "RGBA" else edge_colour(image))
    canvas.paste(image, ((canvas.width - image.width) // 2, (canvas.height - image.height) // 2))
    return canvas


def edge_colour(image: Image) -> tuple[int, ...]:
    """Return the middle colour of the outermost pixels."""
    width, height = image.size
    boxes = ((0, 0, width, 1), (0, height - 1, width, height), (0, 0, 1, height), (width - 1, 0, width, height))
    pixels = [band for box in boxes for band in _pixels(image.crop(box))]
    return tuple(sorted(pixel[band] for pixel in pixels)[len(pixels) // 2] for band in range(3))


def _pixels(strip: Image) -> list[bytes]:
    data = strip.tobytes()
    return [data[start : start + 3] for start in range(0, len(data), 3)]


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written ({error.strerror})") from error
