# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's QuadriFlow, with what it needs to work: a large scale, one part at a time, and a look at the answer."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np
from bpy.types import Mesh

from .apart import Apart
from .heal import FACES_OF_AREA, voxel_mesh, voxels
from .shell import Shell
from .values import facts_of

__all__ = ["Part", "flow", "quadriflow", "share_out", "time_limit"]

# QuadriFlow refuses every edge shorter than about 1e-4 units, with a message that only speaks of manifoldness.
WORKING_SIZE = 500.0
GRIDS = (1.0, 0.93, 0.86)  # voxels for another try: it nearly always does
SMALL = 100  # quads: after a refusal of so small a part, another try may never end
LEAST_PART = 8  # quads: what deserves fewer is a crumb, and hundreds of crumbs keep QuadriFlow busy for ever
MOST_PARTS = 48
AT_LEAST = 24  # quads of a part that is kept


@dataclass(frozen=True)
class Part:
    """A connected closed part, and the number of quads that it gets."""

    shell: Shell
    faces: int


def time_limit(faces: int) -> float:
    """Return the seconds after which a rebuild to `faces` quads is surely stuck, on a slow machine, too.

    Measured on two old cores: 4 s for 5,000 faces, 22 s for 20,000; a run that never ends used to pass 300 s.
    """
    return 180.0 + 0.06 * faces


def share_out(outside: Shell, faces: int) -> tuple[list[Part], int]:
    """Return the parts, largest first, with the faces shared out by area, and how many parts were left out."""
    numbers = outside.parts()
    area = np.bincount(numbers, outside.areas())
    order = np.argsort(-area)
    wish = faces * area / area.sum()
    kept = [number for number in order[:MOST_PARTS] if wish[number] >= LEAST_PART] or [order[0]]
    total = area[kept].sum()
    parts = [Part(outside.only(numbers == number), round(faces * area[number] / total)) for number in kept]
    return [Part(part.shell, max(AT_LEAST, part.faces)) for part in parts], len(area) - len(kept)


def flow(apart: Apart, part: Part, *, voxel: float) -> tuple[Mesh | None, str]:
    """Return the part as a new mesh of quads and what to tell, or None and the reason."""
    reason = ""
    for finer in GRIDS if part.faces >= SMALL else GRIDS[:1]:
        shell = part.shell if finer == 1.0 else voxels(apart, part.shell, voxel * finer)
        made, reason = quadriflow(apart, shell, part.faces)
        if made:
            return made, ""
    made = _blocks(apart, part)
    return made, "QuadriFlow refused a part, whose faces follow a grid instead of the shape." if made else reason


def _blocks(apart: Apart, part: Part) -> Mesh | None:
    """Return the faces of a coarse voxel remesh: quads, too, and closed, but blind to the shape."""
    voxel = float(np.sqrt(FACES_OF_AREA * part.shell.areas().sum() / part.faces))
    for finer in (1.0, 0.9, 0.8, 0.7, 0.55, 0.4):
        mesh = voxel_mesh(apart, part.shell, voxel * finer)
        if mesh is None:
            continue
        facts = facts_of([mesh])
        if facts.faces and facts.quads == 1.0 and not facts.non_manifold:
            return mesh
        bpy.data.meshes.remove(mesh)
    return None


def quadriflow(apart: Apart, shell: Shell, faces: int) -> tuple[Mesh | None, str]:
    """Return a new mesh of about so many quads, or None and the reason; the shell has to be closed."""
    extent = shell.size
    middle = shell.points.mean(axis=0)
    scaled = Shell((shell.points - middle) * (WORKING_SIZE / extent), shell.triangles)
    item = apart.add(scaled.mesh("img3d quads"))
    before = len(item.data.polygons)
    try:
        with apart.acting(item):
            answer = _run(faces)
        mesh = item.data
        answer = answer or _refusal(mesh, before=before)
        if answer:
            return None, answer
        mesh = mesh.copy()
    finally:
        apart.drop(item)
    _move(mesh, factor=extent / WORKING_SIZE, offset=middle)
    return mesh, ""


def _run(faces: int) -> str:
    """Return the reason why nothing was made, or an empty text."""
    try:
        answer = bpy.ops.object.quadriflow_remesh(
            mode="FACES", target_faces=faces, use_mesh_symmetry=False, smooth_normals=True
        )
    except RuntimeError as error:  # what the operator reports as an error, in words
        return str(error).removeprefix("Error: ").strip().rstrip(".")
    return "" if answer == {"FINISHED"} else "Blender's QuadriFlow refused the mesh"


def _refusal(mesh: Mesh, *, before: int) -> str:
    """Look at what was made: some versions finish without having done anything."""
    facts = facts_of([mesh])
    if facts.faces in (0, before):
        return "it left the mesh as it was"
    if facts.quads < 1.0 or facts.non_manifold:
        return f"{facts.quads:.0%} of its faces have four corners, {facts.non_manifold} of its edges not two faces"
    return ""


def _move(mesh: Mesh, *, factor: float, offset: np.ndarray) -> None:
    place = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", place)
    moved = place.reshape(-1, 3) * factor + offset
    mesh.vertices.foreach_set("co", moved.astype(np.float32).ravel())
    mesh.update()
