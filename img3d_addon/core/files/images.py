# SPDX-License-Identifier: GPL-3.0-or-later
"""Open the user's picture, whatever it is, and prepare it for a service. No bpy."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import io
import logging
import struct
import zlib
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BadInput
from ..values import ImageLimits, Picture
from .encode import encode, write
from .given import check_file

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["PictureFacts", "inspect", "prepare", "prepare_beside"]

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
        if _orientation(image) in SWAPPED:
            width, height = height, width
        return PictureFacts(
            width=width,
            height=height,
            format=image.format or "",
            has_alpha=bool(image.has_transparency_data),
            size=source.stat().st_size,
            animated=bool(getattr(image, "is_animated", False)),
        )


def prepare(source: Path, limits: ImageLimits, *, folder: Path, name: str = "") -> Picture:
    """Write `folder/input.<ext>`: upright, 8-bit sRGB, without metadata, within `limits`; alpha is kept.

    `BadInput` when the picture cannot be used, `OutputError` when it cannot be written.
    """
    plain = _decoded(source)
    _judge(plain, source)
    data, kind, size = encode(plain, limits, name=source.name)
    path = folder / f"input.{'jpg' if kind == 'jpeg' else kind}"
    write(path, data)
    return Picture(
        path=path,
        name=name or source.stem,
        mime=f"image/{kind}",
        width=size[0],
        height=size[1],
        has_alpha=plain.mode == "RGBA",
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
    )


def prepare_beside(source: Path, limits: ImageLimits, *, path: Path) -> None:
    """Write the PNG file `path`: upright, and of the size that `prepare` gives to a picture as large as `source`.

    It may be of one colour. Raises what `prepare` does.
    """
    data, _kind, _size = encode(_decoded(source), replace(limits, formats=("png",), max_bytes=0), name=source.name)
    write(path, data)


def _decoded(source: Path) -> Image:
    with _opened(source) as image:
        if getattr(image, "is_animated", False):
            log.warning("%s is animated; its first picture is used", source.name)
        with _decoding(source):
            image.load()
            return _plain(image)


@contextlib.contextmanager
def _opened(source: Path) -> Generator[Image, None, None]:
    """Open a picture and judge its header; nothing is decoded yet."""
    from PIL import Image

    check_file(source)
    with _decoding(source):
        image = Image.open(source, formats=_formats())
    with image:
        width, height = image.size
        most = Image.MAX_IMAGE_PIXELS or MOST_PIXELS
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
        most = Image.MAX_IMAGE_PIXELS or MOST_PIXELS
        raise BadInput(_too_many(source, most, "too many"), advice="Make it smaller first.") from error
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


def _orientation(image: Image) -> int:
    if image.format == "PNG" and not any("exif" in str(key) for key in image.info):
        return 1  # `getexif` would decode the picture to look for it
    with contextlib.suppress(*BROKEN):
        return int(image.getexif().get(0x0112, 1))
    return 1


def _plain(image: Image) -> Image:
    """Return the picture as RGB or RGBA in sRGB, upright, with nothing of its metadata."""
    from PIL import Image as Pillow, ImageOps

    profile = image.info.get("icc_profile")
    if _orientation(image) != 1:
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
        top = max(1.0, _extrema(image)[1])
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


def _judge(image: Image, source: Path) -> None:
    """Refuse a picture with nothing in it."""
    bands = [_extrema(band) for band in image.split()]
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


def _extrema(band: Image) -> tuple[float, float]:
    low, high = band.getextrema()
    if isinstance(low, tuple) or isinstance(high, tuple):
        raise TypeError("one band is wanted")
    return low, high
