# SPDX-License-Identifier: GPL-3.0-or-later
"""Textures as files beside the .blend instead of inside it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import bpy
from bpy.types import Image

from ...core.errors import OutputError
from ..names import datablock_name

__all__ = ["NOT_SAVED", "put_beside"]

FOLDER = "textures"
NOT_SAVED = "The textures are packed: this .blend has never been saved, so there is no place beside it yet"
_ENDINGS = ((b"\x89PNG", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"RIFF", ".webp"), (b"BM", ".bmp"), (b"DDS ", ".dds"))


def put_beside(images: Iterable[Image], *, name: str) -> str:
    """Write packed images to the folder `textures` beside the .blend; returns a sentence when they stay packed.

    A file that is there is never overwritten: one with the same content is used, else the name gets a number.
    `OutputError` when the folder cannot be written.
    """
    if not bpy.data.filepath:
        return NOT_SAVED
    folder = Path(bpy.data.filepath).parent / FOLDER
    packed: list[Any] = [image for image in images if image.packed_file and image.source == "FILE"]
    try:
        for image in packed:
            data = image.packed_file.data
            own = re.sub(r"\.\d{3,}$", "", image.name)  # a number of Blender's says how many there are in this file
            stem = re.sub(r'[\s<>:"|?*]+', "_", datablock_name(f"{name} {own}"))
            file = _free(folder, stem, data)
            image.filepath_raw = f"//{FOLDER}/{file.name}"
            image.unpack(method="REMOVE")
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(f"The textures cannot be written to {folder}: {reason}") from error
    return ""


def _free(folder: Path, stem: str, data: bytes) -> Path:
    """Return a file that holds `data`, writing it where there is none."""
    ending = next((ending for magic, ending in _ENDINGS if data.startswith(magic)), ".bin")
    folder.mkdir(exist_ok=True)
    number = 0
    while (file := folder / f"{stem}{f'_{number}' if number else ''}{ending}").exists():
        if file.stat().st_size == len(data) and file.read_bytes() == data:
            return file
        number += 1
    file.write_bytes(data)
    return file
