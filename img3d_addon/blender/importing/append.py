# SPDX-License-Identifier: GPL-3.0-or-later
"""Hand objects from one Blender to another through an uncompressed .blend, which costs little more than reading it.

Appended data keep the path of that file for good, in the user's .blend: it must not name a user or a job.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy
from bpy.types import Object

from ...core.errors import ImportFailed
from .dress import forget_folder

__all__ = ["append", "write"]

_NAME = "img3d handover"
_ORDER = "img3d_handover"


def write(items: Sequence[Object], path: Path) -> None:
    """Write the objects and what they use; the file is there when it is complete."""
    collection = bpy.data.collections.new(_NAME)
    part = path.with_suffix(".part")
    try:
        for number, item in enumerate(items):
            collection.objects.link(item)
            item[_ORDER] = number
        remap: Any = (
            "ABSOLUTE" if bpy.data.filepath else "NONE"
        )  # there is nothing yet that a path could be relative to
        bpy.data.libraries.write(str(part), {collection}, path_remap=remap, fake_user=False, compress=False)
        part.replace(path)
    finally:
        for item in items:
            item.pop(_ORDER, None)
        bpy.data.collections.remove(collection)
        part.unlink(missing_ok=True)


def _removed(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def append(path: Path) -> tuple[Object, ...]:
    """Take the objects over, linked to no scene, in the order in which they were written; the file is removed."""
    libraries: Any = bpy.data.libraries
    before = {library.as_pointer() for library in libraries}
    own = [image for image in bpy.data.images if image.filepath_raw.startswith("//") and image.library is None]
    relative = {bpy.path.abspath(image.filepath_raw): image.filepath_raw for image in own}
    try:
        with libraries.load(str(path), link=False) as (there, wanted):
            wanted.collections = list(there.collections)
    except OSError as error:
        raise ImportFailed(
            f"What the helper Blender made cannot be read: {error}", advice="Import it again."
        ) from error
    finally:
        threading.Thread(target=_removed, args=(path,)).start()  # a hundred megabytes take their time
    found = [item for collection in wanted.collections for item in collection.objects]
    bpy.data.batch_remove([*wanted.collections])
    bpy.data.batch_remove([library for library in libraries if library.as_pointer() not in before])
    for image in bpy.data.images:  # a path that was relative is now one into the folder of the file
        if image.filepath_raw and Path(image.filepath_raw).parent == path.parent:
            forget_folder(image)
        elif image.filepath_raw in relative and not image.packed_file:
            image.filepath_raw = relative[image.filepath_raw]
    found.sort(key=lambda item: item[_ORDER])
    for item in found:
        del item[_ORDER]
    return tuple(found)
