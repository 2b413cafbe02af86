# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge triangle meshes and read GLB files: what Blender would find wrong, in numpy."""

import io
import json
import struct

import numpy as np
from PIL import Image

from img3d_addon.providers.offline.silhouette import Options, reconstruct

KINDS = {5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3}


def made(path, **options):
    """Return the result of a picture at a small size, checked to be a solid before and after a weld."""
    result = reconstruct(path, Options(**{"faces": 4000, "texture_size": 512, **options}))
    assert_solid(result.triangles, result.points)
    assert_solid(*Glb(result.glb).welded())
    return result


def half_edges(triangles):
    """Return the start and end vertex of the three half-edges of each triangle."""
    return triangles.ravel().astype(np.int64), np.roll(triangles, -1, axis=1).ravel().astype(np.int64)


def assert_solid(triangles, points):
    """Check that it is closed, oriented, without a pinched vertex, of positive volume, and no face is degenerate."""
    count = len(points)
    start, end = half_edges(triangles)
    keys = start * count + end
    assert len(np.unique(keys)) == len(keys), "a half-edge belongs to two triangles"
    assert np.isin(end * count + start, keys).all(), "an edge is open"
    assert len(np.unique(triangles)) == count, "a vertex belongs to nothing"
    assert number_of_fans(triangles, count) == count, "two fans meet in a vertex"
    assert doubled_areas(triangles, points).min() > 0, "a triangle has no area"
    assert volume(triangles, points) > 0, "it is inside out"


def number_of_fans(triangles, count):
    """Return how many rings of triangles there are around all vertices: one each, in a closed manifold."""
    start, end = half_edges(triangles)
    order = np.argsort(start * count + end)
    twin = order[np.searchsorted((start * count + end)[order], end * count + start)]
    following = twin // 3 * 3 + (twin % 3 + 1) % 3  # the next corner around the same vertex
    root = np.arange(len(following))
    while True:  # the smallest corner of each ring spreads along it, twice as far in every round
        smaller = np.minimum(root, root[following])
        following = following[following]
        if (smaller == root).all():
            return len(np.unique(root))
        root = smaller


def doubled_areas(triangles, points):
    """Return twice the area of each triangle."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1)


def volume(triangles, points):
    """Return the enclosed volume, negative when the triangles face inwards."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    return float((np.cross(a, b) * c).sum() / 6)


def euler(triangles, points):
    """Return V - E + F: 2 for a ball, 0 for a ring, and the sum for several."""
    return len(points) - len(triangles) // 2


class Glb:
    """A GLB file with one mesh: `document`, arrays by name, and its picture."""

    def __init__(self, data):
        self.data = data
        magic, version, total = struct.unpack_from("<4sII", data)
        assert (magic, version, total) == (b"glTF", 2, len(data))
        length = struct.unpack_from("<I", data, 12)[0]
        self.document = json.loads(data[20 : 20 + length])
        self.buffer = data[20 + length + 8 :]
        primitive = self.document["meshes"][0]["primitives"][0]
        self.triangles = self.array(primitive["indices"]).reshape(-1, 3).astype(np.int64)
        names = {"POSITION": "points", "NORMAL": "normals", "TEXCOORD_0": "uv"}
        for semantic, name in names.items():
            setattr(self, name, self.array(primitive["attributes"][semantic]))

    def part(self, number):
        """Return the bytes of a buffer view."""
        view = self.document["bufferViews"][number]
        return self.buffer[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]

    def array(self, number):
        """Return an accessor's values."""
        accessor = self.document["accessors"][number]
        flat = np.frombuffer(self.part(accessor["bufferView"]), KINDS[accessor["componentType"]])
        width = WIDTHS[accessor["type"]]
        return flat.reshape(-1, width) if width > 1 else flat

    def picture(self):
        """Return the texture, uint8 (h, w, 3)."""
        data = self.part(self.document["images"][0]["bufferView"])
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))

    @property
    def extras(self):
        """The custom properties of the object."""
        return self.document["nodes"][0]["extras"]

    def welded(self):
        """Return triangles and points with the vertices of one place joined, as Blender's import does."""
        points, place = np.unique(self.points, axis=0, return_inverse=True)
        return place.reshape(-1)[self.triangles], points.astype(np.float64)
