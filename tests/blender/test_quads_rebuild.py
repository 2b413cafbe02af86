# SPDX-License-Identifier: GPL-3.0-or-later
"""Quad remesh of any textured mesh: what comes out, and that everything else stays as it was."""

from __future__ import annotations

import json

import bpy
import numpy as np
import pytest

from img3d_addon.blender.quads import QuadSettings, rebuild, summary
from img3d_addon.blender.quads.apart import scene_apart
from img3d_addon.blender.quads.unwrap import overlapping
from img3d_addon.blender.restore import coordinates, projection_of
from img3d_addon.core.errors import BadInput, ImportFailed

from .meshes import empty_scene, projected_blob, textured
from .quad_scenes import blob, counts, drive, halves, image_of, material, pick, picture, shader_of

pytestmark = pytest.mark.bpy


@pytest.fixture(autouse=True)
def _scene():
    empty_scene()


def rebuilt(*items, **settings):
    return drive(rebuild(items, QuadSettings(**{"faces": 600, "texture": 128, **settings})))[0]


def overlaps(item):
    with scene_apart() as apart:
        apart.link(item)
        found = overlapping(apart, item)
        apart.scene.collection.objects.unlink(item)
    return found


def test_a_textured_mesh_becomes_quads_with_the_same_colours():
    item = blob()
    skin, shader, tree = material(Roughness=0.3, Metallic=0.0)
    red, blue = (0.8, 0.2, 0.1), (0.1, 0.3, 0.7)
    tree.links.new(picture(tree, halves(red, blue)).outputs["Color"], shader.inputs["Base Color"])
    item.data.materials.append(skin)
    found = rebuilt(item)
    made = found.object
    assert found.after.quads == 1.0
    assert found.after.non_manifold == 0
    assert 400 < found.after.faces < 800
    assert found.before.faces == 2048
    assert not overlaps(made)
    image = image_of(shader_of(made).inputs["Base Color"])
    assert image.packed_file
    assert image.colorspace_settings.name == "sRGB"
    colours, places = pick(made, image)
    left = places[:, 1] < -0.1  # u runs around, so that one half of the sphere has y < 0
    for side in (left, places[:, 1] > 0.1):
        middle = np.median(colours[side][:, :3], axis=0)
        assert any(middle == pytest.approx(want, abs=1.5 / 255) for want in (red, blue))
    assert shader_of(made).inputs["Roughness"].default_value == pytest.approx(0.3)
    assert not shader_of(made).inputs["Roughness"].is_linked
    assert shader_of(made).inputs["Normal"].is_linked
    assert all(polygon.use_smooth for polygon in made.data.polygons)
    assert not made.data.has_custom_normals
    json.dumps(summary(found))


def test_the_rest_of_the_file_stays_as_it_was():
    item = blob()
    skin, shader, tree = material()
    tree.links.new(picture(tree, halves((1, 0, 0), (0, 1, 0))).outputs["Color"], shader.inputs["Base Color"])
    item.data.materials.append(skin)
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    bpy.ops.object.mode_set(mode="EDIT")
    scene = bpy.context.scene
    engine, nodes, before = scene.render.engine, len(tree.nodes), counts()
    found = rebuilt(item)
    after = counts()
    assert {kind: after[kind] - before[kind] for kind in after if after[kind] != before[kind]} == {
        "objects": 1,
        "meshes": 1,
        "materials": 1,
        "images": 2,
    }
    assert cube.mode == "EDIT"
    assert bpy.context.view_layer.objects.active == cube
    assert scene.render.engine == engine
    assert len(tree.nodes) == nodes
    assert item.data.materials[0] == skin
    assert not found.object.users_scene
    assert item.hide_render


def test_a_failure_leaves_nothing():
    item = blob()
    item.data.transform([[0.0] * 4] * 3 + [[0, 0, 0, 1]])
    before = counts()
    with pytest.raises(ImportFailed, match="no extent"):
        rebuilt(item)
    assert counts() == before
    assert not item.hide_render


def test_an_abandoned_rebuild_leaves_nothing():
    item = blob()
    before = counts()
    steps = rebuild([item], QuadSettings(faces=300))
    for _ in range(3):
        next(steps)
    steps.close()
    assert counts() == before


def test_steps_tell_how_far_it_is():
    _, steps = drive(rebuild([blob()], QuadSettings(faces=300)))
    shares = [share for share, _ in steps]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert all(text for _, text in steps)


@pytest.mark.parametrize("faces", [0, 7, 10**6])
def test_impossible_wishes_are_refused(faces):
    with pytest.raises(BadInput, match="faces"):
        QuadSettings(faces=faces)


