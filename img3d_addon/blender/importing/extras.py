# SPDX-License-Identifier: GPL-3.0-or-later
"""What options ask for beyond the import itself, in the heavy half and in the light one.

Applied modifiers, levels of detail, textures that are smaller, shared or beside the .blend, and assets.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from bpy.types import Collection, Mesh, Object, ViewLayer

from ..after import lod_ratios
from ..full_textures import LIMITED
from .applied import take
from .assets import draw_preview, mark_asset
from .beside import put_beside
from .lods import add_lods, shelve
from .modifiers import modified
from .prepared import JobFacts
from .reuse import mark, reuse
from .textures import limit
from .used import images_of

__all__ = ["HeavySteps", "digest", "heavy", "light"]

HeavySteps = Generator[tuple[float, str], None, tuple[list[Object], bool]]


def heavy(items: Sequence[Object], options: Mapping[str, Any], *, longest: float, triangles: int) -> HeavySteps:
    """Do what takes its time; returns the levels of detail, and whether modifiers were applied.

    Yields (fraction, what is being done); `longest` and `triangles` as for `add_modifiers`.
    """
    ratios, wanted = lod_ratios(options["lods"]), bool(options["decimate"]) or options["remesh"] != "none"
    meshes: list[Any] = [item for item in items if isinstance(item.data, Mesh)]
    applied = wanted and options["apply_modifiers"] and not any(item.data.shape_keys for item in meshes)
    if wanted and (applied or ratios):
        yield 0.5, "applying modifiers"
        made = modified(items, options, longest=longest, triangles=triangles)
    else:
        made = [item.data for item in meshes]
    if applied:
        for item, mesh in zip(meshes, made, strict=True):
            take(item, mesh)
    levels: list[Object] = []
    if ratios:
        yield 0.6, "making levels of detail"
        levels = add_lods(items, ratios, bases=made)
    bpy.data.batch_remove([mesh for mesh in made if not mesh.users])
    yield from _dress(items, options)
    return levels, applied


def light(
    items: Sequence[Object],
    levels: Sequence[Object],
    options: Mapping[str, Any],
    *,
    facts: JobFacts,
    into: Collection,
    view_layer: ViewLayer,
) -> tuple[str, ...]:
    """Do what belongs into the scene, the objects being named and linked; returns sentences for the user."""
    shelve(levels, name=items[0].name, into=into, view_layer=view_layer)
    if options.get("reuse"):
        reuse(items)
    notes: list[str] = []
    if options.get("texture_files") == "beside":
        notes.append(put_beside(images_of(items), name=facts.name))
    if options["asset"]:
        _mark(items, options, facts=facts, into=into)
    return tuple(filter(None, notes))


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _dress(items: Sequence[Object], options: Mapping[str, Any]) -> Generator[tuple[float, str], None, None]:
    side = options.get("texture_limit", "full")
    if side != "full":
        yield 0.75, "shrinking textures"
        if limit(images_of(items), int(side)):
            for item in items:
                item[LIMITED] = int(side)
    if options.get("reuse"):
        mark(items)
    if options["asset"]:
        yield 0.8, "drawing a preview"
        draw_preview(items, items[0])


def _mark(items: Sequence[Object], options: Mapping[str, Any], *, facts: JobFacts, into: Collection) -> None:
    """Mark one object, or a collection of all where there are several: a root would come without its parts."""
    about = f"{facts.name}, made of {Path(facts.image).name or 'a picture'} by {facts.provider}"
    if len(items) == 1:
        mark_asset(items[0], options, about=about)
        return
    whole = bpy.data.collections.new(items[0].name)
    into.children.link(whole)
    for item in items:
        whole.objects.link(item)
        into.objects.unlink(item)
    _copy_preview(items[0], whole)
    mark_asset(whole, options, about=about)


def _copy_preview(source: Any, target: Any) -> None:
    if not (source.preview and source.preview.image_size[0]):
        return
    shown, copy = source.preview, target.preview_ensure()
    copy.image_size = shown.image_size
    pixels = np.empty(len(shown.image_pixels), np.int32)
    shown.image_pixels.foreach_get(pixels)
    copy.image_pixels.foreach_set(pixels)
