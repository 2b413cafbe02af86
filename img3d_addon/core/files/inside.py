# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture files inside a delivered model, byte for byte, found without importing it. No bpy."""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import BadResult
from .preflight import field, items, read_gltf
from .unzip import BROKEN

__all__ = ["pictures_inside"]

_ENDINGS = frozenset({"png", "jpg", "jpeg", "webp", "tga", "bmp", "tif", "tiff", "exr", "hdr", "dds", "gif"})
_MOST_PICTURE = 256 << 20  # bytes
_HEAD = 20  # bytes of a GLB in front of its JSON


def pictures_inside(path: Path, kind: str) -> Iterator[bytes]:
    """Yield each picture of a model of `kind`; those that lie beside it belong to it. `BadResult` when it is damaged.

    What an FBX holds is not seen.
    """
    if kind == "glb":
        document = read_gltf(path, kind)
        yield from _viewed(path, document)
        yield from _embedded(document)
    elif kind == "gltf":
        yield from _embedded(read_gltf(path, kind))
    elif kind == "usdz":
        yield from _archived(path)
    for file in sorted(path.parent.rglob("*")):
        if _is_picture(file.name) and file.is_file():
            yield file.read_bytes()


def _viewed(path: Path, document: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the pictures that lie in the first buffer, which is the GLB's own."""
    size = path.stat().st_size
    views = items(document, "bufferViews")
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
        start = _HEAD + int.from_bytes(head[12:16], "little") + 8
        for image in items(document, "images"):
            number = field(image, "bufferView")
            if not isinstance(number, int) or not 0 <= number < len(views) or field(views[number], "buffer"):
                continue
            offset, length = field(views[number], "byteOffset") or 0, field(views[number], "byteLength")
            if isinstance(offset, int) and isinstance(length, int) and 0 <= offset < size and 0 < length < size:
                stream.seek(start + offset)
                yield stream.read(length)


def _embedded(document: Mapping[str, Any]) -> Iterator[bytes]:
    for image in items(document, "images"):
        head, comma, data = str(field(image, "uri") or "").partition(",")
        if comma and head.startswith("data:") and head.endswith(";base64"):
            try:
                yield base64.b64decode(data)
            except ValueError:
                continue


def _archived(path: Path) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if _is_picture(entry.filename):
                    with archive.open(entry) as stream:
                        data = stream.read(_MOST_PICTURE + 1)  # what really comes out; the header may lie
                    if len(data) <= _MOST_PICTURE:
                        yield data
    except BROKEN as error:
        raise BadResult(f"{path.name} is damaged: its pictures cannot be read") from error


def _is_picture(name: str) -> bool:
    return name.rpartition(".")[2].lower() in _ENDINGS
