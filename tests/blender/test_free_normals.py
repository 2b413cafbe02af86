# SPDX-License-Identifier: GPL-3.0-or-later
"""Normals of a large glTF, kept as vectors in the helper: the same shading as Blender's own import, much sooner."""

import bpy
import numpy as np
import pytest

from img3d_addon.blender import importing
from img3d_addon.blender.importing import free_normals

from .meshes import empty_scene
from .test_importing import written

OPTIONS = importing.check({})
FREE = bpy.app.version >= (4, 5)  # 4.2 does not know them: there it is Blender's own way, always


@pytest.fixture(autouse=True)
def small(monkeypatch):
    empty_scene()
    monkeypatch.setattr(free_normals, "LARGE", 1)


def loaded(path, *, alone):
    (item,) = importing.load(path, options=OPTIONS, facing="-Y", alone=alone)
    return item.data


def normals(mesh):
    found = np.empty(len(mesh.loops) * 3, np.float32)
    mesh.corner_normals.foreach_get("vector", found)
    return found.reshape(-1, 3)


def hard_and_soft():
    """A cylinder with a smooth side and flat ends, turned: its corners have normals of several kinds."""
    bpy.ops.mesh.primitive_cylinder_add(vertices=24, rotation=(0.5, 0.2, 0.1))
    item = bpy.context.object
    for face in item.data.polygons:
        face.use_smooth = len(face.vertices) == 4
    item.modifiers.new("cut", "TRIANGULATE")
    bpy.ops.object.modifier_apply(modifier="cut")
    return item


def test_the_shading_is_the_files_own(tmp_path):
    hard_and_soft()
    path = written(tmp_path)
    slow, quick = loaded(path, alone=False), loaded(path, alone=True)
    assert not FREE or quick.attributes["custom_normal"].data_type == "FLOAT_VECTOR"
    assert len(quick.loops) == len(slow.loops)
    angles = np.degrees(np.arccos(np.clip((normals(quick) * normals(slow)).sum(axis=1), -1, 1)))
    assert angles.max() < 0.5
    assert len(quick.vertices) == (48 if FREE else 96), "hard edges are welded, too"


def test_a_file_without_normals_has_none(tmp_path):
    hard_and_soft()
    path = tmp_path / "bare.glb"
    bpy.ops.export_scene.gltf(filepath=str(path), export_normals=False)
    empty_scene()
    assert not loaded(path, alone=True).has_custom_normals


def failing(*_arguments, **_more):
    raise ValueError("an accessor of another kind")


@pytest.mark.parametrize("found", [failing, lambda parts, corners: None], ids=["fails", "does not fit"])
def test_normals_that_do_not_fit_are_left_to_blender(tmp_path, monkeypatch, found):
    hard_and_soft()
    path = written(tmp_path)
    slow = loaded(path, alone=False)
    monkeypatch.setattr(free_normals, "_of_corners", found)
    before = {kind: len(getattr(bpy.data, kind)) for kind in ("objects", "meshes", "materials", "images")}
    quick = loaded(path, alone=True)
    assert quick.has_custom_normals
    assert np.allclose(normals(quick), normals(slow), atol=1e-4)
    made = {kind: len(getattr(bpy.data, kind)) - count for kind, count in before.items()}
    assert made == {"objects": 1, "meshes": 1, "materials": 0, "images": 0}


def test_small_files_and_the_users_own_process_are_not_touched(tmp_path, monkeypatch):
    hard_and_soft()
    path = written(tmp_path)
    before = [entry.module for entry in bpy.context.preferences.addons]
    loaded(path, alone=True)
    assert [entry.module for entry in bpy.context.preferences.addons] == before
    monkeypatch.setattr(free_normals, "LARGE", 100_000)
    kept = loaded(path, alone=True).attributes.get("custom_normal")
    assert kept is None or kept.data_type != "FLOAT_VECTOR"


def test_a_smooth_model_keeps_one_normal_for_each_vertex(tmp_path):
    bpy.ops.mesh.primitive_uv_sphere_add(segments=16, ring_count=8)
    bpy.ops.object.shade_smooth()
    path = written(tmp_path)
    slow, quick = loaded(path, alone=False), loaded(path, alone=True)
    assert not FREE or quick.attributes["custom_normal"].domain == "POINT"
    assert np.allclose(normals(quick), normals(slow), atol=0.01)
