# SPDX-License-Identifier: GPL-3.0-or-later
"""Quad remesh of objects in the scene: by the helper and for scripts; the object is untouched until its quads come."""

import json
import time

import bpy
import pytest

import img3d_addon
from img3d_addon.blender import bringing, pump, quad_facts, remeshing
from img3d_addon.blender.helper import starting
from img3d_addon.blender.importing.used import images_of
from img3d_addon.blender.quads import QuadSettings
from img3d_addon.core.errors import BadInput
from img3d_addon.core.helper.helper import Helper

from .meshes import empty_scene, textured


@pytest.fixture
def addon(home, monkeypatch):
    empty_scene()
    img3d_addon.register()
    yield
    img3d_addon.unregister()


@pytest.fixture
def ball(addon, tmp_path):
    """A textured ball beside the origin, turned, in a collection of its own."""
    bpy.ops.mesh.primitive_uv_sphere_add(segments=24, ring_count=12, location=(3, 2, 1), rotation=(0.1, 0.2, 0.3))
    item = textured(bpy.context.object, tmp_path)
    item.name = "ball"
    item["img3d_job"] = "0abc"
    shelf = bpy.data.collections.new("shelf")
    bpy.context.scene.collection.children.link(shelf)
    for collection in list(item.users_collection):
        collection.objects.unlink(item)
    shelf.objects.link(item)
    bpy.context.view_layer.update()
    return item


def ticked(condition):
    end = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < end
        pump.tick()
        time.sleep(0.02)


def check_quads(made, original):
    assert (made.name, original.name) == ("ball", "ball original")
    assert {len(face.vertices) for face in made.data.polygons} == {4}
    assert [collection.name for collection in made.users_collection] == ["shelf"]
    assert original.hide_viewport
    assert original.hide_render
    assert made["img3d_job"] == "0abc"
    bpy.context.view_layer.update()
    assert (made.matrix_world.translation - original.matrix_world.translation).length < 0.05
    assert made.dimensions.length == pytest.approx(original.dimensions.length, rel=0.1)
    assert bpy.context.view_layer.objects.active == made
    assert made.data.materials[0] != original.data.materials[0]
    assert "Quads: 83% before, 100% now" in quad_facts.lines_of(made)


def test_the_button_works_in_the_background_and_brings_one_new_object(ball, monkeypatch):
    monkeypatch.setattr(bringing, "usable", lambda: True)
    assert bpy.ops.img3d.quad_remesh(faces=200) == {"CANCELLED"}, "an undo step for nothing"
    assert list(bpy.data.objects) == [ball]
    assert pump.busy()
    with pytest.raises(RuntimeError, match="being made"):
        bpy.ops.img3d.quad_remesh(faces=200)
    ticked(lambda: not remeshing.under_way())
    assert not remeshing.errors
    (made,) = [item for item in bpy.data.objects if item != ball]
    check_quads(made, ball)
    assert not bpy.data.libraries


def test_scripts_wait_for_it(ball):
    assert bpy.ops.img3d.quad_remesh(faces=200, keep_original=False) == {"FINISHED"}
    (made,) = bpy.data.objects
    assert made.name == "ball"
    told = json.loads(made["img3d_quads"])
    assert told["after"]["non_manifold"] == 0
    assert told["psnr"] > 20


def test_stop_leaves_the_object_as_it_is(ball, monkeypatch):
    monkeypatch.setattr(bringing, "usable", lambda: True)
    bpy.ops.img3d.quad_remesh(faces=200)
    assert bpy.ops.img3d.stop_quads(uid=ball.session_uid) == {"FINISHED"}
    assert not remeshing.under_way()
    for _again in range(3):
        pump.tick()
    assert list(bpy.data.objects) == [ball]
    assert not ball.hide_viewport


def test_an_object_that_is_gone_meanwhile_is_no_trouble(ball, monkeypatch):
    monkeypatch.setattr(bringing, "usable", lambda: True)
    bpy.ops.img3d.quad_remesh(faces=200)
    bpy.data.objects.remove(ball)
    ticked(lambda: not remeshing.under_way())
    assert not list(bpy.data.objects)


def box_of(item):
    bpy.context.view_layer.update()
    corners = [item.matrix_world @ corner.co for corner in item.data.vertices]
    return [(min(values), max(values)) for values in zip(*corners, strict=True)]


