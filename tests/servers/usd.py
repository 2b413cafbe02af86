# SPDX-License-Identifier: GPL-3.0-or-later
"""The cube of `glb.py` as USD text and as USDZ, made from nothing. Standard library only."""

import io
import zipfile

from .glb import cube


def usda(size=1.0):
    """Return the cube as USD text."""
    positions, _normals, coordinates, corners = cube(size)
    points = ", ".join(f"({x}, {y}, {z})" for x, y, z in positions)
    texture = ", ".join(f"({u}, {v})" for u, v in coordinates)
    return f"""#usda 1.0
(
    defaultPrim = "model"
    metersPerUnit = 1
    upAxis = "Y"
)

def Mesh "model"
{{
    int[] faceVertexCounts = {[3] * (len(corners) // 3)}
    int[] faceVertexIndices = {corners}
    point3f[] points = [{points}]
    texCoord2f[] primvars:st = [{texture}] (
        interpolation = "vertex"
    )
    uniform token subdivisionScheme = "none"
}}
""".encode()


def usdz(size=1.0):
    """Return an archive as the format wants it: nothing compressed, each file at a multiple of 64 bytes."""
    buffer = io.BytesIO()
    name = "model.usda"
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as packed:
        entry = zipfile.ZipInfo(name)
        gap = -(30 + len(name) + 4) % 64
        entry.extra = b"\x86\x19" + gap.to_bytes(2, "little") + b"\0" * gap
        packed.writestr(entry, usda(size))
    return buffer.getvalue()
