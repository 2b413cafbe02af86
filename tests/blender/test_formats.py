# SPDX-License-Identifier: GPL-3.0-or-later
"""FBX, STL and PLY, as some services deliver them, become the same finished object."""

import struct
import time

import bpy
import pytest
from mathutils import Matrix, Vector

from img3d_addon.blender.cli import deliver
from img3d_addon.blender.importing import fbx, loaders
from img3d_addon.blender.importing.geometry import bounds_of
from img3d_addon.core.errors import BadResult, ImportFailed
from img3d_addon.core.files.preflight import glb_contents
from img3d_addon.core.files.sniff import kind_of
from img3d_addon.core.jobs.job import Job

from .meshes import empty_scene, projected_blob, textured
from .test_exporting import gltf_json
from .test_importing import brought, counts, top, wedge

RED, GREEN, BLUE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
FACES = {"stl": 6, "ply": 5, "fbx": 5}
every_kind = pytest.mark.parametrize("kind", FACES)
Y_UP = {"forward_axis": "NEGATIVE_Z", "up_axis": "Y"}


@pytest.fixture(autouse=True)
def scene():
    empty_scene()


@pytest.fixture(params=["as installed", "by the add-on"])
def fbx_importer(request, monkeypatch):
    """Both importers of FBX, where this Blender has two."""
    if request.param == "by the add-on":
        real = fbx.has_operator
        monkeypatch.setattr(loaders, "has_operator", lambda one: one.idname() != "WM_OT_fbx_import" and real(one))


def written(folder, kind, **options):
    """Write the scene as the services do, with Y up, and empty it."""
    path = folder / f"model.{kind}"
    if kind == "fbx":
        bpy.ops.export_scene.fbx(filepath=str(path), path_mode="COPY", embed_textures=True, **options)
    elif kind == "obj":
        bpy.ops.wm.obj_export(filepath=str(path), export_colors=True, **options)
    else:
        {"stl": bpy.ops.wm.stl_export, "ply": bpy.ops.wm.ply_export}[kind](filepath=str(path), **Y_UP, **options)
    empty_scene()
    assert kind_of(path) == kind
    return path


def painted(item, colours=(RED, GREEN, BLUE)):
    """Give each vertex one of the colours in turn."""
    attribute = item.data.color_attributes.new("Paint", "FLOAT_COLOR", "POINT")
    for number, value in enumerate(attribute.data):
        value.color = (*colours[number % len(colours)], 1.0)
    return item


def assert_stands(result, *, at):
    """The wedge stands upright at the place, its peak at the front left, its faces outward, its transform clean."""
    root = result.root
    assert result.objects == (root,)
    assert root.matrix_basis == Matrix.Translation(root.location)
    assert root.rotation_mode == "XYZ"
    box = bounds_of([root])
    assert tuple(box.high - box.low) == pytest.approx((1, 2, 3), abs=1e-5)
    assert tuple(box.bottom_centre) == pytest.approx(at, abs=1e-5)
    peak = top(root) - box.bottom_centre
    assert (peak.x < 0, peak.y < 0) == (True, True)
    middle = Vector((-0.1, -0.2, 0.7))
    assert all(polygon.normal.dot(polygon.center - middle) > 0 for polygon in root.data.polygons)


@every_kind
def test_it_stands_on_the_cursor_with_a_clean_transform(tmp_path, kind):
    wedge(at=(7, 8, 9))
    path = written(tmp_path, kind)
    before = counts()
    bpy.context.scene.cursor.location = (3, 4, 5)
    result = brought(path)
    assert_stands(result, at=(3, 4, 5))
    assert (result.faces, result.vertices) == (FACES[kind], 5)
    assert not result.root.data.materials
    assert counts() == before | {"objects": 1, "meshes": 1, "collections": 1}


@pytest.mark.parametrize("kind", ["stl", "ply"])
def test_text_is_read_as_well(tmp_path, kind):
    wedge()
    result = brought(written(tmp_path, kind, ascii_format=True))
    assert_stands(result, at=(0, 0, 0))


@every_kind
def test_lengths_are_metres_whatever_the_units_of_the_scene(tmp_path, kind):
    wedge()
    path = written(tmp_path, kind)
    bpy.context.scene.unit_settings.scale_length = 0.01
    assert bounds_of([brought(path).root]).longest == pytest.approx(300)
    assert bounds_of([brought(path, size=0.6).root]).longest == pytest.approx(60)


