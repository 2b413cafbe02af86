# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of a scene: chosen among those of the .blend, loaded from a file, or made and packed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.types import Image, Scene

from ...core.errors import BadInput
from ..names import datablock_name
from ..properties import settings_of

__all__ = ["SUFFIXES", "adopt", "choose", "load"]

SUFFIXES = tuple(
    f".{suffix}"
    for suffix in "avif bmp cin dpx exr gif hdr j2c jp2 jpeg jpg png ppm psd tga tif tiff webp".split()  # noqa: SIM905
)
"""What the file of a picture may be called; its content decides in the end."""


def choose(scene: Scene, image: Image) -> None:
    """Make an image the picture of the scene."""
    settings_of(scene).picture = image


def load(path: Path) -> Image:
    """Return the image of a file, the one of the .blend where it is loaded already; `BadInput` when there is none.

    Its content is not read here: a large picture would hold the window.
    """
    if not path.is_file():
        raise BadInput(f"There is no picture {path}", advice="Check the path.")
    try:
        image = bpy.data.images.load(str(path), check_existing=True)
    except RuntimeError as error:
        raise BadInput(f"{path.name} cannot be opened: {error}", advice="Choose another picture.") from None
    return image


def adopt(path: Path, name: str) -> Image:
    """Return a new image, packed into the .blend, with the content of a file that is nobody else's."""
    data = _read(path)
    image: Any = bpy.data.images.load(str(path), check_existing=False)
    image.pack(data=data, data_len=len(data))
    image.name = datablock_name(name, fallback="picture")
    # not the path of a folder that Blender empties; Unpack writes there
    image.filepath_raw = f"//{Path(image.name).stem}{path.suffix}"
    return image


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror})") from error
