# SPDX-License-Identifier: GPL-3.0-or-later
"""A surface as bare triangles, where broken meshes are cheap to mend."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np
from bpy.types import Mesh
from mathutils import Matrix

__all__ = ["Shell", "groups", "shell_of"]

SAME = 2.0**-20
"""Corners within about this share of the size are one: the file only split them."""


@dataclass(frozen=True)
class Shell:
    """Points, float64 (n, 3), and triangles, int64 (m, 3) of indices into them."""

    points: np.ndarray
    triangles: np.ndarray

    @property
    def size(self) -> float:
        """Length of the longest side of the box around the points that are used."""
        used = self.points[np.unique(self.triangles)]
        return float(np.ptp(used, axis=0).max()) if len(used) else 0.0

    def crosses(self) -> np.ndarray:
        """Return each triangle's normal times its double area."""
        a, b, c = (self.points[self.triangles[:, corner]] for corner in range(3))
        return np.cross(b - a, c - a)

    def areas(self) -> np.ndarray:
        """Return the area of each triangle."""
        return np.linalg.norm(self.crosses(), axis=1) / 2

    def volumes(self) -> np.ndarray:
        """Return each triangle's share of the volume, which is right in sum for closed parts."""
        a, b, c = (self.points[self.triangles[:, corner]] for corner in range(3))
        return np.einsum("ij,ij->i", a, np.cross(b, c)) / 6

    def normals(self) -> np.ndarray:
        """Return a unit vector for each point; zero where there is none."""
        total = np.zeros_like(self.points)
        cross = self.crosses()
        for corner in range(3):
            for axis in range(3):
                total[:, axis] += np.bincount(self.triangles[:, corner], cross[:, axis], minlength=len(total))
        length = np.linalg.norm(total, axis=1, keepdims=True)
        return np.divide(total, length, out=np.zeros_like(total), where=length > 0)

    def parts(self) -> np.ndarray:
        """Return a number for each triangle, equal within a connected part: 0, 1, 2 ..."""
        label = groups(len(self.points), np.concatenate([self.triangles[:, :2], self.triangles[:, 1:]]))
        return np.unique(label[self.triangles[:, 0]], return_inverse=True)[1].ravel()

    def rims(self) -> np.ndarray:
        """Return the edges with one triangle only, in the triangle's direction: (k, 2)."""
        edge = np.concatenate([self.triangles[:, [0, 1]], self.triangles[:, [1, 2]], self.triangles[:, [2, 0]]])
        key = edge.min(axis=1) * len(self.points) + edge.max(axis=1)
        _, first, count = np.unique(key, return_index=True, return_counts=True)
        return edge[first[count == 1]]

    def welded(self) -> Shell:
        """Return it with the corners at one place joined, and without triangles that this leaves without area."""
        if not len(self.triangles):
            return self
        step = max(self.size, 1e-30) * SAME
        cell = np.rint((self.points - self.points.min(axis=0)) / step).astype(np.int64)
        key = (cell[:, 0] << 42) + (cell[:, 1] << 21) + cell[:, 2]
        _, first, place = np.unique(key, return_index=True, return_inverse=True)
        triangles = place.ravel()[self.triangles]
        a, b, c = triangles.T
        return Shell(self.points[first], triangles[(a != b) & (b != c) & (c != a)])

    def only(self, wanted: np.ndarray) -> Shell:
        """Return it with the triangles of a mask, and the points that these use."""
        chosen = self.triangles[wanted]
        used, place = np.unique(chosen, return_inverse=True)
        return Shell(self.points[used], place.reshape(chosen.shape))

    def mesh(self, name: str) -> Mesh:
        """Return a new mesh of it."""
        made = bpy.data.meshes.new(name)
        made.vertices.add(len(self.points))
        made.vertices.foreach_set("co", self.points.astype(np.float32).ravel())
        made.loops.add(self.triangles.size)
        made.loops.foreach_set("vertex_index", self.triangles.astype(np.int32).ravel())
        made.polygons.add(len(self.triangles))
        made.polygons.foreach_set("loop_start", np.arange(0, self.triangles.size, 3, dtype=np.int32))
        made.update(calc_edges=True)
        return made


def shell_of(mesh: Mesh, matrix: Matrix | None = None) -> Shell:
    """Return the triangles of a mesh, moved by the matrix; those with a corner that is no number are left out."""
    points = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", points)
    mesh.calc_loop_triangles()
    triangles = np.empty(len(mesh.loop_triangles) * 3, np.int32)
    mesh.loop_triangles.foreach_get("vertices", triangles)
    place = points.reshape(-1, 3).astype(np.float64)
    good = np.isfinite(place).all(axis=1) & (np.abs(place) < 1e30).all(axis=1)
    place[~good] = 0.0
    if matrix is not None:
        turn = np.array(matrix, np.float64)
        place = place @ turn[:3, :3].T + turn[:3, 3]
    corners = triangles.reshape(-1, 3).astype(np.int64)
    return Shell(place, corners[good[corners].all(axis=1)])


def groups(count: int, pairs: np.ndarray) -> np.ndarray:
    """Return a label for each of `count` things, equal where pairs (k, 2) connect them."""
    label = np.arange(count)
    first, second = pairs.T
    while True:
        low = np.minimum(label[first], label[second])
        new = label.copy()
        np.minimum.at(new, label[first], low)
        np.minimum.at(new, label[second], low)
        new = new[new]
        if (new == label).all():
            return label
        label = new