def test_several_objects_become_one():
    ball, other = blob(), blob("other", at=(4.0, 0.0, 0.0), size=0.5)
    for item, colour in ((ball, (0.5, 0.1, 0.1, 1.0)), (other, (0.1, 0.1, 0.5, 1.0))):
        item.data.materials.append(material(item.name, Base_Color=colour)[0])
    found = rebuilt(ball, other, faces=300)
    made = found.object
    assert found.before.faces == 2 * 2048
    assert len(made.data.materials) == 1
    assert (found.after.quads, found.after.non_manifold) == (1.0, 0)
    colours, places = pick(made, image_of(shader_of(made).inputs["Base Color"]))
    assert places[:, 0].max() == pytest.approx(4.5, abs=0.1)
    assert (colours[places[:, 0] > 3][:, 2] > colours[places[:, 0] > 3][:, 0]).all()
    assert (colours[places[:, 0] < 2][:, 2] < colours[places[:, 0] < 2][:, 0]).all()


def test_the_result_lies_where_the_source_does():
    item = blob(at=(5.0, -2.0, 1.0), size=30.0)
    item.rotation_euler = (0.0, 0.0, 0.7)
    found = rebuilt(item, faces=100)
    assert found.object.matrix_basis.to_translation()[:] == pytest.approx((5.0, -2.0, 1.0))
    assert found.object.rotation_euler.z == pytest.approx(0.7)
    extents = [np.ptp([vertex.co[:] for vertex in mesh.vertices], axis=0) for mesh in (item.data, found.object.data)]
    assert extents[1] == pytest.approx(extents[0], rel=0.15)
    assert not found.object.data.materials
    assert any("no material" in note for note in found.notes)


def test_an_offline_result_keeps_its_coordinates_exactly(tmp_path):
    item = textured(projected_blob(), tmp_path)
    item.scale = (3.0, 3.0, 3.0)
    skin = item.data.materials[0]
    made = rebuilt(item, faces=300, compare=False).object
    assert list(made.data.materials) == [skin]
    assert made.scale[:] == pytest.approx((3.0, 3.0, 3.0))
    found = np.empty(len(made.data.loops) * 2, np.float32)
    made.data.uv_layers.active.uv.foreach_get("vector", found)
    assert found.reshape(-1, 2) == pytest.approx(coordinates(made.data, projection_of(made)), abs=1e-5)
    assert projection_of(made) == projection_of(item)


def test_the_original_goes_when_it_is_not_wanted():
    item = blob()
    skin, shader, tree = material()
    tree.links.new(picture(tree, halves((1, 0, 0), (0, 1, 0))).outputs["Color"], shader.inputs["Base Color"])
    item.data.materials.append(skin)
    made = rebuilt(item, faces=100, keep_original=False).object
    assert counts()["objects"] == counts()["meshes"] == counts()["materials"] == 1
    assert sorted(image.name for image in bpy.data.images) == ["blob Base Color", "blob Normal"]
    assert "img3d_work" not in made


def test_what_is_made_between_two_steps_stays():
    steps = rebuild([blob()], QuadSettings(faces=60))
    next(steps)
    bpy.data.meshes.new("of the user")
    drive(steps)
    assert "of the user" in bpy.data.meshes


def test_rigs_and_shape_keys_are_not_lost_silently():
    item = blob()
    item.shape_key_add(name="Basis")
    with pytest.raises(ImportFailed, match="shape keys"):
        rebuilt(item)
    other = blob("other")
    other.modifiers.new("rig", "ARMATURE")
    with pytest.raises(ImportFailed, match="rig"):
        rebuilt(other)


def test_thin_walls_and_inner_ones_stay_apart():
    bpy.ops.mesh.primitive_cylinder_add(vertices=64, radius=1.0, depth=2.0, end_fill_type="NOTHING")
    item = bpy.context.object
    wall = item.modifiers.new("wall", "SOLIDIFY")
    wall.thickness = 0.06
    bpy.ops.object.modifier_apply(modifier="wall")
    made = rebuilt(item, faces=800).object
    away = [(vertex.co.xy.length, vertex.normal.xy.dot(vertex.co.xy)) for vertex in made.data.vertices]
    assert all(0.93 < length < 1.01 for length, _ in away)
    flat = [(length, outward) for length, outward in away if abs(outward) > 0.9]
    assert all((length > 0.97) == (outward > 0) for length, outward in flat)
    assert {outward > 0 for _, outward in flat} == {True, False}


def test_the_comparison_tells_the_worst_side():
    item = blob()
    item.data.materials.append(material(Base_Color=(0.5, 0.1, 0.1, 1.0))[0])
    before = counts()
    found = rebuilt(item, faces=800, compare=True)
    assert 29.0 < found.psnr < 99.0
    assert counts()["images"] == before["images"] + 1  # the normals
    assert not bpy.data.worlds[1:]
