# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever picture a user has: prepared within the limits, or refused in one sentence before anything is sent."""

import hashlib
import logging
import os
import struct
import sys
import zlib

import pytest
from PIL import Image, ImageCms

from img3d_addon.core.errors import BadInput, OutputError
from img3d_addon.core.files.images import inspect, prepare, prepare_beside
from img3d_addon.core.values import ImageLimits

LIMITS = ImageLimits(min_side=640, max_pixels=4_194_304, max_bytes=19 << 19)


def drawing(mode="RGB", size=(300, 200)):
    """Return dark at the top left, bright at the bottom right."""
    across, down = Image.linear_gradient("L").rotate(90).resize(size), Image.linear_gradient("L").resize(size)
    image = Image.merge("RGB", (across, down, Image.new("L", size, 90)))
    if mode == "RGBA":
        image.putalpha(Image.radial_gradient("L").resize(size).point(lambda value: 255 if value < 128 else 0))
        return image
    return image.convert(mode)


def noise(size, bands=3):
    return Image.merge("RGBA"[:bands] if bands > 1 else "L", [Image.effect_noise(size, 90) for _ in range(bands)])


def save(tmp_path, image, name="picture.png", **options):
    path = tmp_path / name
    image.save(path, **options)
    return path


def make(tmp_path, source, limits=LIMITS):
    """Return the prepared picture and its loaded image, after checking what holds for every one."""
    picture = prepare(source, limits, folder=tmp_path / "job")
    data = picture.path.read_bytes()
    assert [path.name for path in (tmp_path / "job").iterdir()] == [picture.path.name]
    assert (picture.size, picture.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    with Image.open(picture.path) as image:
        image.load()
        assert f"image/{image.format.lower()}" == picture.mime
        assert (image.size, image.mode) == ((picture.width, picture.height), "RGBA" if picture.has_alpha else "RGB")
        assert not set(image.info) & {"exif", "icc_profile", "comment", "xmp", "XML:com.adobe.xmp", "Software"}
        assert not dict(image.getexif())
        return picture, image.copy()


def refused(tmp_path, source, match, limits=LIMITS):
    with pytest.raises(BadInput, match=match) as caught:
        prepare(source, limits, folder=tmp_path / "job")
    assert not (tmp_path / "job").exists(), "nothing is half-written"
    return str(caught.value)


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "bmp", "tiff", "tga", "gif", "ppm"])
def test_every_common_format_is_read(tmp_path, kind):
    picture, image = make(tmp_path, save(tmp_path, drawing(), f"Stuhl.{kind}"))
    assert (picture.name, picture.path.name, image.size) == ("Stuhl", "input.png", (960, 640))


def test_the_name_does_not_matter_only_the_content(tmp_path):
    picture, _image = make(tmp_path, save(tmp_path, drawing(), "picture.txt", format="JPEG"))
    assert picture.mime == "image/png"


@pytest.mark.parametrize("mode", ["L", "CMYK", "P", "YCbCr", "LAB", "1"])
def test_every_mode_becomes_rgb(tmp_path, mode):
    name = {"CMYK": "a.jpg", "YCbCr": "a.jpg", "LAB": "a.tif"}.get(mode, "a.png")
    _picture, image = make(tmp_path, save(tmp_path, drawing(mode), name))
    assert sum(image.getpixel((10, 10))) < sum(image.getpixel((950, 630)))


@pytest.mark.parametrize(("mode", "top"), [("I;16", 65535), ("I", 65535), ("F", 1.0), ("F", 3000.0)])
def test_deep_pictures_keep_their_whole_range(tmp_path, mode, top):
    deep = Image.linear_gradient("L").convert("F").point(lambda value: value * (top / 255) + 0)
    deep = deep if mode == "F" else deep.convert("I")
    if mode == "I;16":
        data = struct.pack(f"<{256 * 256}H", *(int(deep.getpixel((x, y))) for y in range(256) for x in range(256)))
        deep = Image.frombytes("I;16", (256, 256), data)
    _picture, image = make(tmp_path, save(tmp_path, deep, "a.png" if mode == "I;16" else "a.tif"))
    assert [band.getextrema() for band in image.split()] == [(0, 255)] * 3
    middle = image.getpixel((320, 320))[0]
    assert 120 <= middle <= 136


