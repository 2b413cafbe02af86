# SPDX-License-Identifier: GPL-3.0-or-later
"""A model is looked into before Blender's importer opens it."""

import json
import struct

import pytest

from img3d_addon.core.errors import BadResult, ImportFailed
from img3d_addon.core.files.preflight import Contents, preflight, readable_by
from tests.servers.glb import glb, obj, pack


def check(tmp_path, data, kind="glb", **given):
    path = tmp_path / f"model.{kind}"
    path.write_bytes(data)
    return preflight(path, kind, **given)


def test_it_tells_what_is_inside(tmp_path):
    assert check(tmp_path, glb(), readable=readable_by((4, 2, 0))) == Contents(faces=12, vertices=24, textures=1)


def test_other_kinds_are_not_looked_into(tmp_path):
    assert check(tmp_path, obj(), "obj") == Contents()


@pytest.mark.parametrize("length", [0, 3, 11, 19, 200, -1])
def test_a_part_of_a_file_is_refused(tmp_path, length):
    with pytest.raises(BadResult, match="cut short"):
        check(tmp_path, glb()[:length])


def test_bytes_after_the_end_do_no_harm(tmp_path):
    assert check(tmp_path, glb() + b"\0" * 9).faces == 12


def damaged(change):
    data = bytearray(glb())
    change(data)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        damaged(lambda data: data.__setitem__(slice(16, 20), b"TEXT")),
        damaged(lambda data: data.__setitem__(slice(12, 16), b"\xff\xff\xff\x7f")),
        damaged(lambda data: data.__setitem__(20, 0)),
        pack([]),
        pack({"asset": 1}),
        pack({"nothing": {}}),
        b"glTF" + struct.pack("<II", 2, 20) + struct.pack("<I", (64 << 20) + 4) + b"JSON",
    ],
)
def test_damage_is_a_bad_result(tmp_path, data):
    with pytest.raises(BadResult):
        check(tmp_path, data)


def test_an_extension_that_blender_cannot_read_is_named(tmp_path):
    data = glb(required=("KHR_mesh_quantization", "EXT_meshopt_compression", "KHR_texture_basisu"))
    with pytest.raises(ImportFailed, match="EXT_meshopt_compression, KHR_texture_basisu, which"):
        check(tmp_path, data, readable=readable_by((4, 5, 3)))
    with pytest.raises(ImportFailed, match="extension KHR_texture_basisu, which"):
        check(tmp_path, data, readable=readable_by((5, 2, 0)))
    assert check(tmp_path, data) == check(tmp_path, glb())  # without a list, none is refused


@pytest.mark.parametrize(
    "uri",
    [
        "../secret.png",
        "a/../../b.png",
        "%2e%2e/b.png",
        "/etc/passwd",
        "C:/b.png",
        "file:///etc/passwd",
        "http://a.invalid/b.png",
        "\\\\host\\b.png",
        "..\\b.png",
    ],
)
def test_files_outside_the_folder_are_refused(tmp_path, uri):
    with pytest.raises(ImportFailed, match="outside its own folder"):
        check(tmp_path, glb(image_uri=uri))
    text = json.dumps({"asset": {"version": "2.0"}, "buffers": [{"uri": uri, "byteLength": 1}]}).encode()
    with pytest.raises(ImportFailed, match="outside its own folder"):
        check(tmp_path, text, "gltf")


@pytest.mark.parametrize("uri", ["texture.png", "textures/a%20b.png", "data:image/png;base64,AAAA", "./a.png"])
def test_files_inside_the_folder_are_fine(tmp_path, uri):
    assert check(tmp_path, glb(image_uri=uri)).textures == 1


def test_a_link_that_leads_outside_is_refused(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.png").write_bytes(b"x")
    (tmp_path / "in" / "link.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(ImportFailed, match="outside its own folder"):
        check(tmp_path / "in", glb(image_uri="link.png"))


@pytest.mark.parametrize(
    "document",
    [
        {"asset": {}, "meshes": "x", "accessors": [1]},
        {"asset": {}, "meshes": [{"primitives": [{"attributes": {"POSITION": 9}, "indices": -1}]}]},
        {"asset": {}, "meshes": [None, {"primitives": [3]}], "images": [{"uri": 7}], "extensionsRequired": {}},
    ],
)
def test_nonsense_counts_as_nothing(tmp_path, document):
    assert check(tmp_path, pack(document)).faces == 0


def test_a_model_without_its_geometry_is_refused(tmp_path):
    buffers = {"asset": {"version": "2.0"}, "buffers": [{"byteLength": 600}]}
    for data in (b"", b"\0" * 596):
        with pytest.raises(BadResult, match=f"{len(data)} of 600 bytes of its geometry"):
            check(tmp_path, pack(buffers, data))
    assert check(tmp_path, pack(buffers, b"\0" * 600)) == Contents()


@pytest.mark.parametrize(
    "buffer",
    [{"byteLength": 9, "uri": "data:,"}, {"byteLength": 9, "extensions": {"EXT_meshopt_compression": {}}}, {}, "odd"],
)
def test_buffers_that_lie_elsewhere_are_not_looked_for_in_the_file(tmp_path, buffer):
    assert check(tmp_path, pack({"asset": {"version": "2.0"}, "buffers": [buffer]})) == Contents()
