# SPDX-License-Identifier: GPL-3.0-or-later
"""Restore Texture: after each way to change a topology the texture is where the projection says, to 1e-5."""

from pathlib import Path

import bpy
import numpy as np
import pytest
from mathutils import Matrix

import img3d_addon
from img3d_addon.blender import importing
from img3d_addon.blender.live_texture import is_live_texture
from img3d_addon.blender.restore import UV_LAYER
from img3d_addon.blender.restoring import MATERIAL, IMG3D_OT_restore_texture, has_projection, restore_texture
from img3d_addon.core.errors import BadInput, ImportFailed
from img3d_addon.providers.offline.silhouette import Options, reconstruct

from .meshes import empty_scene, projected_blob, textured

pytestmark = pytest.mark.bpy
DUCK = Path(__file__).parent.parent.parent / "examples" / "duck.png"
RIM = 1e-4  # a face whose centre is as near to y = 0 may be taken for either side


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "duck.glb"
    path.write_bytes(reconstruct(DUCK, Options(faces=6000, texture_size=512)).glb)
    return path


@pytest.fixture
def duck(model):
    return imported(model)


@pytest.fixture
def registered():
    empty_scene()
    img3d_addon.register()
    yield
    img3d_addon.unregister()


def imported(path, **options):
    empty_scene()
    facts = importing.JobFacts(id="0", provider="offline", name="duck")
    return importing.import_result(bpy.context, path, options, facts).root


def voxel_operator(item):
    item.data.remesh_voxel_size = 0.02
    assert bpy.ops.object.voxel_remesh() == {"FINISHED"}


def quadriflow(item):
    item.data.transform(matrix(500))  # it refuses edges shorter than 1e-4, which the rim of a small object has
    assert bpy.ops.object.quadriflow_remesh(mode="FACES", target_faces=1500) == {"FINISHED"}
    item.data.transform(matrix(1 / 500))


def matrix(factor):
    return Matrix.Scale(factor, 4)


def applied(kind, **values):
    def change(item):
        modifier = item.modifiers.new("change", kind)
        for name, value in values.items():
            setattr(modifier, name, value)
        assert bpy.ops.object.modifier_apply(modifier="change") == {"FINISHED"}

    return change


CHANGES = {
    "voxel operator": voxel_operator,
    "quadriflow": quadriflow,
    "remesh voxel": applied("REMESH", mode="VOXEL", voxel_size=0.02),
    "remesh sharp": applied("REMESH", mode="SHARP", octree_depth=6, use_remove_disconnected=False),
    "remesh blocks": applied("REMESH", mode="BLOCKS", octree_depth=5),
    "decimate": applied("DECIMATE", ratio=0.2),
    "planar decimate": applied("DECIMATE", decimate_type="DISSOLVE", angle_limit=0.1),
    "subdivide": applied("SUBSURF", levels=1),
}


def evaluated(item):
    return item.evaluated_get(bpy.context.evaluated_depsgraph_get()).data


def uvs(mesh):
    found = np.empty(len(mesh.loops) * 2, np.float32)
    mesh.uv_layers[UV_LAYER].uv.foreach_get("vector", found)
    return found.reshape(-1, 2)


def expected(mesh, item):
    """Return the projection by the formula of the numbers, face by face, and which corners lie clearly on a side."""
    (a, b), (c, d) = item["img3d_proj_u"], item["img3d_proj_v"]
    want, sure = [], []
    for face in mesh.polygons:
        points = [mesh.vertices[number].co for number in face.vertices]
        depth = sum(point.y for point in points) / len(points)
        offset = item["img3d_back_offset"] if depth > 0 else 0.0
        want += [(a * point.x + b + offset, 1 - (c * point.z + d)) for point in points]
        sure += [abs(depth) > RIM] * len(points)
    return np.array(want), np.array(sure)


