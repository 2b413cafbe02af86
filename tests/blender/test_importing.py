# SPDX-License-Identifier: GPL-3.0-or-later
"""From file to finished object: one root, placement, size, facing, names, modifiers, undo, and an untouched scene."""

import json
from pathlib import Path

import bpy
import pytest
from mathutils import Vector

from img3d_addon.blender import importing
from img3d_addon.blender.importing.append import append, write
from img3d_addon.blender.importing.geometry import bounds_of, world_matrix
from img3d_addon.blender.live_texture import is_live_texture
from img3d_addon.blender.names import MAX_BYTES, datablock_name
from img3d_addon.blender.restore import projection_of, restore_uvs
from img3d_addon.core.errors import BadInput, BadResult, ImportFailed

from .meshes import empty_scene, projected_blob, textured

FACTS = importing.JobFacts(
    id="0abc", provider="offline", name="chair", image="pictures/chair.png", settings={"seed": 4294967294}
)


@pytest.fixture(autouse=True)
def scene():
    empty_scene()
    return bpy.context.scene


def wedge(name: str = "wedge", at=(0.0, 0.0, 0.0)) -> bpy.types.Object:
    """Make a closed shape 1 x 2 x 3 whose only corner at full height is at its front left (-x, -y)."""
    mesh = bpy.data.meshes.new(name)
    corners = [(0, 0, 0), (1, 0, 0), (1, 2, 0), (0, 2, 0), (0, 0, 3)]
    faces = [(3, 2, 1, 0), (0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 0, 4)]
    mesh.from_pydata(corners, [], faces)
    item = bpy.data.objects.new(name, mesh)
    item.location = at
    bpy.context.collection.objects.link(item)
    return item


def written(folder: Path, kind: str = "glb") -> Path:
    """Write the scene to a file and empty it."""
    path = folder / f"model.{kind}"
    if kind == "obj":
        bpy.ops.wm.obj_export(filepath=str(path), path_mode="COPY")
    else:
        form = {"glb": "GLB", "gltf": "GLTF_SEPARATE"}[kind]
        bpy.ops.export_scene.gltf(filepath=str(path), export_format=form, export_extras=True)
    empty_scene()
    return path


def brought(path: Path, facts=FACTS, **options) -> importing.Imported:
    result = importing.import_result(bpy.context, path, options, facts)
    bpy.context.view_layer.update()
    return result


def counts() -> dict[str, int]:
    kinds = "objects meshes materials images collections node_groups scenes lights cameras texts actions worlds"
    return {kind: len(getattr(bpy.data, kind)) for kind in kinds.split()}


def top(item: bpy.types.Object) -> Vector:
    return max((item.matrix_world @ vertex.co for vertex in item.data.vertices), key=lambda place: place.z)


@pytest.mark.parametrize("kind", ["glb", "gltf", "obj"])
def test_every_kind_stands_on_the_cursor_with_a_clean_transform(scene, tmp_path, kind):
    wedge(at=(5, 6, 7))
    path = written(tmp_path, kind)
    bpy.context.scene.cursor.location = (10, 20, 30)
    result = brought(path)
    box = bounds_of([result.root])
    assert tuple(box.bottom_centre) == pytest.approx((10, 20, 30), abs=1e-5)
    assert tuple(box.high - box.low) == pytest.approx((1, 2, 3), abs=1e-5)
    assert tuple(result.root.location) == pytest.approx((10, 20, 30), abs=1e-5)
    assert result.root.matrix_basis.to_3x3() == result.root.matrix_basis.to_3x3().Identity(3)
    assert result.root.rotation_mode == "XYZ"
    assert (result.faces, result.vertices) == (len(result.root.data.polygons), len(result.root.data.vertices))
    assert all(
        polygon.normal.dot(polygon.center - Vector((-0.1, -0.2, 0.7))) > 0 for polygon in result.root.data.polygons
    )