@pytest.mark.parametrize("how", ["moved", "constraint", "delta", "parent"])
def test_quads_come_where_the_object_is_by_then(ball, how):
    if how == "constraint":
        ball.constraints.new("LIMIT_LOCATION").use_min_x = True
        ball.constraints[0].min_x = 5
    elif how == "delta":
        ball.delta_location = (0, 3, 0)
    elif how == "parent":
        ball.parent = bpy.data.objects.new("parent", None)
        bpy.context.scene.collection.objects.link(ball.parent)
        ball.parent.rotation_euler, ball.parent.scale = (0, 0, 1), (1, 2, 1)
    bpy.context.view_layer.update()
    remeshing.begin(ball, QuadSettings(faces=200, compare=False))
    remeshing.under_way()[ball.session_uid].work.done.wait(300)
    if how == "moved":
        ball.location, ball.rotation_euler = (9, 9, 9), (1, 0, 0)
        bpy.context.view_layer.update()
    made = remeshing.finish(bpy.context, ball.session_uid)
    for ends, wanted in zip(box_of(made), box_of(ball), strict=True):
        assert ends == pytest.approx(wanted, abs=0.3)
    assert made.parent == ball.parent


def test_an_object_out_of_the_view_layer_by_then_is_not_lost(ball):
    remeshing.begin(ball, QuadSettings(faces=200, compare=False, keep_original=False))
    remeshing.under_way()[uid := ball.session_uid].work.done.wait(300)
    bpy.context.view_layer.layer_collection.children["shelf"].exclude = True
    made = remeshing.finish(bpy.context, uid)
    assert [item.name for item in bpy.data.collections["shelf"].objects] == ["ball"]
    assert made == bpy.data.objects["ball"]


def test_children_of_an_object_that_goes_stay_where_they_are(ball):
    child = bpy.data.objects.new("child", None)
    bpy.context.scene.collection.objects.link(child)
    child.parent, child.location = ball, (0, 0, 2)
    bpy.context.view_layer.update()
    before = child.matrix_world.copy()
    made = remeshing.remesh(bpy.context, ball, QuadSettings(faces=200, compare=False, keep_original=False))
    assert child.parent == made
    assert (child.matrix_world.translation - before.translation).length < 1e-4


def test_a_texture_beside_the_blend_is_still_named_by_its_place_there(ball, tmp_path):
    ball["img3d_proj_u"], ball["img3d_proj_v"] = [0.5, 0.5], [0.5, 0.5]  # such quads keep the material
    image = next(iter(bpy.data.images))
    (tmp_path / "beside.png").write_bytes(image.packed_file.data)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    image.filepath_raw = "//beside.png"
    image.unpack(method="REMOVE")
    made = remeshing.remesh(bpy.context, ball, QuadSettings(faces=200, compare=False))
    (shown,) = images_of([made])
    assert shown.filepath_raw == "//beside.png"


def test_a_helper_that_fails_is_told_on_the_object(ball, monkeypatch):
    monkeypatch.setattr(bringing, "usable", lambda: True)
    for corner in ball.data.vertices:
        corner.co = (0, 0, 0)
    bpy.ops.img3d.quad_remesh(faces=200)
    ticked(lambda: not remeshing.under_way())
    assert "extent" in remeshing.errors[ball.session_uid]
    assert list(bpy.data.objects) == [ball]


def test_where_there_is_no_helper_this_process_does_it(ball, monkeypatch):
    monkeypatch.setitem(starting._state, "helper", Helper(("/nowhere/blender",)))
    assert bpy.ops.img3d.quad_remesh(faces=200) == {"FINISHED"}
    (made,) = [item for item in bpy.data.objects if item != ball]
    check_quads(made, ball)


def test_what_cannot_be_rebuilt_is_said_before(ball):
    image = next(iter(bpy.data.images))
    image.pixels[0] = 0.5
    with pytest.raises(RuntimeError, match="not saved"):
        bpy.ops.img3d.quad_remesh(faces=200)
    bpy.context.view_layer.objects.active = None
    assert not bpy.ops.img3d.quad_remesh.poll()
    assert "mesh" in remeshing.check(None)
    with pytest.raises(BadInput, match="8 to"):
        QuadSettings(faces=3)


def test_a_painted_picture_in_a_node_group_is_noticed(ball):
    group = bpy.data.node_groups.new("group", "ShaderNodeTree")
    group.nodes.new("ShaderNodeTexImage").image = image = bpy.data.images.new("painted", 8, 8)
    ball.material_slots[0].material.node_tree.nodes.new("ShaderNodeGroup").node_tree = group
    image.pixels[0] = 0.5
    with pytest.raises(BadInput, match="painted"):
        remeshing.begin(ball, QuadSettings(faces=200))


@pytest.mark.parametrize("stored", ["", "[]", "{", '{"before": 3}', 7, "null"])
def test_what_a_user_writes_into_the_property_hurts_nobody(ball, stored):
    ball["img3d_quads"] = stored
    assert quad_facts.lines_of(ball) == []
