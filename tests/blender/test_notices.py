# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of a result: where it is, and whether another object hides it."""

import bpy
import pytest

from img3d_addon.blender import notices
from img3d_addon.blender.hiding import hidden_inside, objects_of


@pytest.fixture
def told(monkeypatch):
    bpy.ops.wm.read_homefile(use_empty=True)
    found = []
    monkeypatch.setattr(notices, "tell", lambda message, *, level="INFO": found.append(message))
    return found


def _cube(name, *, size, at=(0.0, 0.0, 0.0), job=""):
    bpy.ops.mesh.primitive_cube_add(size=size, location=at)
    bpy.context.object.name = name
    if job:
        bpy.context.object["img3d_job"] = job
    return bpy.context.object


def _tell():
    bpy.context.view_layer.update()
    notices.tell_import("one", bpy.context.scene, bpy.context.view_layer)


def test_a_result_in_the_open_is_in_the_scene(told):
    _cube("Cube", size=2.0)
    _cube("duck", size=1.0, at=(3.0, 0.0, 0.0), job="one")
    _tell()
    assert told == [" is in Scene"]


def test_a_result_inside_the_first_cube_is_said_to_be_there(told):
    _cube("Cube", size=2.0)
    _cube("duck", size=1.0, at=(0.0, 0.0, 0.5), job="one")
    _tell()
    assert told == [" is inside Cube: hide or move that to see it"]


def test_what_is_hidden_itself_hides_nothing(told):
    _cube("Cube", size=2.0).hide_set(True)
    duck = _cube("duck", size=1.0, job="one")
    assert objects_of(bpy.context.scene, "one") == [duck]
    assert hidden_inside([duck], bpy.context.scene, bpy.context.view_layer) is None
