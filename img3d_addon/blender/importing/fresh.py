# SPDX-License-Identifier: GPL-3.0-or-later
"""Know which datablocks an import made, and take them away again when it fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import bpy
from bpy.types import ID

__all__ = ["Fresh", "removed_on_failure"]

KINDS = (
    *("actions", "armatures", "cache_files", "cameras", "collections", "curves", "hair_curves", "images", "lights"),
    *("materials", "meshes", "node_groups", "objects", "pointclouds", "scenes", "texts", "textures", "volumes"),
    "worlds",
)


class Fresh:
    """The datablocks that exist now; `new()` are those made since."""

    def __init__(self) -> None:
        self._old = {kind: {item.as_pointer() for item in _all(kind)} for kind in KINDS}

    def new(self, *kinds: str) -> list[ID]:
        """Return what was made since, of these kinds or of all."""
        return [item for kind in kinds or KINDS for item in _all(kind) if item.as_pointer() not in self._old[kind]]

    def remove_unused(self) -> None:
        """Remove what was made since and nothing uses, such as the data of cameras whose objects are gone.

        Objects stay, and what they use: they may not be in a scene yet.
        """
        kinds = [kind for kind in KINDS if kind not in ("objects", "collections", "scenes")]
        while unused := [item for item in self.new(*kinds) if not item.users]:  # an image is free after its material
            bpy.data.batch_remove(unused)

    def remove(self) -> None:
        """Remove all that was made since."""
        bpy.data.batch_remove(self.new())


@contextmanager
def removed_on_failure() -> Iterator[Fresh]:
    """Leave `bpy.data` as it was when the block raises."""
    fresh = Fresh()
    try:
        yield fresh
    except BaseException:
        fresh.remove()
        raise


def _all(kind: str) -> list[ID]:
    return list(getattr(bpy.data, kind, ()))