@pytest.mark.parametrize(("facing", "corner"), [("auto", (-1, -1)), ("+X", (1, -1)), ("+Y", (1, 1)), ("-X", (-1, 1))])
def test_the_front_looks_where_it_is_asked_to(tmp_path, facing, corner):
    wedge()
    result = brought(written(tmp_path), facing=facing)
    peak = top(result.root) - bounds_of([result.root]).bottom_centre
    assert (peak.x > 0, peak.y > 0) == (corner[0] > 0, corner[1] > 0)


def test_a_provider_that_delivers_another_facing_is_turned_to_the_front(tmp_path):
    wedge()
    facts = importing.JobFacts(id="1", provider="other", name="x", facing="+X")
    result = brought(written(tmp_path), facts)
    peak = top(result.root)
    assert (peak.x > 0, peak.y > 0) == (False, True)
    assert tuple(bounds_of([result.root]).high - bounds_of([result.root]).low) == pytest.approx((2, 1, 3), abs=1e-5)


def test_size_is_the_longest_side_in_metres(tmp_path):
    wedge()
    path = written(tmp_path)
    assert bounds_of([brought(path, size=0.6).root]).longest == pytest.approx(0.6)
    bpy.context.scene.unit_settings.scale_length = 0.01
    assert bounds_of([brought(path, location="keep").root]).longest == pytest.approx(300)
    result = brought(path, size=0.6)
    assert bounds_of([result.root]).longest == pytest.approx(60)
    assert tuple(result.root.scale) == (1, 1, 1)


def test_location_as_delivered_or_at_the_origin(tmp_path):
    wedge(at=(5, 6, 7))
    path = written(tmp_path)
    bpy.context.scene.cursor.location = (1, 1, 1)
    assert tuple(bounds_of([brought(path, location="keep").root]).low) == pytest.approx((5, 6, 7), abs=1e-5)
    assert tuple(brought(path, location="origin").root.location) == pytest.approx((0, 0, 0), abs=1e-5)


def test_a_tree_with_empties_lights_and_cameras_becomes_one_root_with_meshes(tmp_path):
    holder = bpy.data.objects.new("holder", None)
    holder.location, holder.scale = (0, 0, 4), (2, 2, 2)
    first, second = wedge("first"), wedge("second", at=(3, 0, 0))
    second.data = first.data
    first.parent = second.parent = holder
    for item in (holder, bpy.data.objects.new("eye", bpy.data.cameras.new("eye"))):
        bpy.context.collection.objects.link(item)
    path = written(tmp_path)
    result = brought(path, size=4.0)
    assert result.root.type == "EMPTY"
    assert [item.type for item in result.objects[1:]] == ["MESH", "MESH"]
    assert all(item.parent == result.root for item in result.objects[1:])
    assert {item.type for item in bpy.data.objects} == {"EMPTY", "MESH"}
    box = bounds_of(result.objects)
    assert tuple(box.high - box.low) == pytest.approx((4, 2, 3), abs=1e-5)
    assert tuple(box.bottom_centre) == pytest.approx((0, 0, 0), abs=1e-5)
    assert not bpy.data.cameras


def test_a_rigged_model_keeps_its_rig_below_one_root(tmp_path):
    body = wedge()
    bpy.ops.object.armature_add()
    rig = bpy.context.object
    body.parent, body.parent_type = rig, "ARMATURE"
    group = body.vertex_groups.new(name="Bone")
    group.add(range(5), 1.0, "REPLACE")
    path = written(tmp_path)
    mine = wedge("mine")
    scene = bpy.context.scene
    mine.select_set(True)
    result = brought(path, size=1.5)
    assert (bpy.context.window.scene, mine.select_get(), mine.mode) == (scene, True, "OBJECT")
    assert result.root.type == "EMPTY"
    assert "ARMATURE" in {item.type for item in result.objects}
    box = bounds_of(result.objects)
    assert box.longest == pytest.approx(1.5, abs=1e-4)
    assert tuple(box.bottom_centre) == pytest.approx((0, 0, 0), abs=1e-4)


