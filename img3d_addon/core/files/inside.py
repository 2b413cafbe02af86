# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture files inside a delivered model, byte for byte, found without importing it. No bpy."""

from __future__ import annotations

import base64
import binascii
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from .preflight import MOST_JSON, check_length

__all__ = ["pictures_inside"]

_ENDINGS = frozenset({"png", "jpg", "jpeg", "webp", "tga", "bmp", "tif", "tiff", "exr", "hdr", "dds", "gif"})
_HEAD = 20  # bytes of a GLB in front of its JSON


def pictures_inside(path: Path, kind: str) -> Iterator[bytes]:
    """Yield each picture of a model of `kind`; those that lie beside it belong to it. `BadResult` when it is damaged.

    What an FBX holds is not seen.
    """
    if kind == "glb":
        yield from _of_glb(path)
    elif kind == "gltf" and path.stat().st_size <= MOST_JSON:
        yield from _embedded(json.loads(path.read_bytes()))
    elif kind == "usdz":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if _is_picture(name):
                    yield archive.read(name)
    for file in sorted(path.parent.rglob("*")):
        if _is_picture(file.name) and file.is_file():
            yield file.read_bytes()


def _of_glb(path: Path) -> Iterator[bytes]:
    check_length(path)
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
        length = int.from_bytes(head[12:16], "little")
        if head[16:20] != b"JSON" or length > MOST_JSON:
            return
        document = json.loads(stream.read(length))
        start = _HEAD + length + 8
        for view in _views(document):
            stream.seek(start + int(view.get("byteOffset", 0)))
            yield stream.read(int(view["byteLength"]))
    yield from _embedded(document)


def _views(document: Any) -> Iterator[dict[str, Any]]:
    """Yield the buffer views of images in the first buffer, which is the GLB's own."""
    views = cast("list[dict[str, Any]]", document.get("bufferViews", []))
    for image in cast("list[dict[str, Any]]", document.get("images", [])):
        number = image.get("bufferView")
        if isinstance(number, int) and 0 <= number < len(views) and not views[number].get("buffer"):
            yield views[number]


def _embedded(document: Any) -> Iterator[bytes]:
    for image in cast("list[dict[str, Any]]", document.get("images", [])):
        head, comma, data = str(image.get("uri", "")).partition(",")
        if comma and head.startswith("data:") and head.endswith(";base64"):
            try:
                yield base64.b64decode(data)
            except binascii.Error:
                continue


def _is_picture(name: str) -> bool:
    return name.rpartition(".")[2].lower() in _ENDINGS