@pytest.mark.parametrize("units", ["FBX_SCALE_NONE", "FBX_SCALE_UNITS", "FBX_SCALE_CUSTOM", "FBX_SCALE_ALL"])
def test_an_fbx_brings_its_model_and_nothing_else(tmp_path, fbx_importer, units):
    body = wedge(at=(1, 2, 3))
    bpy.ops.object.camera_add()
    bpy.ops.object.light_add()
    body.keyframe_insert("location", frame=1)
    body.location.x = 9
    body.keyframe_insert("location", frame=90)
    bpy.context.scene.frame_set(1)
    bpy.context.scene.render.fps = 50
    path = written(tmp_path, "fbx", apply_scale_options=units)
    before = counts()
    scene = bpy.context.scene
    frames = scene.render.fps, scene.frame_start, scene.frame_end, scene.frame_current
    result = brought(path)
    assert_stands(result, at=(0, 0, 0))
    assert (scene.render.fps, scene.frame_start, scene.frame_end, scene.frame_current) == frames
    assert counts() == before | {"objects": 1, "meshes": 1, "collections": 1}


def test_an_fbx_brings_its_texture_packed_or_not_at_all(tmp_path, fbx_importer):
    textured(projected_blob(16), tmp_path)
    (tmp_path / "grid.png").write_bytes(bpy.data.images["grid.png"].packed_file.data)  # its exporter copies files only
    path = written(tmp_path, "fbx")
    (tmp_path / "grid.png").unlink()
    before = counts()
    result = brought(path)
    (image,) = [one for one in bpy.data.images if one.source == "FILE"]
    assert image.packed_file
    assert tuple(image.size) == (64, 64)
    assert result.root.data.uv_layers
    assert result.root.data.materials[0].name == "skin"
    empty_scene()
    brought(path, texture=False)
    assert counts() == before | {"objects": 1, "meshes": 1, "collections": 1}
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_rigged_fbx_keeps_its_rig_while_the_user_is_at_work(tmp_path, fbx_importer):
    body = wedge()
    bpy.ops.object.armature_add()
    body.parent = bpy.context.object
    body.modifiers.new("Armature", "ARMATURE").object = bpy.context.object
    body.vertex_groups.new(name="Bone").add(range(5), 1.0, "REPLACE")
    path = written(tmp_path, "fbx")
    scene, mine = bpy.context.scene, wedge("mine")
    bpy.context.view_layer.objects.active = mine
    mine.select_set(True)
    bpy.ops.object.mode_set(mode="EDIT")
    result = brought(path, size=1.5)
    assert (bpy.context.window.scene, bpy.context.mode, mine.mode) == (scene, "EDIT_MESH", "EDIT")
    assert bpy.context.view_layer.objects.active == mine
    assert {item.type for item in result.objects} == {"EMPTY", "ARMATURE", "MESH"}
    assert bounds_of(result.objects).longest == pytest.approx(1.5, abs=1e-4)
    assert len(bpy.data.scenes) == 1


def test_an_fbx_add_on_that_is_switched_off_is_used_and_left_off(tmp_path, monkeypatch):
    import addon_utils  # known once bpy is there

    wedge()
    path = written(tmp_path, "fbx")
    real = fbx.has_operator
    monkeypatch.setattr(loaders, "has_operator", lambda one: one.idname() != "WM_OT_fbx_import" and real(one))
    addon_utils.disable(fbx.ADD_ON)
    try:
        assert_stands(brought(path), at=(0, 0, 0))
        assert addon_utils.check(fbx.ADD_ON)[1] is False
        assert fbx.ADD_ON in bpy.context.preferences.addons  # as the user has it
    finally:
        addon_utils.enable(fbx.ADD_ON)


def test_a_blender_without_an_fbx_importer_says_what_to_do(tmp_path, monkeypatch):
    wedge()
    path = written(tmp_path, "fbx")
    before = counts()
    monkeypatch.setattr(loaders, "has_operator", lambda _one: False)
    monkeypatch.setattr(fbx, "ADD_ON", "io_scene_fbx_of_nobody")
    with pytest.raises(ImportFailed, match="io_scene_fbx_of_nobody is missing.*Choose GLB"):
        brought(path)
    assert counts() == before


@pytest.mark.parametrize("kind", ["stl", "ply"])
def test_a_blender_built_without_an_importer_says_so(tmp_path, monkeypatch, kind):
    wedge()
    path = written(tmp_path, kind)
    monkeypatch.setattr(loaders, "has_operator", lambda _one: False)
    with pytest.raises(ImportFailed, match=r"model\.\w+: this Blender was built without an importer"):
        brought(path)


