# SPDX-License-Identifier: GPL-3.0-or-later
"""Open the user's picture, whatever it is, and prepare it for a service. No bpy."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import logging
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BadInput
from ..packages import need
from ..values import ImageLimits, Picture
from .encode import encode, write
from .given import check_file
from .plain import BROKEN, extrema, orientation, plain

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = [
    "PictureFacts",
    "allow_pixels",
    "decoded",
    "inspect",
    "is_over",
    "judge",
    "most_pixels",
    "prepare",
    "prepare_beside",
]

log = logging.getLogger(__name__)

# readers by name; no reader that starts another program (EPS) or holds no picture of pixels is among them
FORMATS = {
    "PNG": "Png",
    "JPEG": "Jpeg",
    "MPO": "Mpo",
    "WEBP": "WebP",
    "AVIF": "Avif",
    "GIF": "Gif",
    "BMP": "Bmp",
    "TIFF": "Tiff",
    "TGA": "Tga",
    "PPM": "Ppm",
    "JPEG2000": "Jpeg2K",
}
MOST_PIXELS = 1024 * 1024 * 1024 // 4 // 3  # Pillow's own limit, 89 million, where somebody took it away
SMALLEST = 16  # pixels a side: nothing can be made of less
SWAPPED = (5, 6, 7, 8)  # EXIF orientations that lie on their side


@dataclass(frozen=True, kw_only=True)
class PictureFacts:
    """What the header of a picture says; sides in pixels as it is seen, `size` in bytes."""

    width: int
    height: int
    format: str
    has_alpha: bool
    size: int
    animated: bool


def inspect(source: Path) -> PictureFacts:
    """Return what the header says, without decoding; `BadInput` when it is no picture that can be used."""
    with _opened(source) as image:
        width, height = image.size
        if orientation(image) in SWAPPED:
            width, height = height, width
        return PictureFacts(
            width=width,
            height=height,
            format=image.format or "",
            has_alpha=bool(image.has_transparency_data),
            size=source.stat().st_size,
            animated=bool(getattr(image, "is_animated", False)),
        )


def is_over(source: Path, pixels: int) -> bool:
    """Tell by its header whether a picture has more `pixels`, and warn where only the first of it is used.

    `BadInput` when it is no picture that can be used.
    """
    with _opened(source) as image:
        if image.width * image.height <= pixels:
            return False
        with _decoding(source):
            _warn_of_animation(image, source)
        return True


def most_pixels() -> int:
    """Return how many pixels a picture may have."""
    from PIL import Image

    return Image.MAX_IMAGE_PIXELS or MOST_PIXELS


def allow_pixels(most: int) -> None:
    """Set how many pixels a picture may have, in a process of our own."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = most


def prepare(source: Path, limits: ImageLimits, *, folder: Path, name: str = "") -> Picture:
    """Write `folder/input.<ext>`: upright, 8-bit sRGB, without metadata, within `limits`; alpha is kept.

    `BadInput` when the picture cannot be used, `OutputError` when it cannot be written.
    """
    image = decoded(source)
    judge(image, source)
    data, kind, size = encode(image, limits, name=source.name)
    path = folder / f"input.{'jpg' if kind == 'jpeg' else kind}"
    write(path, data)
    return Picture(
        path=path,
        name=name or source.stem,
        mime=f"image/{kind}",
        width=size[0],
        height=size[1],
        has_alpha=image.mode == "RGBA",
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
    )


def prepare_beside(source: Path, limits: ImageLimits, *, path: Path) -> None:
    """Write the PNG file `path`: upright, and of the size that `prepare` gives to a picture as large as `source`.

    It may be of one colour. Raises what `prepare` does.
    """
    data, _kind, _size = encode(decoded(source), replace(limits, formats=("png",), max_bytes=0), name=source.name)
    write(path, data)


def decoded(source: Path) -> Image:
    """Return the picture upright, as 8 bit sRGB with or without alpha; `BadInput` when it cannot be used."""
    with _opened(source) as image, _decoding(source):
        _warn_of_animation(image, source)
        image.load()
        return plain(image)


def _warn_of_animation(image: Image, source: Path) -> None:
    if getattr(image, "is_animated", False):
        log.warning("%s is animated; its first picture is used", source.name)


@contextlib.contextmanager
def _opened(source: Path) -> Generator[Image, None, None]:
    """Open a picture and judge its header; nothing is decoded yet."""
    check_file(source)
    need("PIL")
    from PIL import Image

    with _decoding(source):
        image = Image.open(source, formats=_formats())
    with image:
        width, height = image.size
        most = most_pixels()
        if width * height > most:
            raise BadInput(_too_many(source, most, f"{width} x {height}"), advice="Make it smaller first.")
        if min(width, height) < SMALLEST:
            raise BadInput(
                f"{source.name} has only {width} x {height} pixels",
                advice=f"Use a picture of at least {SMALLEST} x {SMALLEST}; 640 x 640 and more give good models.",
            )
        yield image


@contextlib.contextmanager
def _decoding(source: Path) -> Generator[None, None, None]:
    """Turn what Pillow raises for unusable files into `BadInput`."""
    from PIL import Image, UnidentifiedImageError

    try:
        yield
    except PermissionError as error:
        raise BadInput(f"{source} cannot be read ({error.strerror})", advice="Check its permissions.") from error
    except UnidentifiedImageError as error:
        raise BadInput(
            f"{source.name} is no picture that can be read, whatever its name says",
            advice="Use PNG, JPEG, WebP, TIFF, BMP, TGA or GIF.",
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadInput(_too_many(source, most_pixels(), "too many"), advice="Make it smaller first.") from error
    except BROKEN as error:
        raise BadInput(f"{source.name} is damaged or cut short ({error})", advice="Save it again.") from error


def _too_many(source: Path, most: int, count: str) -> str:
    return f"{source.name} has {count} pixels; more than {most // 1_000_000} million are not opened"


def _formats() -> list[str]:
    from PIL import Image

    for name, module in FORMATS.items():
        if name not in Image.OPEN:
            with contextlib.suppress(ImportError):  # an older Pillow has no AVIF
                importlib.import_module(f"PIL.{module}ImagePlugin")
    return [name for name in FORMATS if name in Image.OPEN]


def judge(image: Image, source: Path) -> None:
    """Refuse a decoded picture with nothing in it: `BadInput`."""
    bands = [extrema(image.getchannel(band)) for band in image.getbands()]
    if image.mode == "RGBA" and bands[3][1] == 0:
        raise BadInput(
            f"{source.name} is wholly transparent: there is nothing in it to reconstruct",
            advice="Choose another picture.",
        )
    if all(high - low <= 2 for low, high in bands):
        raise BadInput(
            f"{source.name} has one colour only: there is nothing in it to reconstruct",
            advice="Choose another picture.",
        )