def assert_restored(item, mesh=None):
    mesh = mesh or item.data
    want, sure = expected(mesh, item)
    assert sure.mean() > 0.9
    assert np.abs(uvs(mesh) - want)[sure].max() < 1e-5
    layer = mesh.uv_layers[UV_LAYER]
    assert layer.active
    assert layer.active_render
    assert mesh.materials[0].name.startswith("duck") or mesh.materials[0].node_tree
    assert all(face.material_index == 0 for face in mesh.polygons)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_after_a_change_of_topology(change, duck):
    before = len(duck.data.polygons)
    change(duck)
    assert len(duck.data.polygons) != before
    assert restore_texture(duck) == ""
    assert not duck.modifiers
    assert_restored(duck)


def test_the_untouched_import_is_left_as_it_is(duck):
    before = uvs(duck.data)
    assert restore_texture(duck) == ""
    want, sure = expected(duck.data, duck)
    assert np.abs(uvs(duck.data) - before)[sure].max() < 1e-5
    assert len(want) == len(before)


@pytest.mark.parametrize("mode", ["VOXEL", "SMOOTH", "SHARP", "BLOCKS"])
def test_a_live_remesh_stays_and_shows_the_texture(duck, mode):
    remesh = duck.modifiers.new("Remesh", "REMESH")
    remesh.mode, remesh.voxel_size, remesh.octree_depth = mode, 0.02, 6
    assert not evaluated(duck).uv_layers
    assert restore_texture(duck) == ""
    assert [is_live_texture(one) for one in duck.modifiers] == [False, True]
    assert_restored(duck, evaluated(duck))
    remesh.voxel_size, remesh.octree_depth = 0.04, 5
    assert_restored(duck, evaluated(duck))
    groups = len(bpy.data.node_groups)
    restore_texture(duck)
    assert (len(duck.modifiers), len(bpy.data.node_groups)) == (2, groups)


def test_the_live_texture_comes_before_what_moves_vertices(duck):
    for kind in ("TRIANGULATE", "REMESH", "DECIMATE", "SIMPLE_DEFORM"):
        duck.modifiers.new(kind, kind)
    restore_texture(duck)
    assert [one.type for one in duck.modifiers] == ["TRIANGULATE", "REMESH", "DECIMATE", "NODES", "SIMPLE_DEFORM"]


def test_nodes_that_drop_the_coordinates_are_found(duck):
    tree = bpy.data.node_groups.new("cube", "GeometryNodeTree")
    tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    cube, end = tree.nodes.new("GeometryNodeMeshCube"), tree.nodes.new("NodeGroupOutput")
    tree.links.new(cube.outputs["Mesh"], end.inputs[0])
    duck.modifiers.new("cube", "NODES").node_group = tree
    restore_texture(duck)
    assert [is_live_texture(one) for one in duck.modifiers] == [False, True]
    assert UV_LAYER in evaluated(duck).uv_layers


def test_modifiers_are_applied_on_request(duck):
    other = duck.copy()  # shares the mesh
    remesh = duck.modifiers.new("Remesh", "REMESH")
    remesh.mode, remesh.voxel_size = "VOXEL", 0.02
    duck.modifiers.new("Bend", "SIMPLE_DEFORM")
    restore_texture(duck)
    made = len(evaluated(duck).polygons)
    assert restore_texture(duck, apply_modifiers=True) == ""
    assert [one.type for one in duck.modifiers] == ["SIMPLE_DEFORM"]
    assert len(duck.data.polygons) == made
    assert_restored(duck)
    assert len(other.data.polygons) != made


def test_shape_keys_forbid_to_apply(duck):
    duck.shape_key_add(name="Basis")
    duck.modifiers.new("Remesh", "REMESH")
    with pytest.raises(ImportFailed, match="shape keys"):
        restore_texture(duck, apply_modifiers=True)
    assert len(duck.modifiers) == 1


def test_a_lost_material_comes_back(duck):
    material = duck.data.materials[0]
    material.name = "renamed"
    duck.data.materials.clear()
    assert restore_texture(duck) == ""
    assert list(duck.data.materials) == [material]
    duck.material_slots[0].material = None
    restore_texture(duck)
    assert list(duck.data.materials) == [material]
    other = bpy.data.materials.new("other")
    duck.material_slots[0].material = other
    restore_texture(duck)
    assert list(duck.data.materials) == [other]


