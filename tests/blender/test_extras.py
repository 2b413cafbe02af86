# SPDX-License-Identifier: GPL-3.0-or-later
"""Applied modifiers, levels of detail, assets and provenance of an import."""

import hashlib
import json
import re

import bpy
import numpy as np
import pytest

from img3d_addon.blender import full_textures, importing
from img3d_addon.blender.after import check
from img3d_addon.blender.importing import append, lods, modifiers
from img3d_addon.blender.importing.geometry import bounds_of, triangles
from img3d_addon.blender.importing.lods import level_of
from img3d_addon.blender.importing.used import images_of

from .gltf_files import glb, sphere
from .meshes import empty_scene, projected_blob, textured
from .test_importing import FACTS, brought, counts, wedge, written
from .test_textures import ball, picture

PLACE, FACES = sphere(24, 48)


@pytest.fixture(autouse=True)
def scene():
    empty_scene()


def plain(folder, scale=1.0):
    return glb(folder / "plain.glb", PLACE * scale, FACES)


def test_levels_of_detail_are_hidden_children_with_their_share_of_the_faces(tmp_path):
    made = brought(ball(tmp_path, picture(size=(64, 64))), lods="0.1, 0.5, 0.25", decimate=0.0)
    assert [item.name for item in made.levels] == ["chair_LOD1", "chair_LOD2", "chair_LOD3"]
    whole = triangles(made.root.data)
    for item, ratio in zip(made.levels, (0.5, 0.25, 0.1), strict=True):
        assert level_of(item) > 0
        assert triangles(item.data) == pytest.approx(ratio * whole, abs=4)
        assert item.parent == made.root
        assert item.data.materials[0] == made.root.data.materials[0]
        assert item.data.uv_layers
        assert not item.visible_get()
        assert not item.select_get()
        assert item["img3d_job"] == FACTS.id
    assert made.objects == (made.root,)
    (shelf,) = made.levels[0].users_collection
    assert (shelf.name, shelf.hide_render) == ("chair LODs", True)
    made.root.location = (5, 0, 0)
    bpy.context.view_layer.update()
    assert made.levels[0].matrix_world.translation.x == 5


def test_all_of_it_survives_the_way_from_the_helper(tmp_path):
    options = check({"lods": "0.5", "asset": True, "asset_tags": "ball", "texture_limit": 1024})
    steps = importing.prepare(ball(tmp_path, picture()), options=options, facts=FACTS, unit=1.0, alone=True)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            prepared = end.value
            break
    append.write([bpy.data.objects[name] for name in prepared.names], tmp_path / "handover.blend")
    told = json.loads(json.dumps(prepared.as_json()))
    empty_scene()
    names = tuple(item.name for item in append.append(tmp_path / "handover.blend"))
    made = importing.finish(bpy.context, importing.Prepared.from_json(told, names=names), options=options, facts=FACTS)
    assert [item.name for item in made.levels] == ["chair_LOD1"]
    assert made.levels[0].parent == made.root
    assert tuple(made.root.preview.image_size) == (256, 256)
    assert [tag.name for tag in made.root.asset_data.tags] == ["ball"]
    assert full_textures.has_small_textures(made.root)
    assert tuple(images_of([made.root])[0].size) == (1024, 512)


def test_levels_follow_the_live_modifiers(tmp_path):
    made = brought(plain(tmp_path), lods="0.5", decimate=0.4)
    assert made.root.modifiers["Decimate"].ratio == pytest.approx(0.4)
    assert triangles(made.levels[0].data) == pytest.approx(0.2 * triangles(made.root.data), rel=0.03)
    assert not made.levels[0].modifiers


def test_levels_of_a_model_of_parts_have_their_own_part_as_parent(tmp_path):
    wedge("one")
    wedge("two", at=(4, 0, 0))
    made = brought(written(tmp_path), lods="0.5")
    assert len(made.objects) == 3
    assert {item.parent for item in made.levels} == set(made.objects[1:])
    assert all(item.name.startswith("chair_LOD1") for item in made.levels)


def test_the_texture_of_a_level_stays_where_it_was(tmp_path):
    item = textured(projected_blob(96), tmp_path)
    made = brought(written(tmp_path), lods="0.25")
    (level,) = made.levels
    from img3d_addon.blender.restore import coordinates, projection_of

    found = np.empty(len(level.data.loops) * 2, np.float32)
    level.data.uv_layers.active.uv.foreach_get("vector", found)
    off = np.abs(found.reshape(-1, 2) - coordinates(level.data, projection_of(made.root))).max(axis=1)
    assert np.quantile(off, 0.95) < 0.02
    assert item is not None


@pytest.mark.parametrize("mode", ["voxel", "sharp"])
def test_modifiers_can_be_applied(tmp_path, mode):
    textured(projected_blob(), tmp_path)
    made = brought(written(tmp_path), remesh=mode, remesh_detail=32, decimate=2000, apply_modifiers=True)
    assert not made.root.modifiers
    assert made.faces == len(made.root.data.polygons)
    assert triangles(made.root.data) == pytest.approx(2000, rel=0.05)
    assert made.root.data.uv_layers, "the projection is evaluated before it is applied"
    assert made.root.data.materials[0].name.startswith("skin")
    low = min(corner[2] for corner in made.root.bound_box)
    assert low + made.root.location.z == pytest.approx(0, abs=1e-4)
    assert counts()["node_groups"] <= 1
    assert counts()["meshes"] == 1


