# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell what a file is from its content; services name files wrongly. No bpy."""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path

__all__ = ["MODELS", "kind_of"]

MODELS = ("glb", "gltf", "obj", "usdz", "usdc", "usda", "fbx", "stl", "ply")
"""Kinds that hold a model, the preferred first."""

HEAD = 64 * 1024  # bytes that are looked at
_STARTS = (
    (b"glTF", "glb"),
    (b"ply\n", "ply"),
    (b"ply\r\n", "ply"),
    (b"Kaydara FBX Binary", "fbx"),
    (b"PXR-USDC", "usdc"),
    (b"#usda ", "usda"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
)
_OBJ = re.compile(rb"^(?:v|vn|vt|f|o|g|s|mtllib|usemtl)[ \t]+\S", re.MULTILINE)


def kind_of(source: Path | bytes) -> str:
    """Return "glb", "zip", "html" and so on, "empty" or "unknown". `OSError` when the file cannot be read."""
    if isinstance(source, bytes):
        return _kind(source[:HEAD], len(source), None)
    with source.open("rb") as stream:
        return _kind(stream.read(HEAD), source.stat().st_size, source)


def _kind(head: bytes, size: int, path: Path | None) -> str:
    if not size:
        return "empty"
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(head, path)
    if _is_binary_stl(head, size):
        return "stl"
    return _text(head)


def _archive(head: bytes, path: Path | None) -> str:
    """A USDZ is a ZIP whose first entry is a USD file stored as it is."""
    first, stored = "", False
    if path is not None:
        try:
            with zipfile.ZipFile(path) as archive:
                entry = archive.infolist()[0]
                first, stored = entry.filename, entry.compress_type == zipfile.ZIP_STORED
        except (zipfile.BadZipFile, IndexError, OSError, ValueError, NotImplementedError):
            return "zip"
    elif len(head) >= 30:
        method, length = struct.unpack_from("<H16xH", head, 8)
        first, stored = head[30 : 30 + length].decode(errors="replace"), method == 0
    return "usdz" if stored and first.lower().endswith((".usd", ".usda", ".usdc")) else "zip"


def _is_binary_stl(head: bytes, size: int) -> bool:
    # an 80-byte title, the number of triangles, 50 bytes each; the title may begin with "solid", too
    return len(head) >= 84 and size == 84 + 50 * int.from_bytes(head[80:84], "little")


def _text(head: bytes) -> str:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"{", b"[")):
        return "gltf" if re.search(rb'"asset"\s*:\s*\{', text) and b'"version"' in text else "json"
    if text.startswith(b"<"):
        return "html"
    if b"\0" in text:
        return "unknown"
    if text.startswith(b"solid") and b"facet" in text:
        return "stl"
    return "obj" if _OBJ.search(text) else "unknown"
