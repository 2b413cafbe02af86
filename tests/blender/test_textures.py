# SPDX-License-Identifier: GPL-3.0-or-later
"""Textures of an import: smaller, in full again, shared with an earlier import, or beside the .blend."""

import hashlib
import io
import zipfile

import bpy
import numpy as np
import pytest
from PIL import Image

from img3d_addon.blender import full_textures, importing, session
from img3d_addon.blender.full_textures import FULL, LIMITED
from img3d_addon.blender.importing.used import images_of
from img3d_addon.core.errors import BadInput
from img3d_addon.core.files.inside import pictures_inside

from .gltf_files import glb, sphere
from .meshes import empty_scene
from .test_importing import FACTS, brought, counts

PLACE, FACES = sphere()
UV = np.stack([PLACE[:, 0] * 0.5 + 0.5, PLACE[:, 1] * 0.5 + 0.5], -1)
MIMES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


@pytest.fixture(autouse=True)
def scene():
    empty_scene()


def picture(kind="PNG", size=(2048, 1024), *, shift=0):
    """Return the bytes of a picture of large soft shapes."""
    x, y = np.meshgrid(np.linspace(0, 6, size[0]), np.linspace(0, 6, size[1]))
    bands = [np.sin(x + shift), np.cos(y + shift), np.sin(x + y)]
    stream = io.BytesIO()
    Image.fromarray((127 + 120 * np.stack(bands, -1)).astype(np.uint8)).save(stream, kind)
    return stream.getvalue()


def ball(folder, *pictures, kind="PNG", name="ball.glb", **more):
    if kind == "WEBP":
        more |= {"extensionsUsed": ["EXT_texture_webp"], "extensionsRequired": ["EXT_texture_webp"]}
        more["textures"] = [{"extensions": {"EXT_texture_webp": {"source": 0}}}]
    images = tuple((data, MIMES[kind]) for data in pictures)
    return glb(folder / name, PLACE, FACES, uv=UV, images=images, **more)


def pixels(image):
    width, height = image.size
    values = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(values)
    return values.reshape(height, width, 4)


@pytest.mark.parametrize("kind", MIMES)
def test_a_limit_shrinks_and_keeps_format_and_look(tmp_path, kind):
    data = picture(kind)
    item = brought(ball(tmp_path, data, kind=kind), texture_limit=1024).root
    (image,) = images_of([item])
    assert tuple(image.size) == (1024, 512)
    assert (image.file_format, image.is_dirty) == (kind, False)
    assert image.packed_file.data != data
    assert (image[FULL], item[LIMITED]) == (hashlib.sha256(data).hexdigest(), 1024)
    expected = np.asarray(Image.open(io.BytesIO(data)).resize((1024, 512)), np.float32)[::-1] / 255
    assert np.abs(pixels(image)[..., :3] - expected).mean() < 0.01


def test_no_limit_and_a_small_texture_leave_every_byte(tmp_path):
    data = picture(size=(512, 256))
    for number, limit in enumerate(("full", 1024)):
        item = brought(ball(tmp_path, data), texture_limit=limit, reuse=False).root
        (image,) = images_of([item])
        assert image.packed_file.data == data, number
        assert FULL not in image
        assert not full_textures.has_small_textures(item)


class Known:
    """An engine that knows one job."""

    def __init__(self, path):
        self.path = path

    def job(self, job):
        assert job == FACTS.id
        return self


@pytest.fixture
def library(monkeypatch):
    def put(path):
        monkeypatch.setattr(session, "engine", lambda: Known(path))
        return path

    return put


@pytest.mark.parametrize("kind", MIMES)
def test_full_textures_come_back_from_the_library_byte_for_byte(tmp_path, library, kind):
    data = picture(kind)
    item = brought(library(ball(tmp_path, data, kind=kind)), texture_limit=1024).root
    assert full_textures.has_small_textures(item)
    assert full_textures.full_textures(item) == 1
    (image,) = images_of([item])
    assert tuple(image.size) == (2048, 1024)
    assert image.packed_file.data == data
    assert not full_textures.has_small_textures(item)
    with pytest.raises(BadInput, match="no textures that an import has shrunk"):
        full_textures.full_textures(item)


def test_textures_that_are_gone_from_the_library_are_one_sentence(tmp_path, library):
    path = library(ball(tmp_path, picture()))
    item = brought(path, texture_limit=1024).root
    ball(tmp_path, picture(shift=1))
    with pytest.raises(BadInput, match="not in the library.*Import the result again"):
        full_textures.full_textures(item)
    path.unlink()
    with pytest.raises(BadInput, match="not in the library"):
        full_textures.full_textures(item)
    assert full_textures.has_small_textures(item)


def test_the_operator_does_it_for_what_is_selected_in_one_step(tmp_path, library):
    item = brought(library(ball(tmp_path, picture())), texture_limit=1024).root
    full_textures.register()
    try:
        assert bpy.ops.img3d.full_textures.poll()
        assert bpy.ops.img3d.full_textures() == {"FINISHED"}
        assert tuple(images_of([item])[0].size) == (2048, 1024)
        assert not bpy.ops.img3d.full_textures.poll()
    finally:
        full_textures.unregister()


