# SPDX-License-Identifier: GPL-3.0-or-later
"""Make one clean closed surface of whatever came: holes closed, sheets given a thickness, all of it voxelised.

A voxel remesh takes every mesh, but makes an outer and an inner wall of what is not closed.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np
from bpy.types import Mesh
from mathutils import Vector

from ...core.errors import ImportFailed
from .apart import Apart
from .shell import Shell, groups, shell_of

__all__ = ["FACES_OF_AREA", "Healed", "close", "heal", "voxel_mesh", "voxel_size", "voxels"]

CAP = 0.15  # of a part's area: a larger opening is meant, as that of a bowl or around a leaf
THICK = 1.6  # voxels: less of it, and the edges of a sheet come out ragged
DENSE, DENSEST = 6.0, 60.0  # voxel faces for each quad that is wanted, and where thin parts need them
LEAST_DENSE, MOST_DENSE = 8_000, 1_500_000
FACES_OF_AREA = 1.5  # faces that a voxel remesh makes for each square of the voxel's side
LOST = 0.005  # of the area: more of it outside of the voxels is a thin part that they missed
SAMPLES = 3000


@dataclass(frozen=True)
class Healed:
    """The closed shell, its voxelised outside, the voxel's side, and what to tell."""

    shell: Shell
    outside: Shell
    voxel: float
    notes: tuple[str, ...] = ()


def heal(apart: Apart, shell: Shell, *, faces: int, coarser: float = 1.0) -> Healed:
    """Return a closed surface dense enough for `faces` quads; the shell is welded and about 2 units long.

    The voxels are made finer where thin parts would be lost. `coarser` varies their size for another try.
    """
    voxel = voxel_size(shell, faces) * coarser
    least = np.sqrt(FACES_OF_AREA * shell.areas().sum() / min(max(DENSEST * faces, 4 * LEAST_DENSE), MOST_DENSE))
    while True:
        closed, notes = close(shell, thickness=THICK * voxel)
        outside = _without_cavities(voxels(apart, closed, voxel))
        lost = _lost(apart, closed, outside, voxel=voxel)
        if lost <= LOST or voxel * 0.6 < least:
            break
        voxel *= 0.6
    if lost > LOST:
        notes = (*notes, f"About {lost:.0%} of the surface is too thin to be kept.")
    return Healed(closed, outside, voxel, notes)


def voxel_size(shell: Shell, faces: int) -> float:
    """Return the side of voxels that make enough faces for QuadriFlow to choose from."""
    dense = min(max(DENSE * faces, LEAST_DENSE), MOST_DENSE)
    return float(np.sqrt(FACES_OF_AREA * shell.areas().sum() / dense))


def voxels(apart: Apart, shell: Shell, voxel: float) -> Shell:
    """Return the outside of a closed shell as Blender's voxel remesh makes it; `ImportFailed` when nothing is left."""
    mesh = voxel_mesh(apart, shell, voxel)
    if mesh is None:
        raise ImportFailed(
            "Blender's voxel remesh made nothing of the mesh",
            advice="Keep the mesh as it came, or take another result.",
        )
    found = shell_of(mesh)
    bpy.data.meshes.remove(mesh)
    return found


def voxel_mesh(apart: Apart, shell: Shell, voxel: float) -> Mesh | None:
    """Return a new mesh of the shell's voxel remesh, or None when it makes nothing."""
    item = apart.add(shell.mesh("img3d voxels"))
    try:
        mesh = item.data
        mesh.remesh_voxel_size = voxel
        with apart.acting(item), suppress(RuntimeError):  # its errors, in words; nothing is made then
            if bpy.ops.object.voxel_remesh() == {"FINISHED"} and item.data.polygons:
                return item.data.copy()
    finally:
        apart.drop(item)
    return None


def close(shell: Shell, *, thickness: float) -> tuple[Shell, tuple[str, ...]]:
    """Return the shell with small holes capped, and with `thickness` where it stays open; and what to tell."""
    rims = shell.rims()
    if not len(rims):
        return shell, ()
    part = np.zeros(len(shell.points), np.int64)
    numbers = shell.parts()
    part[shell.triangles.ravel()] = np.repeat(numbers, 3)
    area = np.bincount(numbers, shell.areas())
    capped, left = _cap(shell, rims, most=CAP * area[part])
    if not len(left):
        return capped, ()
    is_open = np.zeros(len(area), bool)
    is_open[part[left[:, 0]]] = True
    thick = np.zeros(len(capped.points), bool)
    thick[: len(part)] = is_open[part]
    share = area[is_open].sum() / max(area.sum(), 1e-30)
    note = "Open surfaces were given a thickness, so that the mesh is closed." if share > 0.01 else ""
    return _thicken(capped, thick, left, thickness=thickness), ((note,) if note else ())


