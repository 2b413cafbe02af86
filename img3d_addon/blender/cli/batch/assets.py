# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks of the helper process: draw the preview of a model, keep it as an asset, gather assets in one .blend."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ....core.errors import ImportFailed, OutputError
from ...after import check
from ...importing import JobFacts, blender_errors, finish, prepare

__all__ = ["gathering", "showing"]

Steps = Generator[tuple[float, str], None, dict[str, Any]]

_FILE = "img3d_file"  # custom property: which file of the batch an asset stands for


def showing(request: Mapping[str, Any]) -> Steps:
    """Import `path` as an asset by the options `after`, save its preview as the PNG `target`.

    With `part`, write the asset to that .blend, in the catalog with the id `catalog`.
    """
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    path, facts = Path(request["path"]), JobFacts(**request["facts"])
    options = check({**request["after"], "asset": True})
    prepared = yield from prepare(path, options=options, facts=facts, unit=1.0)
    with blender_errors(path):
        finish(bpy.context, prepared, options=options, facts=facts)
    marked = next((item for item in [*bpy.data.collections, *bpy.data.objects] if item.asset_data), None)
    if marked is None:
        raise ImportFailed(f"{path.name} could not be made an asset")
    yield 0.9, "writing the preview"
    _save_preview(marked, Path(request["target"]))
    if request.get("part"):
        marked[_FILE] = request["file"]
        marked.asset_data.catalog_id = request["catalog"]
        part = Path(request["part"])
        part.parent.mkdir(parents=True, exist_ok=True)
        bpy.data.libraries.write(str(part), {marked}, fake_user=True, compress=False)
    return {}


def gathering(request: Mapping[str, Any]) -> Steps:
    """Bring the assets of the .blend files `parts` into the library `target`, in the place of older ones.

    `catalogs` are the ids of the catalogs by their paths.
    """
    target = Path(request["target"])
    target.parent.mkdir(parents=True, exist_ok=True)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    if target.is_file():
        bpy.ops.wm.open_mainfile(filepath=str(target), load_ui=False)
    for number, part in enumerate(request["parts"]):
        yield number / len(request["parts"]), "gathering"
        _append(Path(part))
    data: Any = bpy.data
    data.orphans_purge(do_recursive=True)
    _write_catalogs(target.with_name("blender_assets.cats.txt"), request["catalogs"])
    part = target.with_name(f".{target.name}.part")
    try:
        bpy.ops.wm.save_as_mainfile(filepath=str(part), check_existing=False, copy=True, compress=False)
        part.replace(target)
    except (RuntimeError, OSError) as error:
        raise OutputError(f"The asset library {target} cannot be written ({error})") from error
    return {}


def _append(part: Path) -> None:
    libraries: Any = bpy.data.libraries
    with libraries.load(str(part), link=False) as (there, wanted):
        wanted.objects, wanted.collections = there.objects, there.collections
    fresh: list[Any] = [item for item in [*wanted.objects, *wanted.collections] if item is not None and item.asset_data]
    for item in fresh:
        item.use_fake_user = True
        for old in [*bpy.data.objects, *bpy.data.collections]:
            if old != item and old.asset_data and old.get(_FILE) == item.get(_FILE):
                old.asset_clear()
                old.use_fake_user = False
                name, old.name = old.name, "old"
                item.name = name
    for library in [library for library in libraries if library.filepath == str(part)]:
        libraries.remove(library)


def _write_catalogs(path: Path, catalogs: Mapping[str, str]) -> None:
    """Add the catalogs to the definition file of the library's folder, where they are not in it."""
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else "VERSION 1\n"
        lines = [f"{key}:{name}:{name.replace('/', '-')}" for name, key in catalogs.items() if key not in text]
        if lines:
            part = path.with_name(f"{path.name}.part")
            part.write_text("\n".join([text.rstrip("\n"), *lines]) + "\n", encoding="utf-8")
            part.replace(path)
    except OSError as error:
        raise OutputError(f"The catalogs {path} cannot be written ({error.strerror or error})") from error


def _save_preview(marked: Any, target: Path) -> None:
    """Save the preview of a data-block as a PNG; where this Blender can draw none, there is no file."""
    if not (marked.preview and marked.preview.image_size[0]):
        return
    width, height = marked.preview.image_size
    pixels = np.empty(width * height * 4, np.float32)
    marked.preview.image_pixels_float.foreach_get(pixels)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part.png")
    picture: Any = bpy.data.images.new("img3d preview", width, height, alpha=True)  # a helper has no Pillow
    try:
        picture.pixels.foreach_set(pixels)
        picture.filepath_raw, picture.file_format = str(part), "PNG"
        picture.save()
        part.replace(target)
    finally:
        bpy.data.images.remove(picture)
