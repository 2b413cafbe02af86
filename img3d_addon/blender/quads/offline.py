# SPDX-License-Identifier: GPL-3.0-or-later
"""Rebuild a mesh as quads with the texture kept, for results that carry their texture projection."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

# bmesh exists only once bpy is there, where that is a Python module.
# isort: split
import bmesh
from bpy.types import Material, Mesh, Object

from ...core.errors import ImportFailed
from ..restore import projection_of, restore_uvs

__all__ = ["QuadReport", "quad_remesh", "report", "weld"]

# QuadriFlow refuses every edge shorter than about 1e-4 units, with a message that only speaks of manifoldness.
WORKING_SIZE = 500.0
WELD = 1e-6  # of the longest side: only corners that the file split at chart borders


@dataclass(frozen=True)
class QuadReport:
    """What came out: number of faces, share of quads 0..1, edges without exactly two faces."""

    faces: int
    quads: float
    open_edges: int

    @property
    def manifold(self) -> bool:
        """Whether the surface is closed."""
        return self.open_edges == 0


def quad_remesh(item: Object, faces: int) -> QuadReport:
    """Replace the object's mesh by about `faces` quads, its texture put back; `ImportFailed` when that fails.

    The texture coordinates come from the projection numbers in the object's custom properties, which count in local
    coordinates: the object's transform is left alone.
    """
    projection = projection_of(item)
    if projection is None:
        raise ImportFailed(
            f"{item.name} carries no texture projection, so its texture would be lost in a quad remesh",
            advice="Only results of the offline provider carry it; use a Remesh modifier instead.",
        )
    materials = list(_mesh(item).materials)
    weld(_mesh(item))
    _quadriflow(item, faces)
    restore_uvs(_mesh(item), projection)
    _dress(item, materials)
    return report(_mesh(item))


def weld(mesh: Mesh) -> None:
    """Join corners at the same place; normals of its own, valid for the old corners only, go."""
    if mesh.has_custom_normals:
        mesh.normals_split_custom_set([[0.0, 0.0, 0.0]] * len(mesh.loops))  # zeros: none
    work = bmesh.new()
    work.from_mesh(mesh)
    bmesh.ops.remove_doubles(work, verts=list(work.verts), dist=WELD * max(_extent(mesh), 1e-9))
    bmesh.ops.dissolve_degenerate(work, edges=list(work.edges), dist=0.0)
    work.to_mesh(mesh)
    work.free()


def report(mesh: Mesh) -> QuadReport:
    """Count a mesh's faces, quads and open edges."""
    work = bmesh.new()
    work.from_mesh(mesh)
    count = max(1, len(work.faces))
    quads = sum(len(face.verts) == 4 for face in work.faces)
    loose = sum(not edge.is_manifold for edge in work.edges)
    work.free()
    return QuadReport(len(mesh.polygons), quads / count, loose)


def _mesh(item: Object) -> Mesh:
    if not isinstance(item.data, Mesh):
        raise ImportFailed(f"{item.name} is no mesh, so it cannot be remeshed")
    return item.data


def _quadriflow(item: Object, faces: int) -> None:
    extent, before = _extent(_mesh(item)), _counts(item)
    if extent <= 0.0:
        raise ImportFailed(f"{item.name} has no extent, so it cannot be remeshed")
    _rescale(_mesh(item), WORKING_SIZE / extent)
    try:
        answer = _run_quadriflow(item, faces)
    finally:
        _rescale(_mesh(item), extent / WORKING_SIZE)
    if not answer and _counts(item) in (before, (0, 0)):
        answer = "it left the mesh as it was"
    if answer:
        raise ImportFailed(
            f"The quad remesh of {item.name} to {faces} faces did not work ({answer})",
            advice="Try another number of faces, or a Remesh modifier; the result itself is kept in the library.",
        )


def _counts(item: Object) -> tuple[int, int]:
    return len(_mesh(item).polygons), len(_mesh(item).vertices)


def _run_quadriflow(item: Object, faces: int) -> str:
    """Return the reason why nothing was made, or an empty text."""
    window = {"object": item, "active_object": item, "selected_objects": [item], "selected_editable_objects": [item]}
    try:
        with bpy.context.temp_override(**window):
            answer = bpy.ops.object.quadriflow_remesh(
                mode="FACES", target_faces=faces, use_mesh_symmetry=False, smooth_normals=True
            )
    except RuntimeError as error:  # what the operator reports as an error, in words
        return str(error).removeprefix("Error: ").strip().rstrip(".")
    return "" if answer == {"FINISHED"} else "Blender's QuadriFlow refused the mesh"


def _rescale(mesh: Mesh, factor: float) -> None:
    import numpy as np

    place = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", place)
    mesh.vertices.foreach_set("co", place * np.float32(factor))
    mesh.update()


def _extent(mesh: Mesh) -> float:
    import numpy as np

    if not mesh.vertices:
        return 0.0
    place = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", place)
    return float(np.ptp(place.reshape(-1, 3), axis=0).max())


def _dress(item: Object, materials: list[Material | None]) -> None:
    """Give the new mesh the materials back and smooth shading without stored normals."""
    mesh = _mesh(item)
    if [slot for slot in mesh.materials] != materials:
        mesh.materials.clear()
        for material in materials:
            mesh.materials.append(material)
    if mesh.has_custom_normals:
        with bpy.context.temp_override(object=item, active_object=item, selected_objects=[item]):
            bpy.ops.mesh.customdata_custom_splitnormals_clear()
    mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
    mesh.update()
