# SPDX-License-Identifier: GPL-3.0-or-later
"""From a model file to a finished object in the scene.

`prepare` does the heavy half and touches no scene: the helper process does it, or this one. `finish` is the light half
in the scene, whose time does not grow with the mesh.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bpy
from bpy.types import Mesh, Object
from mathutils import Vector

from ...core.errors import ImportFailed
from ...core.steps import drained
from ..after import check
from ..names import datablock_name
from ..restoring import remember_material
from .arrange import arrange, scale, turn
from .collection import results_collection
from .colours import show_colours
from .dress import drop_materials, pack_images, shade
from .extras import digest, heavy, light
from .fresh import Fresh, removed_on_failure
from .geometry import bounds_of
from .loaders import read
from .lods import level_of, lod_name
from .modifiers import OPEN, add_modifiers, triangles_to_decimate, workable
from .normals import repair_normals
from .prepared import JobFacts, Prepared
from .quads import QUADS, as_quads
from .used import images_of
from .whole import check_whole

__all__ = [
    "Imported",
    "JobFacts",
    "Prepared",
    "blender_errors",
    "finish",
    "import_result",
    "load",
    "prepare",
    "unit_of",
]

Steps = Generator[tuple[float, str], None, Prepared]


@dataclass(frozen=True, kw_only=True)
class Imported:
    """The result in the scene; faces and vertices are counted before live modifiers. `notes` are for the user.

    `levels` are levels of detail, which no count and no export takes in.
    """

    root: Object
    objects: tuple[Object, ...]
    faces: int
    vertices: int
    levels: tuple[Object, ...] = ()
    notes: tuple[str, ...] = ()


def import_result(context: Any, path: Path, options: Mapping[str, Any], facts: JobFacts) -> Imported:
    """Import the file into the context's scene by the options of `after`; `ImportFailed` leaves nothing behind."""
    options = check(options)
    with removed_on_failure(), blender_errors(path):
        steps = prepare(path, options=options, facts=facts, unit=unit_of(context.view_layer.id_data))
        return finish(context, drained(steps), options=options, facts=facts)


def unit_of(scene: bpy.types.Scene) -> float:
    """Return the number of Blender units in a metre of this scene."""
    return 1.0 / scene.unit_settings.scale_length


def prepare(path: Path, *, options: Mapping[str, Any], facts: JobFacts, unit: float, alone: bool = False) -> Steps:
    """Load the file and do all that takes its time by the checked `options`; yields (fraction, what is being done).

    The objects that it returns the names of are in no scene. `ImportFailed` says what cannot be done; what was made
    until then is the caller's to remove. `alone` says that this is the helper process.
    """
    with blender_errors(path):
        yield 0.0, "importing"
        items = load(path, options=options, facing=facts.facing, alone=alone)
        missing = [image.name for image in images_of(items) if image.source == "FILE" and not image.packed_file]
        _size(items, options["size"], unit=unit)
        if options["facing"] not in ("auto", "-Y"):
            items[0].matrix_basis = turn("-Y", towards=options["facing"]) @ items[0].matrix_basis
        told: dict[str, Any] = {"sha256": digest(path), "missing": missing}
        if options["quad"]:
            items, told["quads"] = yield from as_quads(items, options)
        shown = [item for item in items if not item.hide_viewport]
        bounds = bounds_of(shown)
        options = workable(shown, asked := options, longest=bounds.longest)
        if options is not asked:
            told["remesh"] = options["remesh"]
        triangles = triangles_to_decimate(shown, options, longest=bounds.longest)
        levels, applied = yield from heavy(shown, options, longest=bounds.longest, triangles=triangles)
        if applied:
            bounds, told["applied"] = bounds_of(shown), True
        meshes = [item.data for item in shown if isinstance(item.data, Mesh)]
        return Prepared(
            names=tuple(item.name for item in (*items, *levels)),
            foot=bounds.bottom_centre.to_tuple(),
            longest=bounds.longest,
            triangles=triangles,
            faces=sum(len(mesh.polygons) for mesh in meshes),
            vertices=sum(len(mesh.vertices) for mesh in meshes),
            facts=told,
        )


