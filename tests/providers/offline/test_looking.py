# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of every kind are looked at and repaired; what cannot be used is said."""

from pathlib import Path

import pytest
from PIL import Image

from img3d_addon.core.errors import BadInput, Cancelled
from img3d_addon.core.values import ImageLimits
from img3d_addon.providers.offline import looking

EXAMPLES = Path(__file__).parent.parent.parent.parent / "examples"
LIMITS = ImageLimits(max_side=256)


@pytest.fixture
def here(monkeypatch):
    """Work in this process: a child's start is tested once, and takes its time."""
    monkeypatch.setattr(looking, "asked", lambda *_given, **_more: (step for step in ()))


def nothing():
    pass


def look(path):
    return looking.look(path, check=nothing)


def mend(path, repair, target):
    return looking.mend(path, repair, target=target, limits=LIMITS, check=nothing)


def duck(path, *, side=256, of=256, at=(0, 0)):
    page = Image.new("RGB", (of, of), "white")
    with Image.open(EXAMPLES / "duck.png") as picture:
        page.paste(picture.convert("RGB").resize((side, side)), at)
    page.save(path)
    return path


def test_a_child_looks_and_cuts_out(tmp_path):
    path = duck(tmp_path / "duck.png")
    seen = look(path)
    assert (seen.width, seen.height, seen.format, seen.how) == (256, 256, "PNG", "plain")
    assert not seen.transparent and not seen.cut
    left, top, right, bottom = seen.box
    assert 0.1 < left < 0.2 and 0.1 < top < 0.25 and 0.85 < right < 0.95 and 0.8 < bottom < 0.95
    with Image.open(mend(path, "cut_out", tmp_path / "out" / "duck")) as made:
        assert made.mode == "RGBA" and made.size == (256, 256)
        assert made.getpixel((2, 2)) == (0, 0, 0, 0)
        assert made.getpixel((128, 180))[3] == 255
        edge = [pixel for pixel in zip(*[iter(made.tobytes())] * 4, strict=True) if 40 < pixel[3] < 215]
        assert edge, "the edge is hard"
        assert max(pixel[2] for pixel in edge) < 200, "white of the background is left in the edge"


def test_a_stop_ends_the_look(tmp_path):
    def stop():
        raise Cancelled("Cancelled")

    with pytest.raises(Cancelled):
        looking.look(duck(tmp_path / "duck.png"), check=stop)


def test_a_small_object_is_found_and_cropped_to(tmp_path, here):
    path = duck(tmp_path / "small.jpg", side=100, of=500, at=(350, 50))
    left, top, right, bottom = look(path).box
    assert 0.7 < left < right < 0.91 and 0.1 < top < bottom < 0.31
    with Image.open(mend(path, "crop", tmp_path / "small")) as made:
        assert made.width == made.height < 130


def test_alpha_tells_the_object(tmp_path, here):
    image = Image.new("RGBA", (400, 200), (0, 0, 0, 0))
    image.paste((10, 200, 30, 255), (100, 50, 200, 150))
    image.save(tmp_path / "a.png")
    seen = look(tmp_path / "a.png")
    assert seen.transparent and seen.how == "alpha"
    assert seen.box == (0.25, 0.25, 0.5, 0.75)


def save(path, image, **more):
    image.save(path, **more)
    return path


def ramp(mode):
    return Image.linear_gradient("L").resize((64, 48)).convert(mode)


@pytest.mark.parametrize(
    ("name", "image"),
    [
        ("deep.png", Image.frombytes("I;16", (64, 64), bytes(range(256)) * 32)),
        ("print.jpg", ramp("CMYK")),
        ("few.gif", ramp("P")),
        ("page.tif", ramp("RGB")),
        ("ink.png", ramp("L").convert("1")),
        ("lean.webp", ramp("RGBA")),
    ],
)
def test_every_kind_of_picture_is_looked_at_and_padded(tmp_path, here, name, image):
    path = save(tmp_path / name, image)
    before = path.read_bytes()
    seen = look(path)
    assert (seen.width, seen.height) == image.size
    with Image.open(mend(path, "pad", tmp_path / "out")) as made:
        assert made.width == made.height > max(image.size)
    assert path.read_bytes() == before, "the artist's file was changed"


def test_a_picture_on_its_side_is_seen_upright(tmp_path, here):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = save(tmp_path / "side.jpg", ramp("RGB"), exif=exif)
    assert (look(path).width, look(path).height) == (48, 64)


def test_a_huge_picture_is_shrunk_to_the_limits(tmp_path, here):
    path = save(tmp_path / "huge.png", ramp("RGB").resize((3000, 2000)))
    with Image.open(mend(path, "shrink", tmp_path / "out")) as made:
        assert max(made.size) == 256


def test_what_cannot_be_used_is_said(tmp_path, here):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n no more")
    tiny = save(tmp_path / "tiny.png", Image.new("RGB", (4, 4)))
    for path, words in ((broken, "damaged|no picture"), (tiny, "only 4 x 4"), (tmp_path / "none.png", "no picture")):
        with pytest.raises(BadInput, match=words):
            look(path)
    flat = save(tmp_path / "flat.png", Image.new("RGB", (64, 64), "white"))
    with pytest.raises(BadInput, match="one colour only"):
        look(flat)
    for repair in ("crop", "cut_out"):
        with pytest.raises(BadInput, match="No object"):
            mend(flat, repair, tmp_path / "out")
