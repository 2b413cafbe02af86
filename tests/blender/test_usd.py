# SPDX-License-Identifier: GPL-3.0-or-later
"""USD in its three forms, as some services deliver it, becomes the same finished object."""

import bpy
import pytest
from mathutils import Matrix

from img3d_addon.blender import importing
from img3d_addon.blender.importing.geometry import bounds_of
from img3d_addon.core.errors import ImportFailed
from img3d_addon.core.files.sniff import kind_of
from tests.servers.usd import usda, usdz

from .meshes import empty_scene, projected_blob, textured
from .test_importing import FACTS, brought, counts, wedge

every_kind = pytest.mark.parametrize("kind", ["usda", "usdc", "usdz"])


@pytest.fixture(autouse=True)
def scene():
    empty_scene()


def written(folder, kind):
    path = folder / f"model.{kind}"
    bpy.ops.wm.usd_export(filepath=str(path))
    empty_scene()
    assert kind_of(path) == kind
    return path


@every_kind
def test_it_stands_on_the_cursor_with_a_clean_transform(tmp_path, kind):
    wedge(at=(7, 8, 9))
    path = written(tmp_path, kind)
    scene = bpy.context.scene
    scene.cursor.location = (3, 4, 5)
    frames = scene.frame_start, scene.frame_end
    result = brought(path, size=0)
    assert result.objects == (result.root,)
    assert result.root.matrix_basis == Matrix.Translation(result.root.location)
    box = bounds_of(result.objects)
    assert tuple(box.high - box.low) == pytest.approx((1, 2, 3), abs=1e-5)
    assert tuple(box.bottom_centre) == pytest.approx((3, 4, 5), abs=1e-5)
    assert (scene.frame_start, scene.frame_end) == frames
    assert [item.type for item in bpy.data.objects] == ["MESH"]


@every_kind
def test_its_texture_comes_packed_or_not_at_all(tmp_path, kind):
    textured(projected_blob(16), tmp_path)
    path = written(tmp_path, kind)
    before = counts()
    result = brought(path)
    (image,) = [image for image in bpy.data.images if image.source == "FILE"]
    assert image.packed_file
    assert result.root.data.uv_layers
    empty_scene()
    brought(path, texture=False)
    assert counts() == before | {"objects": 1, "meshes": 1, "collections": 1}


@pytest.mark.parametrize(("name", "data"), [("m.usda", usda()), ("m.usd", usda()), ("m.usdz", usdz())])
def test_what_services_send_is_imported_whatever_its_name_says(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    result = brought(path, size=0)
    assert (result.faces, result.vertices) == (12, 24)
    assert bounds_of(result.objects).longest == pytest.approx(1.0)


def test_a_damaged_one_is_one_sentence_and_leaves_nothing(tmp_path):
    path = tmp_path / "m.usdc"
    path.write_bytes(b"PXR-USDC" + bytes(200))
    before = counts()
    with pytest.raises(ImportFailed, match="m.usdc"):
        importing.import_result(bpy.context, path, {}, FACTS)
    assert counts() == before


def test_one_that_moves_needs_its_file_no_more(tmp_path):
    body = wedge()
    body.shape_key_add(name="Basis")
    tall = body.shape_key_add(name="Tall")
    for corner in tall.data:
        corner.co.z *= 2
    for frame in (1, 3):
        tall.value, body.rotation_euler = frame // 3, (0, 0, frame - 1)
        tall.keyframe_insert("value", frame=frame)
        body.keyframe_insert("rotation_euler", frame=frame)
    bpy.context.scene.frame_set(1)
    bpy.context.scene.frame_end = 3
    path = tmp_path / "model.usdc"
    bpy.ops.wm.usd_export(filepath=str(path), export_animation=True, export_shapekeys=False)
    empty_scene()
    result = brought(path, size=0)
    assert not bpy.data.cache_files
    assert not result.root.modifiers
    assert not result.root.constraints
    assert tuple(result.root.dimensions) == pytest.approx((1, 2, 3), abs=1e-4)


def test_curves_alone_leave_nothing(tmp_path):
    path = tmp_path / "model.usda"
    path.write_text(
        '#usda 1.0\ndef BasisCurves "C"\n{\n  int[] curveVertexCounts = [2]\n'
        "  point3f[] points = [(0, 0, 0), (1, 0, 0)]\n}\n"
    )
    with pytest.raises(ImportFailed, match="no mesh"):
        brought(path)
    assert not bpy.data.objects
    assert not bpy.data.hair_curves
    assert not bpy.data.curves
