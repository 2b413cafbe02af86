# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives of services: nothing leaves the folder, nothing grows without end, the model is found."""

import io
import stat
import zipfile

import pytest

from img3d_addon.core.errors import BadResult, OutputError
from img3d_addon.core.files.unzip import unzip
from tests.servers.glb import archive, glb, obj, png


def unpack(tmp_path, data, **given):
    (tmp_path / "a.zip").write_bytes(data)
    return unzip(tmp_path / "a.zip", tmp_path / "out", **given)


def refused(tmp_path, data, match, **given):
    with pytest.raises(BadResult, match=match):
        unpack(tmp_path, data, **given)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip"], "nothing is left behind"


def test_an_obj_keeps_its_material_and_texture(tmp_path):
    path = unpack(tmp_path, archive())
    assert path == tmp_path / "out" / "out" / "model.obj"
    assert path.with_name("model.mtl").exists()
    assert path.with_name("texture.png").read_bytes() == png()


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["a.obj", "b.glb", "c.gltf"], "b.glb"),
        (["a.obj", "c.gltf"], "c.gltf"),
        (["a.stl", "a.obj"], "a.obj"),
        (["deep/er/a.ply", "a.txt"], "deep/er/a.ply"),
        (["__MACOSX/._b.glb", "b.glb"], "b.glb"),
    ],
)
def test_the_best_model_is_chosen(tmp_path, names, chosen):
    content = {
        "glb": glb(),
        "obj": obj(),
        "gltf": b'{"asset": {"version": "2.0"}}',
        "stl": bytes(80) + bytes(4),
        "ply": b"ply\n",
        "txt": b"v 0 0 0\n",
    }
    entries = {name: b"\0\5\x16\7" if "._" in name else content[name.rpartition(".")[2]] for name in names}
    assert unpack(tmp_path, archive(entries)) == tmp_path / "out" / chosen


@pytest.mark.parametrize(
    "name",
    [
        "../evil.glb",
        "a/../../evil.glb",
        "/evil.glb",
        "\\evil.glb",
        "a\\..\\..\\evil.glb",
        "C:\\evil.glb",
        "C:evil.glb",
        "//host/evil.glb",
    ],
)
def test_ways_out_are_refused(tmp_path, name):
    refused(tmp_path, archive({name: glb()}), "archive holds")


@pytest.mark.parametrize("name", ["con.glb", "a?.glb", "a\n.glb", "a.glb.", "a .glb ", "NUL", "x" * 201 + ".glb"])
def test_odd_names_are_refused(tmp_path, name):
    refused(tmp_path, archive({name: glb()}), "odd name")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(tmp_path, kind):
    entry = zipfile.ZipInfo("model.glb")
    entry.external_attr = (kind | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr(entry, "/etc/passwd")
    refused(tmp_path, buffer.getvalue(), "links")


def test_two_files_of_one_name_are_refused(tmp_path):
    refused(tmp_path, archive({"a/model.glb": glb(), "A/MODEL.glb": glb()}), "one name")


def test_an_encrypted_archive_is_refused(tmp_path):
    data = bytearray(archive({"model.glb": glb()}))
    central = data.rfind(b"PK\x01\x02")
    data[6] |= 1
    data[central + 8] |= 1
    refused(tmp_path, bytes(data), "encryption")


def test_too_many_entries_are_refused(tmp_path):
    refused(tmp_path, archive({f"{number}.glb": b"" for number in range(11)}), "more than 10", most_entries=10)


def test_too_many_bytes_are_refused(tmp_path):
    refused(
        tmp_path, archive({"a.obj": bytes(1 << 20), "b.obj": bytes(1 << 20)}), "more than 1 MiB", most_bytes=3 << 19
    )


def test_what_comes_out_counts_and_not_what_the_header_says(tmp_path):
    data = bytearray(archive({"model.glb": bytes(4 << 20)}))
    central = data.rfind(b"PK\x01\x02")
    for place in (22, central + 24):  # the unpacked size, in both headers
        data[place : place + 4] = (10).to_bytes(4, "little")
    with pytest.raises(BadResult):
        unpack(tmp_path, bytes(data), most_bytes=1 << 20)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (archive({}), "it holds nothing"),
        (archive({"readme.txt": b"hello", "folder/": b""}), "readme.txt"),
        (archive({"fake.glb": b"<html>"}), "fake.glb"),
        (archive()[:-40], "damaged"),
        (b"PK\x03\x04" + bytes(50), "damaged"),
    ],
)
def test_an_archive_without_a_model_is_a_bad_result(tmp_path, data, match):
    refused(tmp_path, data, match)


def test_damaged_content_is_a_bad_result(tmp_path):
    data = bytearray(archive({"model.glb": glb()}))
    data[100] ^= 0xFF
    refused(tmp_path, bytes(data), "damaged")


def test_a_folder_that_is_in_use_is_an_output_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "a.zip").write_bytes(archive())
    with pytest.raises(OutputError):
        unzip(tmp_path / "a.zip", tmp_path / "file" / "out")
