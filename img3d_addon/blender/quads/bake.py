# SPDX-License-Identifier: GPL-3.0-or-later
"""Bake what the source shows into maps of the quads.

Each map is baked as the light of a temporary Emission node, which gives exact values; only normals are baked as such.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np
from bpy.types import Object

from ...core.errors import ImportFailed
from .apart import Apart, mesh_of
from .channels import surface
from .heal import Healed
from .snap import points_of
from .source import Source

__all__ = ["Oven", "cage_of", "oven"]


@dataclass(frozen=True, kw_only=True)
class Oven:
    """All that a bake needs; `side` in pixels."""

    apart: Apart
    target: Any
    cage: Object
    source: Source
    side: int
    reach: float

    def emission(self, image: Any, feed: Any) -> None:
        """Bake into the image what `feed(material)` names: three numbers or an output socket of its tree."""
        undo = [_shine(material, feed(material)) for material in self.source.materials]
        try:
            self._bake(image, "EMIT")
        finally:
            for back in undo:
                back()

    def normals(self, image: Any) -> None:
        """Bake the source's shading into the image as a tangent space normal map."""
        self._bake(image, "NORMAL")

    def _bake(self, image: Any, kind: Any) -> None:
        nodes: Any = self.target.material_slots[0].material.node_tree.nodes
        picture = nodes.new("ShaderNodeTexImage")
        picture.image = image
        nodes.active = picture
        try:
            with self.apart.acting(self.target, *self.source.copies):
                bpy.ops.object.bake(
                    type=kind,
                    use_selected_to_active=True,
                    use_cage=True,
                    cage_object=self.cage.name,
                    max_ray_distance=self.reach,
                    margin=max(4, self.side // 64),
                    margin_type="EXTEND",
                    use_clear=False,
                    normal_space="TANGENT",
                )
        except RuntimeError as error:
            raise ImportFailed(
                f"Blender could not bake the texture of {self.target.name}: {str(error).strip().rstrip('.')}",
                advice="Take the mesh as it came, or a remesh without texture.",
            ) from error
        finally:
            nodes.remove(picture)


@contextmanager
def oven(apart: Apart, target: Object, source: Source, *, healed: Healed, side: int) -> Iterator[Oven]:
    """Set Cycles up in our scene for bakes onto the target, which gets a material for the time."""
    scene = apart.scene
    try:
        scene.render.engine = "CYCLES"
    except TypeError as error:
        raise ImportFailed(
            "Blender's renderer Cycles is switched off, and the texture is baked with it",
            advice="Enable the add-on Cycles in the preferences.",
        ) from error
    scene.cycles.device, scene.cycles.samples = "CPU", 1
    scene.cycles.use_denoising = scene.cycles.use_adaptive_sampling = False
    scene.render.use_persistent_data = False
    cage, reach = cage_of(apart, target, healed)
    material: Any = bpy.data.materials.new("img3d bake")
    if not material.node_tree:  # since 5.0 there always is one
        material.use_nodes = True
    mesh_of(target).materials.append(material)
    try:
        yield Oven(apart=apart, target=target, cage=cage, source=source, side=side, reach=reach)
    finally:
        mesh_of(target).materials.clear()
        bpy.data.materials.remove(material)
        apart.drop(cage)


def cage_of(apart: Apart, target: Object, healed: Healed) -> tuple[Object, float]:
    """Return the target blown up by just as much as it takes to enclose the source, and how far rays may go.

    A cage of one thickness for all reaches into neighbours, so that a handle's colour ends up on the body.
    """
    mesh = mesh_of(target)
    gap = _gaps(apart, target, healed)
    step = 1.5 * gap + healed.voxel
    normals = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("normal", normals)
    blown = mesh.copy()
    blown.name = "img3d cage"
    place = points_of(mesh) + normals.reshape(-1, 3) * step[:, None]
    blown.vertices.foreach_set("co", place.astype(np.float32).ravel())
    blown.update()
    return apart.add(blown), float(max(4.0 * step.max(), 0.2))


def _gaps(apart: Apart, target: Object, healed: Healed) -> np.ndarray:
    """Return for each vertex how far the surface about it is from the source."""
    mesh = mesh_of(target)
    item = apart.add(healed.outside.mesh("img3d target"))
    try:
        seen = apart.evaluated(item)
        limit = 8.0 * healed.voxel
        far = np.array([_gap(seen, face.center, limit) for face in mesh.polygons])
    finally:
        apart.drop(item)
    corner = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", corner)
    gap = np.zeros(len(mesh.vertices))
    np.maximum.at(gap, corner, np.repeat(far, 4))
    return gap


def _gap(surface_object: Any, at: Any, limit: float) -> float:
    found, place, _, _ = surface_object.closest_point_on_mesh(at, distance=limit)
    return (at - place).length if found else limit


def _shine(material: Any, value: Any) -> Callable[[], None]:
    """Let the material send out a value as light; return the function that puts everything back."""
    tree = material.node_tree
    end = surface(tree)
    before = end.links[0].from_socket if end.is_linked else None
    node = tree.nodes.new("ShaderNodeEmission")
    if isinstance(value, tuple):
        node.inputs["Color"].default_value = (*value, 1.0)
    else:
        tree.links.new(value, node.inputs["Color"])
    tree.links.new(node.outputs[0], end)

    def back() -> None:
        tree.nodes.remove(node)
        if before is not None:
            tree.links.new(before, end)

    return back