def test_applied_modifiers_leave_a_rig_alive(tmp_path):
    bpy.ops.object.armature_add()
    rig = bpy.context.object
    bpy.ops.mesh.primitive_uv_sphere_add()
    skin = bpy.context.object
    skin.vertex_groups.new(name="Bone").add(range(len(skin.data.vertices)), 1.0, "REPLACE")
    skin.parent = rig
    skin.modifiers.new("Armature", "ARMATURE").object = rig
    made = brought(written(tmp_path), decimate=0.5, apply_modifiers=True, lods="0.5")
    (item,) = (item for item in made.objects if item.type == "MESH")
    assert [one.type for one in item.modifiers] == ["ARMATURE"]
    (level,) = made.levels
    assert [one.type for one in level.modifiers] == ["ARMATURE"]
    assert "Bone" in level.vertex_groups


# 4.2 has no voxels below 0.1 mm.
TINY = 1e-4 if bpy.app.version >= (4, 5) else 1e-2


@pytest.mark.parametrize("size", [TINY, 1.0, 1e4])
@pytest.mark.parametrize("mode", ["voxel", "smooth", "sharp", "blocks"])
def test_remesh_suits_the_size_of_the_object(tmp_path, mode, size):
    made = brought(plain(tmp_path, size), remesh=mode, remesh_detail=32)
    graph = bpy.context.evaluated_depsgraph_get()
    item = made.root.evaluated_get(graph)
    assert 1000 < len(item.data.polygons) < 60_000
    assert max(item.dimensions) == pytest.approx(2 * size, rel=0.1)
    modifier = made.root.modifiers["Remesh"]
    assert not modifier.use_remove_disconnected


def test_a_voxel_remesh_that_would_leave_nothing_gives_way_to_a_smooth_one(tmp_path):
    made = brought(glb(tmp_path / "open.glb", PLACE, FACES[400:]), remesh="voxel", remesh_detail=64, decimate=500)
    assert made.root.modifiers["Remesh"].mode == "SMOOTH"
    assert made.notes == (modifiers.OPEN,)
    item = made.root.evaluated_get(bpy.context.evaluated_depsgraph_get())
    assert triangles(item.data) == pytest.approx(500, rel=0.1)
    closed = brought(plain(tmp_path), remesh="voxel", remesh_detail=64)
    assert closed.root.modifiers["Remesh"].mode == "VOXEL"
    assert closed.notes == ()


def test_an_asset_carries_what_was_said_and_a_picture(tmp_path):
    made = brought(
        plain(tmp_path),
        asset=True,
        asset_author="Ann",
        asset_license="CC0",
        asset_tags="chair, wood,, chair",
        lods="0.5",
    )
    data = made.root.asset_data
    assert (data.author, data.license) == ("Ann", "CC0")
    assert data.description == "chair, made of chair.png by offline"
    assert [tag.name for tag in data.tags] == ["chair", "wood"]
    shown = made.root.preview
    pixels = np.empty(shown.image_size[0] * shown.image_size[1] * 4, np.float32)
    shown.image_pixels_float.foreach_get(pixels)
    covered = pixels.reshape(-1, 4)[:, 3] > 0.5
    assert 0.3 < covered.mean() < 0.9
    assert pixels.reshape(-1, 4)[covered, :3].mean() > 0.3
    kinds = counts()
    assert (kinds["images"], kinds["scenes"], kinds["cameras"], kinds["lights"]) == (0, 1, 0, 0)
    assert made.levels[0].asset_data is None


def test_an_asset_of_parts_is_their_collection(tmp_path):
    wedge("one")
    wedge("two", at=(4, 0, 0))
    made = brought(written(tmp_path), asset=True)
    (whole,) = made.root.users_collection
    assert whole.asset_data is not None
    assert set(whole.objects) == set(made.objects)
    assert whole.preview.image_size[0] > 0
    assert made.root.asset_data is None
    assert all(item.visible_get() and item.select_get() for item in made.objects)


def test_without_the_option_nothing_is_an_asset(tmp_path):
    made = brought(plain(tmp_path))
    assert made.root.asset_data is None
    assert made.levels == made.notes == ()


def test_the_object_tells_where_it_comes_from(tmp_path):
    path = plain(tmp_path)
    root = brought(path, shading="angle", shading_angle=20).root
    assert root["img3d_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", root["img3d_time"])
    assert (root["img3d_job"], root["img3d_provider"]) == (FACTS.id, FACTS.provider)
    assert root["img3d_image"] == "chair.png"
    assert json.loads(root["img3d_settings"]) == FACTS.settings


@pytest.mark.parametrize("repair", [False, True])
def test_broken_normals_are_repaired_on_request(tmp_path, repair):
    normals = -PLACE / np.linalg.norm(PLACE, axis=1)[:, None]
    root = brought(glb(tmp_path / "ball.glb", PLACE, FACES, normals=normals), repair_normals=repair).root
    middle = bounds_of([root])
    centre = (middle.low + middle.high) / 2 - root.location
    corner = root.data.loops[0]
    outward = root.data.vertices[corner.vertex_index].co - centre
    assert (root.data.corner_normals[0].vector.dot(outward) > 0) is repair


def test_seams_are_where_two_charts_meet():
    bpy.ops.mesh.primitive_cube_add()
    mesh = bpy.context.object.data
    lods._mark_borders(mesh)
    assert sum(edge.use_edge_sharp for edge in mesh.edges) == 7  # a cube unfolds along all but five of its twelve
