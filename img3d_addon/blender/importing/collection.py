# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection that holds the results, known by a custom property and not by its name."""

from __future__ import annotations

import bpy
from bpy.types import Collection, LayerCollection, Scene, ViewLayer

__all__ = ["MARK", "results_collection"]

MARK = "img3d_results"


def results_collection(scene: Scene, view_layer: ViewLayer) -> Collection:
    """Return the scene's collection for results, a new one when there is none in which an object would be seen."""
    view_layer.update()  # a scene that was never shown has its layer collections only now
    found = _marked(view_layer.layer_collection)
    if found is not None:
        return found
    made = bpy.data.collections.new("Image to 3D")
    made[MARK] = True
    made.color_tag = "COLOR_05"
    scene.collection.children.link(made)
    return made


def _marked(layer: LayerCollection) -> Collection | None:
    for child in layer.children:
        if child.exclude or not child.is_visible:
            continue
        if child.collection.get(MARK) and child.collection.is_editable:
            return child.collection
        if deeper := _marked(child):
            return deeper
    return None