@every_kind
def test_it_is_one_step_back(tmp_path, kind):
    wedge()
    path = written(tmp_path, kind)
    bpy.ops.ed.undo_push(message="start")
    brought(path)
    bpy.ops.ed.undo_push(message="import")
    bpy.ops.ed.undo()
    assert not bpy.data.objects


@every_kind
def test_a_delivered_file_is_converted_and_not_copied(tmp_path, kind):
    painted(wedge())
    path = written(tmp_path, kind)
    now = time.time()
    job = Job(
        id="1",
        provider="offline",
        name="chair",
        image=tmp_path / "chair.png",
        state="ready",
        params={},
        after={},
        created=now,
        updated=now,
        path=path,
        kind=kind,
    )
    made = deliver.export(job, tmp_path / "out.glb", {})
    assert made.faces == FACES[kind]
    assert glb_contents(tmp_path / "out.glb").faces == 6
    (primitive,) = gltf_json(tmp_path / "out.glb")["meshes"][0]["primitives"]
    assert ("COLOR_0" in primitive["attributes"]) == (kind != "stl")


def broken_files(good):
    data = good.read_bytes()
    yield "cut", data[: len(data) // 2]
    if good.suffix != ".fbx":  # whose last bytes say nothing of the model
        yield "without its last bytes", data[:-200]
    yield "only its first bytes", data[:70]
    yield "text after the head", data[:60] + b"not found " * 50


@pytest.mark.parametrize("kind", [*FACES, "text stl", "text ply"])
def test_a_broken_file_is_one_sentence_and_leaves_nothing(tmp_path, kind):
    painted(projected_blob(16))
    kind, options = (kind[5:], {"ascii_format": True}) if kind.startswith("text") else (kind, {})
    good = written(tmp_path, kind, **options)
    path = tmp_path / f"bad.{kind}"
    for name, data in broken_files(good):
        path.write_bytes(data)
        before = counts()
        with pytest.raises((ImportFailed, BadResult), match=r"bad\.") as caught:
            brought(path)
        assert "Traceback" not in str(caught.value), name
        assert "\n" not in str(caught.value), name
        assert counts() == before, name


def ply(*, faces=((0, 1, 2),), vertices=((0, 0, 0), (1, 0, 0), (0, 1, 0)), order="<", column="vertex_indices"):
    word = {"<": "little", ">": "big"}[order]
    head = (
        f"ply\nformat binary_{word}_endian 1.0\ncomment made by hand\nelement vertex {len(vertices)}\n"
        "property float x\nproperty float y\nproperty float z\nproperty float s\nproperty float t\n"
        f"element face {len(faces)}\nproperty list uchar int {column}\nend_header\n"
    )
    rows = [struct.pack(f"{order}5f", *place, 0.5, 0.5) for place in vertices]
    rows += [struct.pack(f"{order}B{len(face)}i", len(face), *face) for face in faces]
    return head.encode() + b"".join(rows)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_ply_face_without_its_corners_does_not_end_blender(tmp_path, order):
    path = tmp_path / "m.ply"
    path.write_bytes(ply(order=order))
    assert brought(path).faces == 1
    for wrong in (3, 2**31 - 1, -1):
        path.write_bytes(ply(faces=((0, 1, 2), (0, 1, wrong)), order=order))
        with pytest.raises(BadResult, match=r"m\.ply is damaged: a face has a corner that is not there"):
            brought(path)


def test_a_ply_of_faces_with_different_numbers_of_corners_is_whole(tmp_path):
    path = tmp_path / "m.ply"
    square = ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0))
    path.write_bytes(ply(faces=((0, 1, 2, 3), (0, 1, 2)), vertices=square, column="vertex_index"))
    assert brought(path).vertices == 4


def test_points_without_faces_are_no_object(tmp_path):
    path = tmp_path / "points.ply"
    path.write_bytes(ply(faces=()))
    before = counts()
    with pytest.raises(ImportFailed, match=r"points\.ply holds points"):
        brought(path)
    assert counts() == before


def test_a_ply_whose_head_makes_no_sense_is_told(tmp_path):
    path = tmp_path / "m.ply"
    for old, new in ((b"element vertex 3", b"element vertex x"), (b"list uchar int", b"list what int")):
        path.write_bytes(ply().replace(old, new))
        with pytest.raises(BadResult, match="the head of the PLY cannot be read"):
            brought(path)
