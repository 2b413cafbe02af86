# SPDX-License-Identifier: GPL-3.0-or-later
"""GLBs that tests write byte by byte, where Blender's exporter would put right what is meant to be wrong."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np

__all__ = ["glb", "sphere"]

_KINDS = {("f", 2): "VEC2", ("f", 3): "VEC3", ("u", 1): "SCALAR"}


def sphere(rings: int = 12, segments: int = 24) -> tuple[np.ndarray, np.ndarray]:
    """Return the vertices and the triangles, facing outward, of a closed ball 2 units wide, one seam down its back."""
    down, around = np.meshgrid(np.linspace(0, np.pi, rings + 1), np.linspace(0, 2 * np.pi, segments + 1), indexing="ij")
    place = np.stack([np.sin(down) * np.sin(around), np.cos(down), np.sin(down) * np.cos(around)], -1)
    first = (np.arange(rings)[:, None] * (segments + 1) + np.arange(segments)).ravel()
    below = first + segments + 1
    faces = np.concatenate(
        [np.stack([first, below, below + 1], -1)[:-segments], np.stack([first, below + 1, first + 1], -1)[segments:]]
    )
    flat = place.reshape(-1, 3).astype(np.float32)
    return flat, faces.astype(np.uint32)


def glb(
    path: Path,
    place: np.ndarray,
    faces: np.ndarray,
    *,
    normals: np.ndarray | None = None,
    uv: np.ndarray | None = None,
    images: tuple[tuple[bytes, str], ...] = (),
    **more: object,
) -> Path:
    """Write one mesh; the first image (bytes, mime) is its base colour, `more` goes into the document."""
    parts = {"indices": faces.reshape(-1), "POSITION": place, "NORMAL": normals, "TEXCOORD_0": uv}
    data, views, accessors, at = b"", [], [], {}
    for name, values in ((name, values) for name, values in parts.items() if values is not None):
        width = 1 if values.ndim == 1 else values.shape[1]
        kind = _KINDS["u" if name == "indices" else "f", width]
        values = values.astype(np.uint32 if name == "indices" else np.float32)
        at[name] = len(accessors)
        limits = {"min": place.min(0).tolist(), "max": place.max(0).tolist()} if name == "POSITION" else {}
        accessors.append(
            {
                "bufferView": len(views),
                "componentType": 5125 if name == "indices" else 5126,
                "count": len(values),
                "type": kind,
                **limits,
            }
        )
        views.append({"buffer": 0, "byteOffset": len(data), "byteLength": values.nbytes})
        data += values.tobytes()
    for content, _mime in images:
        views.append({"buffer": 0, "byteOffset": len(data), "byteLength": len(content)})
        data += content + b"\0" * (-len(content) % 4)
    indices = at.pop("indices")
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": at, "indices": indices, **({"material": 0} if images else {})}]}],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": len(data)}],
        **_material(images, first=len(views) - len(images)),
        **more,
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    data += b"\0" * (-len(data) % 4)
    size = 12 + 8 + len(text) + 8 + len(data)
    path.write_bytes(
        b"glTF"
        + struct.pack("<II", 2, size)
        + struct.pack("<I4s", len(text), b"JSON")
        + text
        + struct.pack("<I4s", len(data), b"BIN\0")
        + data
    )
    return path


def _material(images: tuple[tuple[bytes, str], ...], *, first: int) -> dict[str, object]:
    if not images:
        return {}
    return {
        "images": [{"bufferView": first + number, "mimeType": mime} for number, (_data, mime) in enumerate(images)],
        "textures": [{"source": number} for number in range(len(images))],
        "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
    }