def test_alpha_is_kept_and_its_hidden_colours_do_not_bleed(tmp_path):
    image = Image.new("RGBA", (100, 100), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 50, 100))
    image.putpixel((0, 0), (0, 255, 255, 255))
    picture, done = make(tmp_path, save(tmp_path, image))
    assert picture.has_alpha
    edge = [done.getpixel((x, 300)) for x in range(done.width)]
    assert {pixel[0] for pixel in edge if pixel[3] > 8} <= set(range(20)), "no red shines through"


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_transparency_of_each_kind_is_alpha(tmp_path, mode):
    assert make(tmp_path, save(tmp_path, drawing("RGBA").convert(mode)))[0].has_alpha


@pytest.mark.parametrize("mode", ["P", "L", "RGB"])
def test_a_transparent_colour_is_alpha(tmp_path, mode):
    image = Image.new("L", (100, 100), 10)
    image.paste(200, (20, 20, 60, 60))
    image = image.convert(mode)
    clear = image.getpixel((0, 0))
    picture, done = make(tmp_path, save(tmp_path, image, transparency=clear))
    assert picture.has_alpha
    assert done.getpixel((1, 1))[3] == 0
    assert done.getpixel((250, 250))[3] == 255


def test_alpha_that_is_opaque_everywhere_is_none(tmp_path):
    image = drawing()
    image.putalpha(255)
    assert not make(tmp_path, save(tmp_path, image))[0].has_alpha


