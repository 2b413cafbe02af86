# SPDX-License-Identifier: GPL-3.0-or-later
"""Quads in the place of the object that they were made of: its collections, its parent, its children, its name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import bpy
from bpy.types import Object
from mathutils import Matrix

__all__ = ["put_in_place_of"]

_CARRIED = ("img3d_job", "img3d_provider", "img3d_image", "img3d_settings")


def put_in_place_of(
    context: Any, original: Object, made: Object, told: Mapping[str, Any], *, frame: Matrix, keep: bool
) -> Object:
    """Link the quads where the original is, and hide or remove that, last: nothing after it may fail."""
    from .importing.quads import QUADS

    for collection in original.users_collection or (context.scene.collection,):
        collection.objects.link(made)
    _place(context.view_layer, made, original, frame)
    for key in _CARRIED:
        if key in original:
            made[key] = original[key]
    made[QUADS] = json.dumps(dict(told))
    if context.mode == "OBJECT" and context.view_layer.objects.get(made.name) == made:  # not in an excluded collection
        made.select_set(True, view_layer=context.view_layer)
        context.view_layer.objects.active = made
    name = original.name
    if keep:
        original.name = f"{name} original"
        original.hide_viewport = original.hide_render = True
    else:
        _adopt(made, original)
        bpy.data.objects.remove(original)
    made.name = name
    context.view_layer.update()
    return made


def _place(view_layer: Any, made: Object, original: Object, frame: Matrix) -> None:
    """Put the quads, which the helper made for `frame`, where the original is now: moved, constrained or below another.

    The inverse of the parent holds what a location, a rotation and a scale cannot, such as a shear.
    """
    view_layer.update()
    place = original.matrix_world @ frame.inverted_safe() @ made.matrix_basis
    made.parent, made.parent_type = original.parent, original.parent_type
    made.parent_bone, made.parent_vertices = original.parent_bone, original.parent_vertices
    made.matrix_basis = made.matrix_parent_inverse = Matrix.Identity(4)
    view_layer.update()
    if made.parent is not None:
        made.matrix_parent_inverse = made.matrix_world.inverted_safe()
    made.matrix_basis = place
    view_layer.update()


def _adopt(made: Object, original: Object) -> None:
    """Give the children of the original to the quads; they stay where they are."""
    change = made.matrix_world.inverted_safe() @ original.matrix_world
    for child in original.children:
        child.parent = made
        child.matrix_parent_inverse = change @ child.matrix_parent_inverse