def test_pictures_beside_a_model_and_in_an_archive_are_found(tmp_path):
    data = picture(size=(64, 64))
    folder = tmp_path / "obj" / "maps"
    folder.mkdir(parents=True)
    (folder / "Skin.JPG").write_bytes(data)
    (folder.parent / "model.obj").write_bytes(b"v 0 0 0")
    assert list(pictures_inside(folder.parent / "model.obj", "obj")) == [data]
    (tmp_path / "usd").mkdir()
    with zipfile.ZipFile(tmp_path / "usd" / "model.usdz", "w") as archive:
        archive.writestr("model.usdc", b"PXR-USDC")
        archive.writestr("0/texture.png", data)
    assert list(pictures_inside(tmp_path / "usd" / "model.usdz", "usdz")) == [data]
    (tmp_path / "glb").mkdir()
    assert list(pictures_inside(ball(tmp_path / "glb", data), "glb")) == [data]


def test_an_import_of_the_same_file_shares_images_and_materials(tmp_path):
    path = ball(tmp_path, picture(size=(256, 256)))
    first = brought(path)
    before = counts()
    second = brought(path)
    assert second.root.data.materials[0] == first.root.data.materials[0]
    assert second.root.data != first.root.data
    after = counts()
    assert (after["images"], after["materials"]) == (before["images"], before["materials"])
    assert after["objects"] == before["objects"] + 1
    assert first.root.data.materials[0].users == second.root.data.materials[0].users
    apart = brought(path, reuse=False)
    assert apart.root.data.materials[0] != first.root.data.materials[0]


def test_the_same_image_in_another_material_is_shared_alone(tmp_path):
    data = picture(size=(256, 256))
    first = brought(ball(tmp_path, data)).root
    rough = {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "roughnessFactor": 0.25}}
    second = brought(ball(tmp_path, data, name="rough.glb", materials=[rough])).root
    assert first.data.materials[0] != second.data.materials[0]
    assert images_of([first]) == images_of([second])


def _painted(image, _material):
    image.pixels[0] = 0.5
    image.update()


def _repacked(image, _material):
    _painted(image, _material)
    image.pack()


def _other_space(image, _material):
    image.colorspace_settings.name = "Non-Color"


def _rougher(_image, material):
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Roughness"].default_value = 0.31


def _unlinked(_image, material):
    material.node_tree.links.remove(material.node_tree.links[0])


def _ramped(_image, material):
    material.node_tree.nodes.new("ShaderNodeValToRGB").color_ramp.elements[0].color = (1, 0, 0, 1)


def _culled(_image, material):
    material.use_backface_culling = not material.use_backface_culling


def _noted(_image, material):
    material["mine"] = 1


@pytest.mark.parametrize("edit", [_painted, _repacked, _other_space, _rougher, _unlinked, _ramped, _culled, _noted])
def test_what_the_user_has_edited_is_not_shared(tmp_path, edit):
    path = ball(tmp_path, picture(size=(64, 64)))
    first = brought(path).root
    material, (image,) = first.data.materials[0], images_of([first])
    edit(image, material)
    second = brought(path).root
    assert second.data.materials[0] != material
    assert (images_of([second]) == [image]) is (edit not in (_painted, _repacked, _other_space))


def test_a_new_name_or_place_in_the_editor_is_no_edit(tmp_path):
    path = ball(tmp_path, picture(size=(64, 64)))
    material = brought(path).root.data.materials[0]
    material.name = "Mine"
    material.node_tree.nodes[0].location = (500, 500)
    material.node_tree.nodes[0].select = True
    assert brought(path).root.data.materials[0] == material


def test_textures_go_beside_a_saved_file_and_are_never_overwritten(tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    path, data = ball(tmp_path, picture(size=(64, 64))), picture(size=(64, 64))
    (tmp_path / "textures").mkdir()
    item = brought(path, texture_files="beside").root
    (image,) = images_of([item])
    assert image.packed_file is None
    assert image.filepath.startswith("//textures/")
    file = tmp_path / "textures" / image.filepath.rpartition("/")[2]
    assert file.read_bytes() == data
    assert tuple(image.size) == (64, 64)
    other = ball(tmp_path, picture(size=(64, 64), shift=2), name="other.glb")
    brought(other, texture_files="beside", reuse=False)
    brought(path, texture_files="beside", reuse=False)
    assert file.read_bytes() == data
    assert len(list((tmp_path / "textures").iterdir())) == 2
    assert images_of([brought(path, texture_files="beside").root]) == [image]


def test_textures_of_a_file_that_was_never_saved_stay_packed_and_that_is_said(tmp_path):
    made = importing.import_result(
        bpy.context, ball(tmp_path, picture(size=(64, 64))), {"texture_files": "beside"}, FACTS
    )
    assert images_of([made.root])[0].packed_file
    (note,) = made.notes
    assert "never been saved" in note


def test_sharing_decodes_no_image(tmp_path):
    path = ball(tmp_path, picture())
    (image,) = images_of([brought(path).root])
    image.buffers_free()
    assert not image.has_data
    assert images_of([brought(path).root]) == [image]
    assert not image.has_data
