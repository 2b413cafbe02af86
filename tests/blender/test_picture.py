# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of the .blend become files, and the artist's datablocks stay as they were."""

import bpy
import pytest
from PIL import Image as Pillow

from img3d_addon.blender import saving
from img3d_addon.blender.picture import missing, name_of, picture_file, take
from img3d_addon.core.errors import BadInput, OutputError

from .meshes import empty_scene

STATE = ("source", "filepath_raw", "file_format", "is_dirty", "name", "alpha_mode", "type")


@pytest.fixture(autouse=True)
def scene():
    empty_scene()
    return bpy.context.scene


@pytest.fixture
def disk(tmp_path):
    path = tmp_path / "chair.png"
    Pillow.new("RGBA", (8, 4), (200, 100, 50, 128)).save(path)
    return path


def state(image):
    return {name: getattr(image, name) for name in STATE} | {"packed": bool(image.packed_file)}


def sees(path, expected, at=(0, 0)):
    with Pillow.open(path) as picture:
        found = picture.convert("RGBA").getpixel(at)
    return all(abs(a - b) <= 1 for a, b in zip(found, expected, strict=True))


def test_a_file_picture_is_its_own_file(scene, disk, tmp_path):
    image = bpy.data.images.load(str(disk))
    assert picture_file(image, scene, tmp_path / "out") == disk
    assert not (tmp_path / "out").exists()
    assert name_of(image) == "chair"


@pytest.mark.parametrize(
    ("given", "name"),
    [("a.b.PNG", "a.b"), ("duck.png.001", "duck"), ("old.tiff", "old"), ("v1.5", "v1.5"), ("duck.001", "duck.001")],
)
def test_the_object_is_named_without_the_suffix_of_a_file(given, name):
    assert name_of(bpy.data.images.new(given, 1, 1)) == name


def test_a_packed_picture_is_written_byte_for_byte(scene, disk, tmp_path):
    image = bpy.data.images.load(str(disk))
    image.pack()
    content = disk.read_bytes()
    disk.unlink()
    before = state(image)
    assert picture_file(image, scene, tmp_path / "out").read_bytes() == content
    assert state(image) == before


def test_painting_is_sent_and_not_lost(scene, disk, tmp_path):
    image = bpy.data.images.load(str(disk))
    image.pixels[0:4] = (0.0, 1.0, 0.0, 1.0)  # lower left
    image.update()
    assert image.is_dirty
    before = state(image)
    made = picture_file(image, scene, tmp_path / "out")
    assert made != disk
    assert sees(made, (0, 255, 0, 255), at=(0, 3))
    assert state(image) == before
    assert [one.name for one in bpy.data.images if one.source != "VIEWER"] == [image.name]


@pytest.mark.parametrize("float_buffer", [False, True])
def test_a_generated_picture_stays_generated(scene, tmp_path, float_buffer):
    image = bpy.data.images.new("sketch", 8, 8, alpha=True, float_buffer=float_buffer)
    image.generated_color = (1.0, 0.0, 0.0, 1.0)
    before = state(image)
    assert sees(picture_file(image, scene, tmp_path / "out"), (255, 0, 0, 255))
    assert state(image) == before


def test_a_linear_picture_is_sent_as_it_looks(scene, tmp_path):
    path = tmp_path / "light.exr"
    made = bpy.data.images.new("light", 4, 4, float_buffer=True)
    made.pixels = [0.2158605, 0.2158605, 0.2158605, 1.0] * 16  # linear light of sRGB 128
    scene.render.image_settings.file_format = "OPEN_EXR"
    made.save_render(str(path))
    bpy.data.images.remove(made)
    image = bpy.data.images.load(str(path))
    assert image.pixels[0] == pytest.approx(0.2158, abs=0.001)
    assert sees(picture_file(image, scene, tmp_path / "out"), (128, 128, 128, 255))


SPACES = ["sRGB", "Non-Color", "Linear Rec.709", "Filmic sRGB"]


