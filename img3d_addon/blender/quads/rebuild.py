# SPDX-License-Identifier: GPL-3.0-or-later
"""From any textured meshes to one mesh of quads with the texture kept, step by step."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

import bpy
from bpy.types import Material, Mesh, Object

from ...core.errors import ImportFailed
from ..restore import projection_of, restore_uvs
from .apart import Apart, mesh_of, scene_apart
from .bake import oven
from .compare import psnr, sides
from .dress import dress
from .flow import flow, quadriflow, share_out
from .heal import Healed, heal
from .maps import Maps, bake_maps, plan_of, texture_side
from .own import marked, remove_marked
from .snap import joined, snap
from .source import Source, check_source, gather
from .unwrap import unwrap
from .values import QuadSettings, Rebuilt, facts_of

__all__ = ["rebuild"]

GLANCE = (192, 4)  # pixels and samples of the renders that are compared: a few seconds for all eight
MOST_PARTS_AT_ONCE = 4
OTHERWISE = "Try another number of faces, or a Remesh modifier; the result itself is kept in the library."
Steps = Generator[tuple[float, str], None, Rebuilt]


def rebuild(items: Sequence[Object], settings: QuadSettings) -> Steps:
    """Make one new object of quads from the meshes among `items`; yields (share that is done, what is being done).

    The objects may be in no scene, and the new one is in none. `ImportFailed` leaves everything as it was. The steps
    have to follow each other without an undo or another file in between.
    """
    meshes = check_source(items)
    kept: set[Any] = set()
    try:
        made = yield from marked(_rebuilt(meshes, settings))
        kept = _belongings(made.object)
    except (RuntimeError, ValueError, MemoryError) as error:  # what Blender's operators refuse, in its words
        said = str(error).removeprefix("Error: ").strip().rstrip(".") or type(error).__name__
        raise ImportFailed(f"The quad remesh of {meshes[0].name} did not work: {said}", advice=OTHERWISE) from error
    finally:
        remove_marked(keep=kept)
    _put_away(meshes, keep=settings.keep_original)
    return made


def _rebuilt(items: list[Object], settings: QuadSettings) -> Steps:
    with scene_apart() as apart:
        made = yield from _worked(apart, items, settings)
        yield 1.0, "The quads are ready"
    return made


def _worked(apart: Apart, items: list[Object], settings: QuadSettings) -> Steps:
    yield 0.0, "Looking at the mesh"
    before = facts_of(mesh_of(item) for item in items)
    source = gather(apart, items)
    if len(items) == 1 and projection_of(items[0]) is not None:
        item, notes = yield from _projected(apart, source, items[0], faces=settings.faces)
    else:
        item, notes = yield from _baked(apart, source, items[0], settings)
    result = Rebuilt(object=item, before=before, after=facts_of([mesh_of(item)]), notes=tuple(dict.fromkeys(notes)))
    if settings.compare:
        yield 0.92, "Comparing the renders"
        result = replace(result, psnr=_compared(apart, source, item))
    mesh_of(item).transform(source.back)
    mesh_of(item).update()
    item.matrix_basis = source.place
    apart.scene.collection.objects.unlink(item)
    return result


def _baked(
    apart: Apart, source: Source, item: Object, settings: QuadSettings
) -> Generator[tuple[float, str], None, tuple[Object, list[str]]]:
    mesh, healed, notes = yield from _quads(apart, source, item.name, faces=settings.faces)
    made = apart.add(mesh)
    made.name = item.name
    yield 0.55, "Unwrapping"
    plan = plan_of(source, faces=len(mesh.polygons))
    side = settings.texture or texture_side(source, faces=len(mesh.polygons))
    notes.append(unwrap(apart, made, margin=8.0 / max(side, 512)))
    if not any(source.materials.values()):
        notes.append("The source has no material, so there was no texture to bake.")
        return made, [note for note in notes if note]
    if plan.baked:
        with oven(apart, made, source, healed=healed, side=side) as ready:
            maps = yield from bake_maps(ready, plan, name=item.name)
    else:
        maps = Maps(numbers={channel: plan.constant(channel) or (0.0,) * 3 for channel in plan.values})
    mesh.materials.append(dress(source, maps, name=_material_name(source)))
    return made, [note for note in notes if note]


def _quads(
    apart: Apart, source: Source, name: str, *, faces: int
) -> Generator[tuple[float, str], None, tuple[Mesh, Healed, list[str]]]:
    yield 0.05, "Closing the surface"
    healed = heal(apart, source.shell, faces=faces)
    parts, left_out = share_out(healed.outside, faces)
    notes = list(healed.notes)
    if left_out:
        notes.append(f"Loose bits too small for this number of faces were left out: {left_out}.")
    meshes: list[Mesh] = []
    reason = ""
    for number, part in enumerate(parts):
        yield 0.1 + 0.4 * number / len(parts), "Laying quads"
        made, said = flow(apart, part, voxel=healed.voxel)
        if made is None:
            reason = said
            continue
        meshes.append(made)
        notes.append(said)
    if not meshes:
        raise ImportFailed(
            f"The quad remesh of {name} to {faces} faces did not work ({reason})",
            advice=OTHERWISE,
        )
    if len(meshes) < len(parts):
        notes.append(f"Small parts that could not be made of quads were left out: {len(parts) - len(meshes)}.")
    mesh = joined(meshes, name)
    yield 0.5, "Fitting the quads to the source"
    snap(apart, mesh, healed)
    return mesh, healed, notes


def _projected(
    apart: Apart, source: Source, item: Object, *, faces: int
) -> Generator[tuple[float, str], None, tuple[Object, list[str]]]:
    """Lay quads over an offline result, whose texture follows from the place of each corner, exactly."""
    projection = projection_of(item)
    yield 0.1, "Laying quads"
    mesh = quadriflow(apart, source.shell, faces)[0] if source.shell.parts().max() < MOST_PARTS_AT_ONCE else None
    notes: list[str] = []
    if mesh is None:
        mesh, _, notes = yield from _quads(apart, source, item.name, faces=faces)
    mesh = joined([mesh], item.name)
    yield 0.8, "Restoring the texture"
    mesh.transform(source.back)
    if projection is not None:
        restore_uvs(mesh, projection)
    mesh.transform(source.back.inverted())
    for material in mesh_of(item).materials:
        mesh.materials.append(material)
    made = apart.add(mesh)
    made.name = item.name
    for name, value in item.items():  # the numbers of the projection among them
        made[name] = value
    return made, [note for note in notes if note]


def _compared(apart: Apart, source: Source, item: Object) -> float:
    pairs = sides(apart, [source.copies, [item]], size=GLANCE[0], samples=GLANCE[1])
    return min(psnr(first, second) for first, second in pairs)


def _material_name(source: Source) -> str:
    found = [material for material in source.materials.values() if material]
    return found[0].name if found else "Material"


def _belongings(item: Object) -> set[Any]:
    """Return the object, its mesh, its materials and their pictures."""
    mesh = mesh_of(item)
    materials = [material for material in mesh.materials if isinstance(material, Material)]
    nodes: list[Any] = [node for material in materials if material.node_tree for node in material.node_tree.nodes]
    return {item, mesh, *materials, *(node.image for node in nodes if node.type == "TEX_IMAGE" and node.image)}


def _put_away(items: Sequence[Object], *, keep: bool) -> None:
    """Hide the objects, or remove them and what nothing uses any more."""
    if keep:
        for item in items:
            item.hide_viewport = item.hide_render = True
        return
    gone: set[Any] = set()
    for item in items:
        gone |= _belongings(item)
    bpy.data.batch_remove(list(items))
    homes = ((Mesh, bpy.data.meshes), (Material, bpy.data.materials), (bpy.types.Image, bpy.data.images))
    for kind, home in homes:
        for data in [data for data in gone - set(items) if isinstance(data, kind)]:
            if not bpy.data.user_map(subset=[data])[data]:  # 4.2 counts pictures of removed materials as used
                home.remove(data)  # type: ignore[arg-type]
            gone.discard(data)
