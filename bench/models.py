# SPDX-License-Identifier: GPL-3.0-or-later
"""Models as the services deliver them: one GLB of many charts, split at each border, with three JPEG textures.

The surface is a knobbly ring, a grid in both directions: charts are its tiles, so that positions along a border are
the same numbers on both sides, and a texture painted over the grid goes on across every border.
"""

from __future__ import annotations

import io
import json
import math
import struct
import sys
from pathlib import Path

from .child import CACHE

__all__ = ["SIZES", "model"]

EDITION = 1  # in the names of the cached files: raise it when they would come out otherwise
SIZES = {"10k": (3, 17), "50k": (7, 16), "200k": (14, 16), "500k": (22, 16), "1M": (32, 16)}
"""By name: charts across the ring, of which twice as many go around it, and cells along a chart's side."""
GUTTER = 0.04  # of a chart's cell in the texture, on each side
TURN = 2.0 * math.pi


def model(size: str, *, texture: int, metal: bool = True) -> Path:
    """Return the GLB of a name in `SIZES` with textures of `texture` pixels a side; made when missing.

    They are base colour, normals and, with `metal`, roughness with metallic; a `texture` of 0 is none at all.
    """
    path = CACHE / f"{size}-{texture}px-{3 if metal else 2}-{EDITION}.glb"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        textures = _textures(SIZES[size][0], texture) if texture else []
        part.write_bytes(_glb(*_mesh(*SIZES[size]), textures if metal else textures[:2]))
        part.replace(path)
    return path


def make(sizes: dict[str, int], folder: str, *, metal: bool = True) -> dict[str, str]:
    """Return paths by size; for a process of its own, which gives its memory back."""
    del folder
    return {size: str(model(size, texture=texture, metal=metal)) for size, texture in sizes.items()}


def _mesh(charts: int, cells: int):
    """Return positions, normals, texture coordinates and triangles, Y up."""
    import numpy as np

    around, across = 2 * charts, charts
    grid = _surface(around * cells, across * cells)
    along = [np.roll(grid, -1, axis) - np.roll(grid, 1, axis) for axis in (0, 1)]
    normals = np.cross(along[1], along[0])
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    step = np.arange(cells + 1)
    rows = (np.arange(around)[:, None] * cells + step) % (around * cells)
    columns = (np.arange(across)[:, None] * cells + step) % (across * cells)
    corners = np.ix_(range(around), range(across), range(cells + 1), range(cells + 1))
    place = rows[corners[0], corners[2]], columns[corners[1], corners[3]]
    inside = GUTTER + (1.0 - 2.0 * GUTTER) * step / cells
    shape = (around, across, cells + 1, cells + 1)
    u = np.broadcast_to((corners[0] + inside[corners[2]]) / around, shape)
    v = np.broadcast_to((corners[1] + inside[corners[3]]) / across, shape)
    first = np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)
    quads = np.stack([first, first + 1, first + cells + 2, first + cells + 1], -1).reshape(-1, 4)
    chart = quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)
    triangles = (np.arange(around * across)[:, None, None] * (cells + 1) ** 2 + chart).reshape(-1, 3)
    floats = (grid[place], normals[place], np.stack([u, v], -1))
    return *(np.ascontiguousarray(item.reshape(-1, item.shape[-1]), np.float32) for item in floats), triangles


def _surface(rows: int, columns: int):
    """Return the positions of a grid that closes in both directions, (rows, columns, 3)."""
    import numpy as np

    u = TURN * np.arange(rows)[:, None] / rows
    v = TURN * np.arange(columns)[None, :] / columns
    knobs = 0.08 * np.sin(3 * u + 2 * v) + 0.05 * np.sin(5 * u - 3 * v + 1.0) + 0.012 * np.sin(17 * u) * np.cos(13 * v)
    tube = 0.5 * (1.0 + knobs)
    out = 1.0 + tube * np.cos(v)
    return np.stack(np.broadcast_arrays(out * np.cos(u), tube * np.sin(v) * 1.2, out * np.sin(u)), -1)