@pytest.mark.parametrize("alpha_mode", ["STRAIGHT", "CHANNEL_PACKED"])
@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("float_buffer", [False, True], ids=["bytes", "floats"])
def test_what_is_sent_is_what_blender_itself_saves(tmp_path, scene, float_buffer, space, alpha_mode):
    image = bpy.data.images.new("sketch", 16, 8, alpha=True, float_buffer=float_buffer)
    image.colorspace_settings.name = space
    image.alpha_mode = alpha_mode
    image.pixels = [(0.0, 0.1, 0.3, 0.6, 0.9, 1.0, 1.2)[(7 * index) // 5 % 7] for index in range(512)]
    image.update()
    before = state(image)
    made = take(image, scene, tmp_path)
    assert state(image) == before
    assert [one.name for one in bpy.data.images if one.source != "VIEWER"] == [image.name]
    if space != "Filmic sRGB":
        assert made.pixels is not None, "Blender's own save is for what has no simple rule"
        assert made.path.read_bytes() == b"", "only the name is taken until somebody wants the file"
    expected = tmp_path / "expected.png"
    image.file_format = "PNG"
    image.save(filepath=str(expected))
    with Pillow.open(made.file()) as ours, Pillow.open(expected) as blenders:
        assert (ours.mode, ours.size) == (blenders.mode, blenders.size) == ("RGBA", (16, 8))
        pairs = zip(ours.tobytes(), blenders.tobytes(), strict=True)
        assert max(abs(one - other) for one, other in pairs) <= 1


@pytest.mark.parametrize("simple", [True, False])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "I;16"])
def test_painted_files_of_every_kind_keep_their_colours(tmp_path, scene, monkeypatch, mode, simple):
    if not simple:
        monkeypatch.setattr(saving, "RULES", ())
    path = tmp_path / "a.png"
    ramp = Pillow.linear_gradient("L").resize((16, 8))
    (Pillow.frombytes("I;16", (4, 4), b"\x00\x80" * 16) if mode == "I;16" else ramp.convert(mode)).save(path)
    image = bpy.data.images.load(str(path))
    image.pixels[0:4] = (0.0, 1.0, 0.0, 1.0)[: image.channels]
    image.update()
    made = take(image, scene, tmp_path / "out")
    assert (made.pixels is not None) == simple
    sent = made.file()
    if mode == "I;16":
        assert sees(sent, (128, 128, 128, 255), at=(3, 0))
        return
    assert sees(sent, (0, 255, 0, 255), at=(0, 7))
    assert sees(sent, (*[ramp.getpixel((5, 5))] * 3, 255), at=(5, 5))


def test_two_pictures_of_one_name_get_two_files(scene, tmp_path):
    image = bpy.data.images.new("sketch", 4, 4)
    first = picture_file(image, scene, tmp_path)
    assert picture_file(image, scene, tmp_path) != first


def test_a_folder_that_cannot_be_written_is_said(scene, tmp_path):
    image = bpy.data.images.new("sketch", 8, 8)
    (tmp_path / "taken").write_text("a file, and no folder")
    with pytest.raises(OutputError, match="sketch could not be written"):
        take(image, scene, tmp_path / "taken" / "img3d")


def test_what_is_missing_is_named(scene, disk, tmp_path):
    assert missing(None) == "Choose a picture first"
    with pytest.raises(BadInput, match="Choose a picture"):
        picture_file(None, scene, tmp_path)
    image = bpy.data.images.load(str(disk))
    disk.unlink()
    with pytest.raises(BadInput, match="not there"):
        picture_file(image, scene, tmp_path)
    image.source = "MOVIE"
    assert "movie" in missing(image)


def test_a_render_is_saved_through_the_view_transform_and_the_settings_return(scene, tmp_path):
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.render.resolution_x = scene.render.resolution_y = 16
    scene.camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(scene.camera)
    scene.render.film_transparent = True
    scene.render.image_settings.file_format = "JPEG"
    result = bpy.data.images.get("Render Result")
    if result is not None:
        with pytest.raises(BadInput, match="Render first"):
            picture_file(result, scene, tmp_path)
    bpy.ops.render.render()
    result = bpy.data.images["Render Result"]
    made = picture_file(result, scene, tmp_path)
    with Pillow.open(made) as picture:
        assert picture.format == "PNG"
        assert picture.size == (16, 16)
    assert scene.render.image_settings.file_format == "JPEG"
