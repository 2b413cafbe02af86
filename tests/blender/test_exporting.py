# SPDX-License-Identifier: GPL-3.0-or-later
"""Files written from a scene: every kind, whole or not at all, textures inside."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path

import bpy
import pytest

from img3d_addon.blender import exporting
from img3d_addon.core.errors import OutputError

from .meshes import empty_scene, projected_blob, textured

pytestmark = pytest.mark.bpy

READERS = {
    "glb": lambda path: bpy.ops.import_scene.gltf(filepath=path),
    "gltf": lambda path: bpy.ops.import_scene.gltf(filepath=path),
    "obj": lambda path: bpy.ops.wm.obj_import(filepath=path),
    "fbx": lambda path: bpy.ops.import_scene.fbx(filepath=path),
    "stl": lambda path: bpy.ops.wm.stl_import(filepath=path),
    "ply": lambda path: bpy.ops.wm.ply_import(filepath=path),
    "usdz": lambda path: bpy.ops.wm.usd_import(filepath=path),
    "blend": lambda path: bpy.ops.wm.open_mainfile(filepath=path),
}


@pytest.fixture
def item(tmp_path):
    empty_scene()
    return textured(projected_blob(32), tmp_path)


def gltf_json(path: Path) -> dict:
    data = path.read_bytes()
    length = struct.unpack_from("<I", data, 12)[0]
    return json.loads(data[20 : 20 + length])


@pytest.mark.parametrize("kind", exporting.KINDS)
def test_each_kind_reads_back(item, tmp_path, kind):
    path = tmp_path / "new folder" / f"my bear.{kind}"
    width, _depth, height = item.dimensions
    exporting.write([item], path)
    beside = {"gltf": {"my bear.bin", "my bear_textures"}, "obj": {"my bear.mtl", "my bear_textures"}}
    assert {file.name for file in path.parent.iterdir()} == {path.name} | beside.get(kind, set())
    empty_scene()
    assert READERS[kind](str(path)) == {"FINISHED"}
    meshes = [found for found in bpy.data.objects if found.type == "MESH"]
    assert len(meshes) == 1
    corners = [meshes[0].matrix_world @ vertex.co for vertex in meshes[0].data.vertices]
    assert max(c.x for c in corners) - min(c.x for c in corners) == pytest.approx(width, rel=1e-3)
    assert max(c.z for c in corners) - min(c.z for c in corners) == pytest.approx(height, rel=1e-3)
    if kind not in ("stl", "ply"):
        images = [image for image in bpy.data.images if image.source == "FILE"]
        assert len(images) == 1
        assert tuple(images[0].size) == (64, 64)


def test_colours_of_corners_are_in_an_obj(item, tmp_path):
    colour = item.data.color_attributes.new("Col", "FLOAT_COLOR", "POINT")
    colour.data.foreach_set("color", [0.0, 1.0, 0.0, 1.0] * len(item.data.vertices))
    exporting.write([item], tmp_path / "a.obj")
    corners = [line for line in (tmp_path / "a.obj").read_text().splitlines() if line.startswith("v ")]
    assert all(line.split()[4:] == ["0.0000", "1.0000", "0.0000"] for line in corners)


def test_only_the_given_object_is_written(item, tmp_path):
    bpy.ops.mesh.primitive_cube_add()
    exporting.write([item], tmp_path / "a.glb")
    assert [node["name"] for node in gltf_json(tmp_path / "a.glb")["nodes"]] == ["blob"]


def test_custom_properties_become_extras(item, tmp_path):
    item["img3d_job"] = "j1"
    exporting.write([item], tmp_path / "a.glb")
    extras = gltf_json(tmp_path / "a.glb")["nodes"][0]["extras"]
    assert extras["img3d_job"] == "j1"
    assert extras["img3d_proj_u"] == pytest.approx([0.45, 0.25])


def test_modifiers_are_applied_in_meshes_and_live_in_blend(item, tmp_path):
    whole = exporting.count([item])[0]
    item.modifiers.new("Decimate", "DECIMATE").ratio = 0.25
    faces, vertices = exporting.count([item])
    assert 0 < faces < whole
    assert 0 < vertices < len(item.data.vertices)
    exporting.write([item], tmp_path / "a.glb")
    found = gltf_json(tmp_path / "a.glb")
    indices = found["accessors"][found["meshes"][0]["primitives"][0]["indices"]]["count"]
    assert indices < 0.6 * 3 * 2 * whole
    exporting.write([item], tmp_path / "a.blend")
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "a.blend"))
    assert [m.type for m in bpy.data.objects["blob"].modifiers] == ["DECIMATE"]


def test_a_blend_is_not_compressed_and_has_its_textures_packed(item, tmp_path):
    exporting.write([item], tmp_path / "a.blend")
    assert (tmp_path / "a.blend").read_bytes()[:7] == b"BLENDER"
    empty_scene()
    with bpy.data.libraries.load(str(tmp_path / "a.blend")) as (there, here):
        assert there.objects == ["blob"]
        here.images = there.images
    assert all(image.packed_file for image in here.images if image.source == "FILE")


def test_usdz_holds_its_texture(item, tmp_path):
    exporting.write([item], tmp_path / "a.usdz")
    names = zipfile.ZipFile(tmp_path / "a.usdz").namelist()
    assert any(name.endswith(".png") for name in names), names


def test_an_existing_file_is_replaced(item, tmp_path):
    (tmp_path / "a.stl").write_text("old")
    exporting.write([item], tmp_path / "a.stl")
    assert (tmp_path / "a.stl").stat().st_size > 1000


def test_a_failing_exporter_leaves_nothing(item, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.obj").write_text("old")

    def broken(path):
        path.write_text("half")
        raise RuntimeError("Error: disk on fire\n")

    monkeypatch.setitem(exporting._WRITERS, "obj", broken)
    with pytest.raises(OutputError, match="disk on fire"):
        exporting.write([item], folder / "a.obj")
    assert [file.name for file in folder.iterdir()] == ["a.obj"]
    assert (folder / "a.obj").read_text() == "old"


def test_an_unwritable_place_is_an_output_error(item, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        exporting.write([item], tmp_path / "file" / "a.glb")
