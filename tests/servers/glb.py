# SPDX-License-Identifier: GPL-3.0-or-later
"""Small, valid models made from nothing: a textured cube as GLB, and archives with an OBJ. Standard library only."""

import io
import json
import struct
import zipfile
import zlib

SIDES = ((0, 1, 2), (0, 2, 1), (1, 2, 0), (1, 0, 2), (2, 0, 1), (2, 1, 0))


def png(width=4, height=4, colour=(200, 120, 40)):
    """Return a PNG of two shades."""
    dark = tuple(part // 2 for part in colour)
    rows = b"".join(
        b"\0" + b"".join(bytes(colour if (x + y) % 2 else dark) for x in range(width)) for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def cube(size=1.0):
    """Return positions, normals, texture coordinates and triangle corners of a closed cube, 4 corners a side."""
    positions, normals, coordinates, corners = [], [], [], []
    for number in range(6):
        axis, sign = number // 2, 1 if number % 2 else -1
        first, second = [other for other in range(3) if other != axis]
        # corners run so that the side is seen from outside counter-clockwise
        turn = sign if (axis, first, second) in ((0, 1, 2), (2, 0, 1)) else -sign
        ring = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
        for a, b in ring if turn > 0 else reversed(ring):
            point = [0.0, 0.0, 0.0]
            point[axis], point[first], point[second] = sign * size / 2, a * size / 2, b * size / 2
            positions.append(point)
            normals.append([float(sign) if place == axis else 0.0 for place in range(3)])
            coordinates.append([(a + 1) / 2, (b + 1) / 2])
        start = number * 4
        corners += [start, start + 1, start + 2, start, start + 2, start + 3]
    return positions, normals, coordinates, corners


def glb(size=1.0, *, required=(), image_uri=None):
    """Return a GLB of a cube with a base colour texture; `required` names extensions that it asks for."""
    positions, normals, coordinates, corners = cube(size)
    flat = [value for point in positions for value in point]
    blocks = [
        struct.pack(f"<{len(flat)}f", *flat),
        struct.pack(f"<{len(flat)}f", *[value for normal in normals for value in normal]),
        struct.pack(f"<{2 * len(coordinates)}f", *[value for pair in coordinates for value in pair]),
        struct.pack(f"<{len(corners)}H", *corners),
        png(),
    ]
    views, data = [], b""
    for number, block in enumerate(blocks):
        view = {"buffer": 0, "byteOffset": len(data), "byteLength": len(block)}
        if number < 4:
            view["target"] = 34963 if number == 3 else 34962
        views.append(view)
        data += block + b"\0" * (-len(block) % 4)
    half = size / 2
    count = len(positions)
    document = {
        "asset": {"version": "2.0", "generator": "img3d tests"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "model"}],
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0, "NORMAL": 1, "TEXCOORD_0": 2}, "indices": 3, "material": 0}]}
        ],
        "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "metallicFactor": 0.0}}],
        "textures": [{"source": 0}],
        "images": [{"uri": image_uri} if image_uri else {"bufferView": 4, "mimeType": "image/png"}],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": 5126,
                "count": count,
                "type": "VEC3",
                "min": [-half] * 3,
                "max": [half] * 3,
            },
            {"bufferView": 1, "componentType": 5126, "count": count, "type": "VEC3"},
            {"bufferView": 2, "componentType": 5126, "count": count, "type": "VEC2"},
            {"bufferView": 3, "componentType": 5123, "count": len(corners), "type": "SCALAR"},
        ],
        "bufferViews": views,
        "buffers": [{"byteLength": len(data)}],
    }
    if required:
        document["extensionsUsed"] = document["extensionsRequired"] = list(required)
    return pack(document, data)


def pack(document, data=b""):
    """Return the GLB of a glTF document and its buffer."""
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I", len(text)) + b"JSON" + text
    if data:
        chunks += struct.pack("<I", len(data)) + b"BIN\0" + data
    return b"glTF" + struct.pack("<II", 2, 12 + len(chunks)) + chunks


def obj(size=1.0, material="model.mtl"):
    """Return the cube as OBJ text."""
    positions, _normals, coordinates, corners = cube(size)
    lines = [f"mtllib {material}", "usemtl model"]
    lines += ["v " + " ".join(str(value) for value in point) for point in positions]
    lines += ["vt " + " ".join(str(value) for value in pair) for pair in coordinates]
    lines += [
        "f " + " ".join(f"{corner + 1}/{corner + 1}" for corner in corners[start : start + 3])
        for start in range(0, len(corners), 3)
    ]
    return ("\n".join(lines) + "\n").encode()


def mtl():
    """Return the material of the OBJ, which shows `texture.png`."""
    return b"newmtl model\nmap_Kd texture.png\n"


def archive(entries=None):
    """Return a ZIP; without `entries` an OBJ with material and texture in a folder."""
    if entries is None:
        entries = {"out/model.obj": obj(), "out/model.mtl": mtl(), "out/texture.png": png()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in entries.items():
            packed.writestr(name, data)
    return buffer.getvalue()