def _textures(charts: int, pixels: int) -> list[bytes]:
    """Return base colour, normals, and roughness with metallic as JPEG files, painted chart by chart."""
    import numpy as np

    u, v = (_angle(pixels, count)[shape] for count, shape in ((2 * charts, np.s_[None, :]), (charts, np.s_[:, None])))
    grain = np.random.default_rng(7).normal(0.0, 0.015, (256, 256)).astype(np.float32)
    grain = np.tile(grain, (pixels // 256, pixels // 256))
    bands, fine = np.sin(8 * u) * np.sin(6 * v), 0.1 * np.sin(60 * u) * np.cos(40 * v) + grain
    level = np.where(bands > 0, 1.0, 0.6).astype(np.float32) * (1.0 + fine)
    colour = [level * 0.9, level * (0.35 + 0.25 * np.cos(v)), level * (0.3 + 0.25 * np.sin(u))]
    matter = [np.zeros_like(level), 0.55 + 2.0 * fine, np.where(bands > 0.6, 0.8, 0.05) + 0.0 * level]
    tilt = [0.5 + 0.08 * np.cos(60 * u) + grain, 0.5 + 0.08 * np.sin(40 * v) + grain, np.full_like(level, 0.98)]
    return [_jpeg(np.stack(bands, -1)) for bands in (colour, tilt, matter)]


def _angle(pixels: int, charts: int):
    """Return where on the ring, 0..2 pi, each row or column of pixels lies."""
    import numpy as np

    at = (np.arange(pixels, dtype=np.float32) + 0.5) / pixels * charts
    inside = np.clip((at % 1.0 - GUTTER) / (1.0 - 2.0 * GUTTER), 0.0, 1.0)
    return ((np.floor(at) + inside) * np.float32(TURN / charts)).astype(np.float32)


def _jpeg(values) -> bytes:
    import numpy as np
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray((np.clip(values, 0.0, 1.0) * 255.0).astype(np.uint8)).save(file, "JPEG", quality=90)
    return file.getvalue()


def _glb(positions, normals, coordinates, triangles, textures: list[bytes]) -> bytes:
    """Return the file: a node, a mesh, a material."""
    import numpy as np

    indices = triangles.astype(np.uint32)
    blobs = [indices.tobytes(), *(item.tobytes() for item in (positions, normals, coordinates)), *textures]
    blobs = [blob + b"\0" * (-len(blob) % 4) for blob in blobs]
    offsets = [sum(map(len, blobs[:place])) for place in range(len(blobs))]
    vectors = [("VEC3", positions), ("VEC3", normals), ("VEC2", coordinates)]
    accessors = [{"bufferView": 0, "componentType": 5125, "count": indices.size, "type": "SCALAR"}]
    for view, (kind, item) in enumerate(vectors, 1):
        accessors.append({"bufferView": view, "componentType": 5126, "count": len(item), "type": kind})
    accessors[1].update(min=positions.min(0).tolist(), max=positions.max(0).tolist())
    parts = {"attributes": {"POSITION": 1, "NORMAL": 2, "TEXCOORD_0": 3}, "indices": 0, "material": 0}
    head = {
        "asset": {"version": "2.0", "generator": "img3d bench"},
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "model"}],
        "meshes": [{"primitives": [parts]}],
        "materials": [_material(len(textures))],
        "accessors": accessors,
        "bufferViews": [
            {"buffer": 0, "byteOffset": start, "byteLength": len(blob)}
            for start, blob in zip(offsets, blobs, strict=True)
        ],
        "buffers": [{"byteLength": sum(map(len, blobs))}],
    }
    if textures:
        head["images"] = [{"bufferView": 4 + place, "mimeType": "image/jpeg"} for place in range(len(textures))]
        head["textures"] = [{"source": place} for place in range(len(textures))]
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 4)
    body = b"".join(blobs)
    start = struct.pack("<4sIII4s", b"glTF", 2, 28 + len(text) + len(body), len(text), b"JSON")
    return start + text + struct.pack("<I4s", len(body), b"BIN\0") + body


def _material(textures: int) -> dict[str, object]:
    if not textures:
        return {"name": "plain"}
    surface: dict[str, object] = {"baseColorTexture": {"index": 0}, "metallicFactor": 0.0}
    if textures > 2:
        surface = {"baseColorTexture": {"index": 0}, "metallicRoughnessTexture": {"index": 2}}
    return {"name": "painted", "pbrMetallicRoughness": surface, "normalTexture": {"index": 1}}


if __name__ == "__main__":
    sys.stdout.write(f"{model(sys.argv[1], texture=int(sys.argv[2]))}\n")