def test_a_rig_is_still_there_after_remesh_and_decimate(tmp_path):
    body = wedge()
    bpy.ops.object.armature_add()
    body.parent = bpy.context.object
    body.modifiers.new("Armature", "ARMATURE").object = body.parent
    body.vertex_groups.new(name="Bone").add(range(5), 1.0, "REPLACE")
    result = brought(written(tmp_path), remesh="smooth", decimate=0.5)
    (mesh,) = [item for item in result.objects if item.type == "MESH"]
    assert [one.type for one in mesh.modifiers] == ["ARMATURE", "REMESH", "DECIMATE"]


def test_names_marks_and_one_collection(tmp_path):
    wedge()
    path = written(tmp_path)
    result = brought(path)
    again = brought(path)
    assert (result.root.name, result.root.data.name, again.root.name) == ("chair", "chair", "chair.001")
    assert result.root["img3d_job"] == "0abc"
    assert result.root["img3d_provider"] == "offline"
    assert result.root["img3d_image"] == "chair.png"
    assert json.loads(result.root["img3d_settings"]) == {"seed": 4294967294}
    (holder,) = bpy.data.collections
    assert set(holder.objects) == {result.root, again.root}
    bpy.context.view_layer.layer_collection.children[0].exclude = True
    assert brought(path).root.visible_get()
    assert len(bpy.data.collections) == 2


@pytest.mark.parametrize(
    ("text", "name"),
    [("a/b\\c", "a b c"), ("  x\n\ty ", "x y"), ("", "Image to 3D"), ("...", "Image to 3D"), ("椅子", "椅子")],
)
def test_names_are_one_printable_line(text, name):
    assert datablock_name(text) == name


def test_long_names_end_at_a_character():
    assert len(datablock_name("é" * 100).encode()) <= MAX_BYTES
    assert set(datablock_name("é" * 100)) == {"é"}


def test_nothing_else_in_the_scene_changes(tmp_path):
    wedge()
    path = written(tmp_path)
    scene = bpy.context.scene
    mine, other = wedge("mine"), wedge("other")
    holder = bpy.data.collections.new("holder")
    scene.collection.children.link(holder)
    bpy.context.view_layer.active_layer_collection = bpy.context.view_layer.layer_collection.children["holder"]
    mine.select_set(True)
    other.select_set(False)
    scene.frame_set(17)
    before = (scene.render.engine, scene.frame_current, scene.frame_start, scene.frame_end, scene.unit_settings.system)
    result = brought(path)
    assert (mine.select_get(), other.select_get(), result.root.select_get()) == (True, False, True)
    assert bpy.context.view_layer.objects.active == result.root
    assert bpy.context.view_layer.active_layer_collection.name == "holder"
    assert bpy.context.scene == scene
    after = (scene.render.engine, scene.frame_current, scene.frame_start, scene.frame_end, scene.unit_settings.system)
    assert after == before
    assert len(bpy.data.scenes) == 1


def test_an_import_while_another_object_is_being_edited_and_its_undo(tmp_path):
    wedge()
    path = written(tmp_path)
    mine = wedge("mine")
    bpy.context.view_layer.objects.active = mine
    mine.select_set(True)
    bpy.ops.ed.undo_push(message="start")
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.mesh.subdivide()
    bpy.ops.ed.undo_push(message="edit")
    brought(path)
    assert bpy.context.mode == "EDIT_MESH"
    assert bpy.context.view_layer.objects.active == mine
    assert bpy.context.objects_in_mode == [mine]
    assert [item.name for item in bpy.data.objects if item.select_get()] == ["mine"]
    bpy.ops.ed.undo_push(message="import")
    bpy.ops.ed.undo()
    assert [item.name for item in bpy.data.objects] == ["mine"]
    bpy.ops.object.mode_set(mode="OBJECT")
    assert len(bpy.data.objects["mine"].data.vertices) > 5


