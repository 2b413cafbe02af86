# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives and OBJs as services send them, and glTF extensions that a Blender reads or does not."""

import io
import shutil
import zipfile
from pathlib import Path

import bpy
import pytest
from PIL import Image

from img3d_addon.blender import exporting
from img3d_addon.blender.importing.used import images_of
from img3d_addon.core.errors import ImportFailed
from img3d_addon.core.files.delivery import open_delivery
from img3d_addon.core.files.preflight import preflight, readable_by

from .gltf_files import glb, sphere
from .meshes import empty_scene, projected_blob, textured
from .test_importing import brought, counts
from .test_textures import ball, picture

TRIANGLES = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 0 1\nvt 0 0\nvt 1 0\nvt 1 1\nusemtl skin\nf 1/1 2/2 3/3\nf 1/1 2/2 4/3\n"


@pytest.fixture(autouse=True)
def scene():
    empty_scene()


def red():
    stream = io.BytesIO()
    Image.new("RGB", (4, 4), (255, 0, 0)).save(stream, "PNG")
    return stream.getvalue()


# What the OBJ calls its library, where that is, what the library calls the texture, where that is.
NAMED = {
    "plain": ("model.mtl", "model.mtl", "t.png", "t.png"),
    "case of the texture": ("m.mtl", "m.mtl", "T.PNG", "t.png"),
    "path of another computer": ("m.mtl", "m.mtl", r"C:\Users\ann\t.png", "t.png"),
    "backslashes": ("m.mtl", "m.mtl", r".\tex\t.png", "tex/t.png"),
    "in a folder unnamed": ("m.mtl", "m.mtl", "t.png", "textures/t.png"),
    "not in the folder named": ("m.mtl", "m.mtl", "maps/t.png", "t.png"),
    "another ending": ("m.mtl", "m.mtl", "t.jpg", "t.png"),
    "percent signs": ("m.mtl", "m.mtl", "my%20t.png", "my t.png"),
    "spaces": ("my model.mtl", "my model.mtl", "my t 1.png", "my t 1.png"),
    "case of the library": ("MODEL.MTL", "model.mtl", "t.png", "t.png"),
    "library of another computer": (r"C:\x\m.mtl", "m.mtl", "t.png", "t.png"),
    "library in a folder": ("m.mtl", "mat/m.mtl", "t.png", "mat/t.png"),
    "letters of all languages": ("mödel.mtl", "mödel.mtl", "tëx.png", "tëx.png"),
}


@pytest.mark.parametrize("case", NAMED)
def test_an_obj_in_an_archive_finds_its_material_and_texture(tmp_path, case):
    named, library, texture, file = NAMED[case]
    packed = tmp_path / "model.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("model/model.obj", f"mtllib {named}\n{TRIANGLES}")
        archive.writestr(f"model/{library}", f"newmtl skin\nKd 1 1 1\nmap_Kd {texture}\n")
        archive.writestr(f"model/{file}", red())
    path, _kind = open_delivery(packed, label="Vendor")
    before = sorted(tmp_path.rglob("*"))
    made = brought(path)
    (image,) = images_of([made.root])
    assert image.packed_file.data == red()
    assert tuple(image.size) == (4, 4)
    (link,) = (link for link in made.root.data.materials[0].node_tree.links if link.from_node.type == "TEX_IMAGE")
    assert link.to_socket.name == "Base Color"
    assert made.notes == ()
    assert sorted(tmp_path.rglob("*")) == before


def test_a_texture_that_was_not_delivered_is_said(tmp_path):
    (tmp_path / "m.obj").write_text(f"mtllib m.mtl\n{TRIANGLES}")
    (tmp_path / "m.mtl").write_text("newmtl skin\nmap_Kd gone.png\n")
    made = brought(tmp_path / "m.obj")
    assert made.notes == ("The file names textures that were not delivered: gone.png",)


def test_a_file_of_the_same_name_elsewhere_is_not_taken(tmp_path):
    (tmp_path / "t.png").write_bytes(red())
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "m.obj").write_text(f"mtllib m.mtl\n{TRIANGLES}")
    (folder / "m.mtl").write_text("newmtl skin\nmap_Kd T.png\n")
    assert brought(folder / "m.obj").notes


def _folder(folder: Path, kind: str) -> None:
    """Write a textured model of a kind, with what belongs to it, into the folder."""
    item = textured(projected_blob(16), folder)
    path = folder / f"model.{kind}"
    if kind == "usdc":
        bpy.ops.wm.usd_export(filepath=str(path))
    else:
        exporting.write([item], path)
    empty_scene()


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("kind", ["glb", "gltf", "obj", "stl", "ply", "fbx", "usdc", "usdz"])
def test_an_archive_of_every_kind_is_imported(tmp_path, kind, deep):
    source = tmp_path / "source"
    source.mkdir()
    _folder(source, kind)
    packed = tmp_path / "delivered"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in (file for file in source.rglob("*") if file.is_file()):
            archive.write(file, ("out/v1/" if deep else "") + str(file.relative_to(source)))
        archive.writestr("read me.txt", "Thank you")
    shutil.rmtree(source)
    path, _kind = open_delivery(packed, label="Vendor")
    made = brought(path)
    assert made.faces > 100
    assert made.root.type == "MESH"
    if kind not in ("stl", "ply"):
        (image,) = images_of([made.root])
        assert image.packed_file
    assert made.notes == ()


VERSION = bpy.app.version[:2]


@pytest.mark.parametrize(
    ("extension", "since"),
    [
        ("EXT_texture_webp", (4, 2)),
        ("KHR_mesh_quantization", (4, 2)),
        ("KHR_draco_mesh_compression", (4, 2)),
        ("EXT_meshopt_compression", (5, 2)),
        ("KHR_texture_basisu", None),
        ("EXT_structural_metadata", None),
    ],
)
def test_a_required_extension_is_refused_by_name_where_this_blender_does_not_read_it(tmp_path, extension, since):
    path = glb(tmp_path / "a.glb", *sphere(), extensionsUsed=[extension], extensionsRequired=[extension])
    readable = readable_by(bpy.app.version)
    if since and since <= VERSION:
        assert preflight(path, "glb", readable=readable).faces
        return
    before = counts()
    with pytest.raises(ImportFailed, match=f"{extension}, which this Blender cannot read.*another format"):
        brought(path)
    assert counts() == before


def test_a_webp_that_is_required_is_shown(tmp_path):
    made = brought(ball(tmp_path, picture("WEBP", (64, 64)), kind="WEBP"))
    (image,) = images_of([made.root])
    assert (image.file_format, tuple(image.size)) == ("WEBP", (64, 64))


def test_a_ktx2_with_another_picture_beside_it_shows_that(tmp_path):
    data = picture(size=(64, 64))
    textures = [{"source": 0, "extensions": {"KHR_texture_basisu": {"source": 1}}}]
    path = ball(tmp_path, data, b"\xabKTX 20\xbb\r\n\x1a\n", textures=textures, extensionsUsed=["KHR_texture_basisu"])
    (image,) = images_of([brought(path).root])
    assert image.packed_file.data == data
