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
from img3d_addon.core.errors import BadInput, ImportFailed

from .meshes import empty_scene
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