def test_decimate_and_remesh_are_modifiers(tmp_path):
    projected_blob(64)
    path = written(tmp_path)
    result = brought(path, decimate=500)
    (modifier,) = result.root.modifiers
    assert modifier.type == "DECIMATE"
    graph = bpy.context.evaluated_depsgraph_get()
    made = result.root.evaluated_get(graph).data
    assert len(made.polygons) == pytest.approx(500, abs=5)
    assert made.uv_layers
    for mode in ("voxel", "smooth", "sharp", "blocks"):
        result = brought(path, remesh=mode, remesh_detail=32, size=2.0)
        modifier, texture = result.root.modifiers
        assert is_live_texture(texture)
        assert (modifier.type, modifier.mode, modifier.use_remove_disconnected) == ("REMESH", mode.upper(), False)
        assert modifier.voxel_size == pytest.approx(2 / 32)
        assert len(result.root.evaluated_get(bpy.context.evaluated_depsgraph_get()).data.polygons) > 100
    result = brought(path, remesh="voxel", decimate=400)
    made = result.root.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    assert len(made.polygons) == pytest.approx(400, abs=20)
    assert not brought(path, decimate=10**6).root.modifiers


def test_quads_are_made_on_request(tmp_path):
    projected_blob(64)
    result = brought(written(tmp_path), quad=600, size=2.0)
    assert result.faces == pytest.approx(600, rel=0.25)
    assert {len(polygon.vertices) for polygon in result.root.data.polygons} == {4}
    assert result.root.data.uv_layers
    assert bounds_of([result.root]).longest == pytest.approx(2.0, rel=0.03)
    assert len(result.objects) == 1
    assert json.loads(result.root["img3d_quads"])["after"]["quads"] == 1.0


def test_quads_of_several_parts_become_one_mesh_and_the_originals_stay_below_it(tmp_path):
    wedge(at=(0, 0, 0))
    wedge(at=(3, 0, 0))
    path = written(tmp_path)
    bpy.context.scene.cursor.location = (1, 2, 3)
    result = brought(path, quad=200, quad_original=True, size=4.0)
    made, *originals = result.objects
    assert (made.name, made.parent) == ("chair", None)
    assert {len(polygon.vertices) for polygon in made.data.polygons} == {4}
    assert [item.type for item in originals] == ["EMPTY", "MESH", "MESH"]
    assert all(item.hide_viewport and item.hide_render for item in originals)
    assert made.select_get()
    for part in (made, originals[0]):
        assert tuple(world_matrix(part).translation) == pytest.approx((1, 2, 3), abs=0.1)
    whole = bounds_of(originals[1:])
    assert bounds_of([made]).longest == pytest.approx(whole.longest, rel=0.1)
    assert (bounds_of([made]).bottom_centre - whole.bottom_centre).length < 0.1


@pytest.mark.parametrize("shading", ["smooth", "flat"])
def test_shading_replaces_the_delivered_normals(tmp_path, shading):
    projected_blob(32)
    for polygon in bpy.context.object.data.polygons:
        polygon.use_smooth = shading == "flat"
    result = brought(written(tmp_path), shading=shading)
    mesh = result.root.data
    assert not mesh.has_custom_normals
    polygon = mesh.polygons[40]
    leaning = [mesh.corner_normals[index].vector.dot(polygon.normal) < 0.9999 for index in polygon.loop_indices]
    assert any(leaning) == (shading == "smooth")