def _cap(shell: Shell, rims: np.ndarray, *, most: np.ndarray) -> tuple[Shell, np.ndarray]:
    """Close each hole by a fan about its middle if that takes less area than `most` at its points."""
    hole = _holes(rims)
    count = np.bincount(hole)
    ends = shell.points[rims]
    middle = np.stack([np.bincount(hole, ends[:, :, axis].mean(axis=1)) / count for axis in range(3)], axis=1)
    fan = np.linalg.norm(np.cross(ends[:, 0] - middle[hole], ends[:, 1] - middle[hole]), axis=1) / 2
    small = (np.bincount(hole, fan) <= most[rims[:, 0]][np.unique(hole, return_index=True)[1]])[hole]
    new = len(shell.points) + hole[small]
    caps = np.column_stack([rims[small][:, ::-1], new])
    points = np.concatenate([shell.points, middle])
    return Shell(points, np.concatenate([shell.triangles, caps])), rims[~small]


def _holes(rims: np.ndarray) -> np.ndarray:
    """Number the rims by the hole that they go around: each is followed by one that starts where it ends.

    Where holes touch, any pairing gives closed turns; faces that look the wrong way leave ends, which stay together.
    """
    start, end = np.argsort(rims[:, 0], kind="stable"), np.argsort(rims[:, 1], kind="stable")
    starts, stops = rims[start, 0], rims[end, 1]
    rank = np.arange(len(rims)) - np.searchsorted(stops, stops)
    place = np.searchsorted(starts, stops) + rank
    follows = (place < len(rims)) & (starts[np.minimum(place, len(rims) - 1)] == stops)
    pairs = np.column_stack([end[follows], start[place[follows]]])
    turn = groups(len(rims), pairs)
    if not follows.all():
        near = groups(int(rims.max()) + 1, rims)[rims[:, 0]]
        torn = np.isin(near, near[end[~follows]])
        turn[torn] = len(rims) + near[torn]
    return np.unique(turn, return_inverse=True)[1].ravel()


def _thicken(shell: Shell, thick: np.ndarray, rims: np.ndarray, *, thickness: float) -> Shell:
    """Put a second wall behind the triangles of the `thick` points, and a strip along the rims."""
    count = len(shell.points)
    step = shell.normals() * thickness / 2
    walls = shell.triangles[thick[shell.triangles].any(axis=1)]
    front = np.where(thick[:, None], shell.points + step, shell.points)
    a, b = rims.T
    strip = np.concatenate([np.column_stack([b, a, a + count]), np.column_stack([b, a + count, b + count])])
    triangles = np.concatenate([shell.triangles, walls[:, ::-1] + count, strip])
    return Shell(np.concatenate([front, shell.points - step]), triangles).only(np.ones(len(triangles), bool))


def _without_cavities(outside: Shell) -> Shell:
    """Leave out closed parts that look inwards: walls of hollows that nobody sees."""
    part = outside.parts()
    centred = Shell(outside.points - outside.points.mean(axis=0), outside.triangles)
    hollow = np.bincount(part, centred.volumes()) < 0
    return outside.only(~hollow[part]) if hollow.any() and not hollow.all() else outside


def _lost(apart: Apart, shell: Shell, outside: Shell, *, voxel: float) -> float:
    """Return the share of the shell's area that lies outside of the voxels; inner walls are no loss."""
    area = shell.areas()
    total = area.sum()
    if total <= 0.0:
        return 0.0
    choose = np.random.default_rng(1).choice(len(area), SAMPLES, p=area / total)
    middles = shell.points[shell.triangles[choose]].mean(axis=1)
    item = apart.add(outside.mesh("img3d outside"))
    try:
        seen = apart.evaluated(item)
        missed = sum(_is_outside(seen, Vector(at), voxel) for at in middles)
    finally:
        apart.drop(item)
    return missed / SAMPLES


def _is_outside(surface: Any, at: Vector, voxel: float) -> bool:
    found, place, normal, _ = surface.closest_point_on_mesh(at)
    away = at - place
    return bool(found) and away.length > 1.5 * voxel and away.dot(normal) > 0.0
