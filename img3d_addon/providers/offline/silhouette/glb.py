# SPDX-License-Identifier: GPL-3.0-or-later
"""Write one textured mesh as a binary glTF 2.0 file. No bpy."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import Array

__all__ = ["Mesh", "Texture", "write_glb"]

_ARRAY, _ELEMENTS = 34962, 34963
_FLOAT, _SHORT, _LONG = 5126, 5123, 5125
_LINEAR, _MIPMAPS, _CLAMP = 9729, 9987, 33071


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """`points`, `normals` (m, 3), `uv` (m, 2) with v down, `triangles` (n, 3) in glTF's axes."""

    points: Array
    normals: Array
    uv: Array
    triangles: Array


@dataclass(frozen=True, kw_only=True)
class Texture:
    """An encoded picture and its kind, "image/png" or "image/jpeg"."""

    data: bytes
    mime: str


def write_glb(mesh: Mesh, texture: Texture, *, name: str, asset: Mapping[str, Any], node: Mapping[str, Any]) -> bytes:
    """Return the file; `asset` and `node` become their extras."""
    wide = len(mesh.points) > 65534
    arrays = (
        mesh.triangles.astype("<u4" if wide else "<u2").ravel(),
        mesh.points.astype("<f4"),
        mesh.normals.astype("<f4"),
        mesh.uv.astype("<f4"),
    )
    data, views = _packed([array.tobytes() for array in arrays] + [texture.data])
    views[0]["target"] = _ELEMENTS
    for view in views[1:4]:
        view["target"] = _ARRAY
    document = {
        "asset": {"version": "2.0", "generator": "img3d offline", "extras": asset},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": name, "extras": node}],
        "meshes": [{"name": name, "primitives": [_PRIMITIVE]}],
        "materials": [{"name": name, **_MATERIAL}],
        "textures": [{"source": 0, "sampler": 0}],
        "images": [{"bufferView": 4, "mimeType": texture.mime, "name": name}],
        "samplers": [{"magFilter": _LINEAR, "minFilter": _MIPMAPS, "wrapS": _CLAMP, "wrapT": _CLAMP}],
        "accessors": _accessors(arrays, _LONG if wide else _SHORT),
        "bufferViews": views,
        "buffers": [{"byteLength": len(data)}],
    }
    return _container(json.dumps(document, separators=(",", ":")).encode(), data)


_PRIMITIVE = {"attributes": {"POSITION": 1, "NORMAL": 2, "TEXCOORD_0": 3}, "indices": 0, "material": 0}
_MATERIAL = {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "metallicFactor": 0, "roughnessFactor": 0.6}}


def _packed(parts: list[bytes]) -> tuple[bytes, list[dict[str, int]]]:
    """Join the parts, each on a multiple of 4 bytes, and return their buffer views."""
    data = bytearray()
    views: list[dict[str, int]] = []
    for part in parts:
        views.append({"buffer": 0, "byteOffset": len(data), "byteLength": len(part)})
        data += part + bytes(-len(part) % 4)
    return bytes(data), views


def _accessors(arrays: tuple[Array, ...], index_type: int) -> list[dict[str, Any]]:
    indices, points, normals, uv = arrays
    return [
        {"bufferView": 0, "componentType": index_type, "count": indices.size, "type": "SCALAR"},
        {
            **{"bufferView": 1, "componentType": _FLOAT, "count": len(points), "type": "VEC3"},
            **{"min": np.min(points, 0).tolist(), "max": np.max(points, 0).tolist()},
        },
        {"bufferView": 2, "componentType": _FLOAT, "count": len(normals), "type": "VEC3"},
        {"bufferView": 3, "componentType": _FLOAT, "count": len(uv), "type": "VEC2"},
    ]


def _container(document: bytes, data: bytes) -> bytes:
    document += b" " * (-len(document) % 4)
    total = 12 + 8 + len(document) + 8 + len(data)
    header = struct.pack("<4sII", b"glTF", 2, total)
    return b"".join(
        (header, struct.pack("<I4s", len(document), b"JSON"), document, struct.pack("<I4s", len(data), b"BIN\0"), data)
    )