@pytest.mark.parametrize("kind", ["glb", "gltf", "obj"])
def test_textures_come_packed_or_not_at_all(tmp_path, kind):
    textured(projected_blob(16), tmp_path)
    if kind == "obj":  # its exporter leaves packed pictures out
        (tmp_path / "grid.png").write_bytes(bpy.data.images["grid.png"].packed_file.data)
    path = written(tmp_path, kind)
    before = counts()
    result = brought(path)
    (image,) = [one for one in bpy.data.images if one.source == "FILE"]
    assert image.packed_file
    assert result.root.data.materials[0]
    empty_scene()
    result = brought(path, texture=False)
    assert not result.root.data.materials
    assert counts() == before | {"objects": 1, "meshes": 1, "collections": 1}


@pytest.mark.parametrize("kind", ["gltf", "obj"])
def test_no_folder_of_the_library_is_kept_in_the_blend(tmp_path, kind):
    library = tmp_path / "somebody"
    library.mkdir()
    textured(projected_blob(16), library)
    if kind == "obj":
        (library / "grid.png").write_bytes(bpy.data.images["grid.png"].packed_file.data)
    path = written(library, kind)
    brought(path)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"), compress=False)
    assert b"somebody" not in (tmp_path / "saved.blend").read_bytes()
    handed = tmp_path / "handed.blend"
    write(list(bpy.data.collections["Image to 3D"].objects), handed)
    empty_scene()
    (item,) = append(handed)
    bpy.context.scene.collection.objects.link(item)
    assert [image for image in bpy.data.images if image.packed_file]
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "appended.blend"), compress=False)
    assert b"somebody" not in (tmp_path / "appended.blend").read_bytes()


def test_a_projected_texture_still_fits_after_moving_and_scaling(tmp_path):
    projected_blob(32).location = (1, 2, 3)
    path = written(tmp_path)
    for options in ({}, {"size": 7.0}, {"facing": "+X", "size": 0.2}):
        result = brought(path, **options)
        assert tuple(bounds_of([result.root]).bottom_centre) == pytest.approx((0, 0, 0), abs=1e-5)
        mesh = result.root.data
        delivered = [value for corner in mesh.uv_layers.active.uv for value in corner.vector]
        restore_uvs(mesh, projection_of(result.root))
        assert [value for corner in mesh.uv_layers.active.uv for value in corner.vector] == pytest.approx(
            delivered, abs=1e-4
        )


def test_a_projected_mesh_is_closed_after_the_import(tmp_path):
    projected_blob(32)
    mesh = brought(written(tmp_path)).root.data
    users = {}
    for polygon in mesh.polygons:
        for key in polygon.edge_keys:
            users[key] = users.get(key, 0) + 1
    assert set(users.values()) == {2}


def broken_files(folder: Path, good: Path):
    data = good.read_bytes()
    yield "cut", data[: len(data) // 2], "glb"
    yield "text", b"not found", "glb"
    yield "empty", b"", "glb"
    yield "no mesh", b"", "obj"


def test_what_cannot_be_imported_is_one_sentence_and_leaves_nothing(tmp_path):
    textured(projected_blob(16), tmp_path)
    good = written(tmp_path)
    for name, data, kind in broken_files(tmp_path, good):
        path = tmp_path / f"bad.{kind}"
        path.write_bytes(data)
        before = counts()
        with pytest.raises((ImportFailed, BadResult)) as caught:
            brought(path)
        assert path.name in str(caught.value) or "mod" in str(caught.value), name
        assert counts() == before, name


def test_a_failure_after_the_import_leaves_nothing(tmp_path, monkeypatch):
    textured(projected_blob(16), tmp_path)
    path = written(tmp_path)
    before = counts()

    def fail(*_arguments, **_more):
        raise RuntimeError("no memory")

    monkeypatch.setattr(importing, "add_modifiers", fail)
    with pytest.raises(ImportFailed, match="no memory"):
        brought(path)
    assert counts() == before


def test_unknown_options_are_refused_before_anything_is_read(tmp_path):
    with pytest.raises(BadInput, match="sizes"):
        brought(tmp_path / "not there.glb", sizes=3)