@pytest.mark.parametrize("orientation", range(2, 9))
def test_the_camera_orientation_is_applied_and_its_place_forgotten(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "camera"
    exif.get_ifd(0x8825)[1] = "N"
    upright = drawing()
    turned = upright
    for step in {  # how a camera that was held so stores the picture
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }[orientation]:
        turned = turned.transpose(step)
    source = save(tmp_path, turned, "a.jpg", exif=exif, quality=95)
    facts = inspect(source)
    assert (facts.width, facts.height) == (300, 200)
    picture, image = make(tmp_path, source)
    assert image.size == (960, 640)
    assert max(image.getpixel((5, 5))[:2]) < 30
    assert min(image.getpixel((950, 5))[0], image.getpixel((5, 630))[1]) > 200
    assert b"camera" not in picture.path.read_bytes()


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_damaged_exif_is_ignored(tmp_path):
    source = save(tmp_path, drawing(), "a.jpg", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert make(tmp_path, source)[1].size == (960, 640)


def test_a_colour_profile_is_applied(tmp_path):
    # a profile whose red and blue are exchanged shows that it is used
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    table = {profile[132 + 12 * number : 136 + 12 * number]: 132 + 12 * number for number in range(profile[131])}
    data = bytearray(profile.replace(b"s\0R\0G\0B", b"t\0e\0s\0t").replace(b"\0s\0R\0G\0B", b"\0t\0e\0s\0t"))
    data[table[b"rXYZ"] : table[b"rXYZ"] + 4], data[table[b"bXYZ"] : table[b"bXYZ"] + 4] = b"bXYZ", b"rXYZ"
    image = Image.new("RGB", (100, 100), (250, 0, 0))
    image.paste((0, 0, 0), (0, 0, 50, 100))
    _picture, done = make(tmp_path, save(tmp_path, image, icc_profile=bytes(data)))
    red, _green, blue = done.getpixel((600, 300))
    assert blue > 200
    assert red < 60


def test_a_broken_colour_profile_does_no_harm(tmp_path):
    assert make(tmp_path, save(tmp_path, drawing(), icc_profile=b"nonsense"))[1].size == (960, 640)


def test_of_an_animation_the_first_picture_is_used_and_said(tmp_path, caplog):
    first, second = drawing().convert("P"), drawing().rotate(180).convert("P")
    source = save(tmp_path, first, "a.gif", save_all=True, append_images=[second])
    assert inspect(source).animated
    with caplog.at_level(logging.WARNING):
        _picture, image = make(tmp_path, source)
    assert "a.gif is animated" in caplog.text
    assert sum(image.getpixel((5, 5))) < sum(image.getpixel((950, 630)))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width, height):
    """Return a PNG that says it is large, of a few bytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("limit", ["Pillow's", None])
@pytest.mark.parametrize("side", [9_460, 30_000])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_bomb_is_refused_from_its_header(tmp_path, monkeypatch, limit, side):
    if limit is None:  # some other add-on took the limit away
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda _self: pytest.fail("decoded"))
    (tmp_path / "bomb.png").write_bytes(bomb(side, side))
    refused(tmp_path, tmp_path / "bomb.png", "bomb.png has .* pixels; more than 89 million are not opened")
    with pytest.raises(BadInput, match="89 million"):
        inspect(tmp_path / "bomb.png")


def test_files_that_are_no_picture_are_refused(tmp_path):
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "drawing.eps").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n")
    for name, match in {
        "none.png": "no picture",
        "text.png": "no picture that can be read",
        "empty.png": "is empty",
        "folder.png": "is a folder",
        "drawing.eps": "no picture that can be read",
    }.items():
        assert name in refused(tmp_path, tmp_path / name, match)
        with pytest.raises(BadInput, match=match):
            inspect(tmp_path / name)


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "gif", "tiff", "bmp"])
def test_a_file_that_is_cut_short_is_refused(tmp_path, kind):
    source = save(tmp_path, noise((200, 200)), f"a.{kind}")
    data = source.read_bytes()
    for part in (0.9, 0.5, 0.1):
        source.write_bytes(data[: int(len(data) * part)])
        refused(tmp_path, source, "damaged|cut short|no picture")


def test_damage_in_the_middle_is_refused(tmp_path):
    source = save(tmp_path, noise((200, 200)))
    data = bytearray(source.read_bytes())
    data[len(data) // 2] ^= 0xFF
    source.write_bytes(data)
    refused(tmp_path, source, "damaged")


@pytest.mark.parametrize("size", [(1, 1), (15, 400), (400, 15)])
def test_a_picture_of_hardly_any_pixels_is_refused(tmp_path, size):
    refused(tmp_path, save(tmp_path, noise(size)), f"only {size[0]} x {size[1]} pixels")


def test_a_picture_with_nothing_in_it_is_refused(tmp_path):
    refused(tmp_path, save(tmp_path, Image.new("RGB", (99, 99), "teal"), "a.jpg"), "one colour only")
    refused(tmp_path, save(tmp_path, Image.new("RGBA", (99, 99), (9, 9, 9, 128))), "one colour only")
    clear = drawing("RGBA")
    clear.putalpha(0)
    refused(tmp_path, save(tmp_path, clear), "wholly transparent")


def test_a_silhouette_of_one_colour_has_something_in_it(tmp_path):
    image = Image.new("RGBA", (100, 100), (9, 9, 9, 0))
    image.paste((9, 9, 9, 255), (20, 20, 80, 80))
    assert make(tmp_path, save(tmp_path, image))[0].has_alpha


@pytest.mark.parametrize("size", [(640, 640), (2048, 2048), (1000, 800)])
def test_a_picture_within_the_limits_keeps_every_pixel(tmp_path, size):
    source = save(tmp_path, drawing(size=size))
    _picture, image = make(tmp_path, source)
    with Image.open(source) as original:
        assert image.tobytes() == original.tobytes()


@pytest.mark.parametrize("size", [(6000, 4000), (3000, 1000), (1000, 3000), (64, 64), (100, 1000), (16, 4000)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_every_size_and_shape_ends_within_the_limits(tmp_path, size, mode):
    _picture, image = make(tmp_path, save(tmp_path, drawing(mode, size)))
    assert min(image.size) >= 640
    assert image.width * image.height <= 4_194_304
    if mode == "RGBA" and size in ((16, 4000),):
        assert image.getpixel((0, image.height // 2))[3] == 0, "added space is transparent"


def test_added_space_has_the_colour_of_the_edge(tmp_path):
    image = Image.new("RGB", (100, 400), (250, 240, 230))
    image.paste((10, 10, 10), (30, 100, 70, 300))
    limits = ImageLimits(min_aspect=0.5, max_aspect=2.0)
    _picture, done = make(tmp_path, save(tmp_path, image), limits)
    assert done.size == (200, 400)
    assert done.getpixel((2, 200)) == (250, 240, 230)
    assert done.getpixel((100, 200)) == (10, 10, 10)


@pytest.mark.parametrize(("bands", "kind"), [(3, "image/jpeg"), (4, "image/webp")])
def test_too_many_bytes_are_packed_tighter(tmp_path, bands, kind):
    limits = ImageLimits(max_bytes=550_000)
    picture, image = make(tmp_path, save(tmp_path, noise((500, 500), bands)), limits)
    assert (picture.mime, picture.has_alpha) == (kind, bands == 4)
    assert picture.size <= 550_000
    assert image.size == (500, 500)


@pytest.mark.parametrize("bands", [3, 4])
def test_where_packing_does_not_suffice_the_picture_shrinks(tmp_path, bands):
    limits = ImageLimits(max_bytes=60_000, formats=("png",))
    picture, image = make(tmp_path, save(tmp_path, noise((500, 500), bands)), limits)
    assert picture.mime == "image/png"
    assert picture.size <= 60_000
    assert image.width > 60


def test_limits_that_cannot_be_met_are_said(tmp_path):
    limits = ImageLimits(max_bytes=5_000, min_side=640, formats=("png",))
    refused(tmp_path, save(tmp_path, noise((700, 700))), "cannot be made small enough", limits)


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError):
        prepare(save(tmp_path, drawing()), LIMITS, folder=tmp_path / "file" / "job")


def test_the_header_tells_the_facts(tmp_path, monkeypatch):
    source = save(tmp_path, drawing("RGBA"))
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda _self: pytest.fail("decoded"))
    facts = inspect(source)
    assert (facts.width, facts.height, facts.format, facts.has_alpha) == (300, 200, "PNG", True)
    assert (facts.size, facts.animated) == (source.stat().st_size, False)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_what_is_no_file_is_told_without_opening_it(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "loop.png").symlink_to("loop.png")
    (tmp_path / "gone.png").symlink_to("nowhere")
    (tmp_path / "none.png").touch()
    cases = {
        "pipe.png": "a device or a pipe",
        "loop.png": "cannot be read",
        "gone.png": "There is no picture",
        "none.png": "is empty",
        ".": "is a folder",
        "nul\0.png": "There is no picture",
        "x" * 300 + ".png": "cannot be read",
        "none.png/a.png": "There is no picture",
    }
    for name, words in cases.items():
        for work in (inspect, lambda path: prepare(path, LIMITS, folder=tmp_path / "out")):
            with pytest.raises(BadInput, match=words):
                work(tmp_path / name)


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_picture_beside_the_main_one_lies_over_it(tmp_path, orientation):
    """Two files of one camera: both are turned and shrunk alike, whatever is in them."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    limits = ImageLimits(formats=("jpeg",), max_side=150, max_bytes=4_000)
    main = prepare(save(tmp_path, drawing(), exif=exif), ImageLimits(max_side=150), folder=tmp_path / "job")
    beside = tmp_path / "job" / "mask.png"
    prepare_beside(save(tmp_path, Image.new("1", (300, 200), 1), "mask.png", exif=exif), limits, path=beside)
    with Image.open(beside) as image:
        assert (image.format, image.size) == ("PNG", (main.width, main.height))
        assert image.getpixel((0, 0)) == (255, 255, 255)
