# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture of the .blend as a file on disk, the artist's datablock left as it is."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy
from bpy.types import Image, Scene

from ..core.errors import BadInput, OutputError
from .names import datablock_name

__all__ = ["missing", "name_of", "picture_file"]

# What Pillow does not read, or reads without a view of its high range: Blender converts these.
_CONVERTED = {".exr", ".hdr", ".dpx", ".cin", ".psd", ".jp2", ".j2c"}
_SUFFIX = re.compile(
    r"\.(avif|bmp|cin|dpx|exr|gif|hdr|j2c|jp2|jpeg|jpg|png|psd|tga|tiff?|webp)(\.\d{3,})?$", re.IGNORECASE
)
_SEVERAL = {"MOVIE": "a movie", "SEQUENCE": "an image sequence", "TILED": "a set of UDIM tiles"}


def missing(image: Image | None) -> str:
    """Say in a sentence why this cannot be sent, or return an empty text. Reads no pixels: fit for `draw`."""
    if image is None:
        return "Choose a picture first"
    if image.source in _SEVERAL:
        return f"{image.name} is {_SEVERAL[image.source]}; choose a single picture"
    return ""


def name_of(image: Image) -> str:
    """Return what the object shall be called: the picture's name without the suffix of a file."""
    return _SUFFIX.sub("", image.name) or image.name


def picture_file(image: Any, scene: Scene, folder: Path) -> Path:
    """Return a file with what the artist sees in `image`: its own when that is up to date, else a new one in `folder`.

    `BadInput` when there is no single picture. Called on the main thread.
    """
    if reason := missing(image):
        raise BadInput(reason)
    if image.source == "FILE" and not image.is_dirty:
        if image.packed_file is not None:
            return _unpacked(image, folder)
        path = Path(bpy.path.abspath(image.filepath_raw, library=image.library))
        if not path.is_file():
            raise BadInput(f"The file of {image.name} is not there: {path}", advice="Find it again, or choose another.")
        if path.suffix.lower() not in _CONVERTED:
            return path
    target = _target(image, folder)
    if image.source == "VIEWER":
        _save_view(image, scene, target)
    else:
        _save_pixels(image, target)
    if not target.is_file():
        raise OutputError(f"{image.name} could not be written to {target}")
    return target


def _target(image: Image, folder: Path, suffix: str = ".png") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    stem = datablock_name(name_of(image)).translate(str.maketrans('<>:"|?*', "-------"))
    number = 0
    while True:  # a running job may still read an earlier one of the same name
        path = folder / f"{stem}{f'-{number}' if number else ''}{suffix}"
        if not path.exists():
            return path
        number += 1


def _unpacked(image: Any, folder: Path) -> Path:
    content = image.packed_file.data
    suffix = Path(image.filepath_raw).suffix.lower() or ".png"
    if suffix in _CONVERTED:
        target = _target(image, folder)
        _save_pixels(image, target)
        return target
    target = _target(image, folder, suffix)
    try:
        target.write_bytes(content)
    except OSError as error:
        raise OutputError(f"{image.name} could not be written to {target}: {error.strerror}") from error
    return target


def _save_pixels(image: Any, target: Path) -> None:
    """Save a copy of the pixels as PNG: saving the datablock itself would make it a file image without changes."""
    width, height = image.size
    if not width or not height:
        raise BadInput(f"{image.name} has no pixels", advice="Choose another picture.")
    pixels = array("f", bytes(4 * width * height * image.channels))
    image.pixels.foreach_get(pixels)
    copy: Any = bpy.data.images.new("img3d copy", width, height, alpha=True, float_buffer=image.is_float)
    try:
        copy.colorspace_settings.name = image.colorspace_settings.name
        copy.alpha_mode = image.alpha_mode
        copy.pixels.foreach_set(_four_channels(pixels, image.channels))
        copy.file_format = "PNG"
        copy.save(filepath=str(target))
    except RuntimeError as error:
        raise OutputError(f"{image.name} could not be written to {target}: {error}") from error
    finally:
        bpy.data.images.remove(copy)


def _four_channels(pixels: array[float], channels: int) -> array[float]:
    if channels == 4:
        return pixels
    size = len(pixels) // channels
    full = array("f", [1.0]) * (4 * size)
    for channel in range(3):
        full[channel::4] = pixels[(channel if channels == 3 else 0) :: channels]
    return full


def _save_view(image: Image, scene: Scene, target: Path) -> None:
    """Save a render as the artist sees it, through the scene's view transform."""
    with _png_output(scene):
        try:
            image.save_render(str(target), scene=scene)
        except RuntimeError as error:
            raise BadInput(f"There is nothing in {image.name} yet", advice="Render first, or choose a file.") from error


@contextmanager
def _png_output(scene: Scene) -> Iterator[None]:
    settings = scene.render.image_settings
    wanted = {"media_type": "IMAGE", "file_format": "PNG", "color_mode": "RGBA", "color_depth": "8"}
    wanted = {name: value for name, value in wanted.items() if hasattr(settings, name)}
    before = {name: getattr(settings, name) for name in wanted}
    try:
        for name, value in wanted.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