def test_a_material_that_nobody_knows_is_said(duck):
    duck.data.materials.clear()
    del duck[MATERIAL]
    assert "duck has no material any more" in restore_texture(duck)


def test_other_layers_are_kept(duck):
    duck.data.uv_layers.new(name="Lightmap")
    duck.data.uv_layers.active = duck.data.uv_layers["Lightmap"]
    restore_texture(duck)
    assert [layer.name for layer in duck.data.uv_layers] == [UV_LAYER, "Lightmap"]
    assert_restored(duck)


def test_an_applied_scale_is_noticed(duck):
    duck.data.transform(matrix(2))
    assert "does not fit" in restore_texture(duck)


def test_our_own_remesh_modifier_brings_its_texture(model):
    item = imported(model, remesh="voxel", remesh_detail=48, decimate=0.5)
    assert [one.type for one in item.modifiers] == ["REMESH", "DECIMATE", "NODES"]
    assert_restored(item, evaluated(item))
    assert not imported(model, remesh="voxel", texture=False).modifiers[1:]


def test_the_texture_survives_an_export(model, tmp_path):
    item = imported(model, remesh="voxel", remesh_detail=48)
    want = len(evaluated(item).polygons)
    bpy.ops.export_scene.gltf(filepath=str(tmp_path / "a.glb"), export_apply=True, export_extras=True)
    again = imported(tmp_path / "a.glb")
    assert has_projection(again)
    assert len(again.data.polygons) == pytest.approx(2 * want, rel=0.01)
    want, _sure = expected(again.data, again)
    away = np.abs(uvs(again.data) - want)  # halves of a quad that lies across the rim have its side
    assert (np.minimum(away, np.abs(away - (again["img3d_back_offset"], 0))).max(axis=1) < 1e-5).all()
    assert restore_texture(again) == ""
    assert_restored(again)


def test_the_operator_takes_all_selected_results(registered, duck):
    copy = duck.copy()
    copy.data = duck.data.copy()
    bpy.context.collection.objects.link(copy)
    bpy.ops.mesh.primitive_cube_add()
    for item in (duck, copy):
        item.select_set(True)
        for layer in list(item.data.uv_layers):
            item.data.uv_layers.remove(layer)
    assert bpy.ops.img3d.restore_texture() == {"FINISHED"}
    for item in (duck, copy):
        assert_restored(item)


def test_the_operator_says_what_it_cannot_do(registered):
    with pytest.raises(RuntimeError, match="Select the objects"):
        bpy.ops.img3d.restore_texture()
    bpy.ops.mesh.primitive_cube_add()
    with pytest.raises(RuntimeError, match="Cube carries no texture projection.*offline"):
        bpy.ops.img3d.restore_texture()
    bpy.ops.object.mode_set(mode="EDIT")
    with pytest.raises(RuntimeError, match="Switch to Object Mode"):
        bpy.ops.img3d.restore_texture()
    assert IMG3D_OT_restore_texture.bl_options == {"REGISTER", "UNDO"}


def test_from_the_console(duck):
    duck.data.uv_layers.remove(duck.data.uv_layers[0])
    assert img3d_addon.restore_texture(duck) == ""
    assert_restored(duck)
    with pytest.raises(BadInput, match="Light is no mesh"):
        img3d_addon.restore_texture(bpy.data.objects.new("Light", None))


def test_the_panel_is_there_for_results_only(duck):
    assert has_projection(duck)
    assert not has_projection(None)
    assert not has_projection(bpy.data.objects.new("Empty", None))
    del duck["img3d_proj_u"]
    assert not has_projection(duck)


def test_nothing_is_stored_on_objects_without_numbers(tmp_path):
    empty_scene()
    item = textured(projected_blob(), tmp_path)
    del item["img3d_proj_u"]
    with pytest.raises(BadInput, match="no texture projection"):
        restore_texture(item)
    assert MATERIAL not in item
