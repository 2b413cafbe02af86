# SPDX-License-Identifier: GPL-3.0-or-later
"""Imported objects as one quad mesh, with the original hidden below it or gone."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any

import bpy
from bpy.types import Mesh, Object
from mathutils import Matrix

from ..quads import QuadSettings, rebuild, summary

__all__ = ["QUADS", "as_quads", "settings_of"]

QUADS = "img3d_quads"
"""Custom property: what a quad remesh has told, as JSON (`quads.summary`)."""

_SHARE = (0.2, 0.7)  # of an import's progress: from where on, and how much of it

Steps = Generator[tuple[float, str], None, tuple[list[Object], dict[str, Any]]]


def settings_of(options: Mapping[str, Any]) -> QuadSettings:
    """Return what the options of `after` ask for."""
    side = options["quad_texture"]
    return QuadSettings(
        faces=options["quad"],
        texture=0 if side == "auto" else int(side),
        keep_original=options["quad_original"],
        compare=True,
    )


def as_quads(items: Sequence[Object], options: Mapping[str, Any]) -> Steps:
    """Return the quad mesh and, below it and hidden, the objects that it was made of; and what is told of it."""
    meshes = [item for item in items if isinstance(item.data, Mesh)]
    others = [item for item in items if item not in meshes]
    steps = rebuild(meshes, settings_of(options))
    while True:
        try:
            fraction, message = next(steps)
        except StopIteration as end:
            made = end.value
            break
        yield _SHARE[0] + _SHARE[1] * fraction, message[:1].lower() + message[1:]
    if not options["quad_original"]:
        bpy.data.batch_remove(others)
        return [made.object], summary(made)
    root = items[0]
    for item in others:
        item.hide_viewport = item.hide_render = True
    root.parent = made.object
    root.matrix_parent_inverse = Matrix(made.object.matrix_basis).inverted()
    return [made.object, *items], summary(made)