def load(path: Path, *, options: Mapping[str, Any], facing: str, alone: bool) -> list[Object]:
    """Return the imported objects, the root first, in no scene: front to -Y, origin at the bottom centre."""
    from ...core.files.preflight import preflight, readable_by
    from ...core.files.sniff import kind_of

    kind = kind_of(path)
    preflight(path, kind, readable=readable_by(bpy.app.version))
    check_whole(path, kind)
    fresh = Fresh()
    items = arrange(read(path, kind=kind, alone=alone), facing=facing)
    if not any(item.data.polygons for item in items if isinstance(item.data, Mesh)):
        raise ImportFailed(f"{path.name} holds points or lines, but no faces")
    shade(items, options["shading"], angle=options.get("shading_angle", 0.0))
    if options.get("repair_normals"):
        repair_normals(items)
    if options["texture"]:
        show_colours(items)
    else:
        drop_materials(items)
    fresh.remove_unused()
    pack_images(fresh.new("images"), path.parent)
    return items


def finish(context: Any, prepared: Prepared, *, options: Mapping[str, Any], facts: JobFacts) -> Imported:
    """Bring prepared objects into the context's scene: place, names, properties, modifiers, selection."""
    found = [bpy.data.objects[name] for name in prepared.names]
    items, levels = ([item for item in found if bool(level_of(item)) is copy] for copy in (False, True))
    view_layer = context.view_layer
    scene = view_layer.id_data  # the context's scene may be another one in an override
    into = results_collection(scene, view_layer)
    for item in items:
        into.objects.link(item)
    if options["location"] != "keep":
        target = scene.cursor.location if options["location"] == "cursor" else Vector()
        items[0].location += target - Vector(prepared.foot)
    _name(found, datablock_name(facts.name))
    shown = [item for item in items if not item.hide_viewport]
    notes = light(shown, levels, options, facts=facts, into=into, view_layer=view_layer)
    if missing := prepared.facts["missing"]:
        notes = (*notes, f"The file names textures that were not delivered: {', '.join(missing)}")
    _sign(found, facts, sha256=str(prepared.facts["sha256"]))
    if "quads" in prepared.facts:
        items[0][QUADS] = json.dumps(prepared.facts["quads"])
    if "remesh" in prepared.facts:
        options, notes = {**options, "remesh": prepared.facts["remesh"]}, (*notes, OPEN)
    if "applied" not in prepared.facts:
        add_modifiers(shown, options, longest=prepared.longest, triangles=prepared.triangles)
    _select(context, shown)
    view_layer.update()  # so that a script reads its true place
    return Imported(
        root=items[0],
        objects=tuple(items),
        faces=prepared.faces,
        vertices=prepared.vertices,
        levels=tuple(levels),
        notes=notes,
    )


def _size(items: Sequence[Object], length: float, *, unit: float) -> None:
    """Scale to `length` metres, 0 as delivered; `unit` is the number of Blender units in a metre."""
    longest = bounds_of(items).longest
    factor = unit * (length / longest if length > 0.0 and longest > 0.0 else 1.0)
    items[0].location *= unit
    if factor != 1.0:
        scale(items, factor)


def _name(items: Sequence[Object], name: str) -> None:
    for item in items:
        item.name = f"{name} original" if item.hide_viewport else lod_name(name, item)
        if item.data is not None:
            item.data.name = item.name


def _sign(items: Sequence[Object], facts: JobFacts, *, sha256: str) -> None:
    for item in items:
        item["img3d_job"] = facts.id
        item["img3d_provider"] = facts.provider
        remember_material(item)
    root = items[0]
    root["img3d_image"] = Path(facts.image).name  # a folder's name may be private
    root["img3d_sha256"] = sha256
    root["img3d_time"] = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    root["img3d_settings"] = json.dumps(dict(facts.settings), sort_keys=True)


def _select(context: Any, items: Sequence[Object]) -> None:
    """Select the result and make it active, unless the user is at work inside another object."""
    free = context.mode == "OBJECT"
    for item in items:
        item.select_set(free, view_layer=context.view_layer)  # the importer leaves its objects selected
    if free:
        context.view_layer.objects.active = items[0]


@contextmanager
def blender_errors(path: Path) -> Iterator[None]:
    """Turn what Blender raises for a bad file into `ImportFailed`."""
    try:
        yield
    except (RuntimeError, ReferenceError, ValueError, KeyError) as error:
        raise ImportFailed(f"Blender could not make an object of {path.name}: {error}") from error
