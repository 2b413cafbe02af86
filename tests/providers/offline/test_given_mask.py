# SPDX-License-Identifier: GPL-3.0-or-later
"""A mask picture of the user: what it may look like, and what is said when it cannot be used."""

import numpy as np
import pytest
from PIL import Image

from img3d_addon.providers.offline.silhouette import NoObject
from img3d_addon.providers.offline.silhouette.mask import find_mask
from img3d_addon.providers.offline.silhouette.picture import open_picture

from .drawing import WHITE, Sheet

RED = (210, 50, 40)


@pytest.fixture
def picture(tmp_path):
    """A red disc with a white half, which no plain background could be told from."""
    return Sheet(page=WHITE).disc(120, 120, 80, RED).box(40, 120, 200, 200, WHITE).save(tmp_path / "picture.png")


def disc(mode="L", size=(240, 240)):
    """Return the true mask, in the sense of `mode`: white on black, or opaque."""
    alpha = Sheet().disc(120, 120, 80, (0, 0, 0, 255)).done().resize(size)
    return alpha if mode == "RGBA" else alpha.getchannel("A").convert(mode)


def found(picture, image):
    path = picture.with_name("mask.png")
    image.save(path)
    return find_mask(open_picture(picture, flat=True), background="mask", holes="auto", given=path)


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(240, 240), (120, 120), (1000, 1000)])
def test_white_or_what_is_opaque_is_the_object_at_any_size(picture, mode, size):
    mask = found(picture, disc(mode, size))
    assert (mask.method, mask.words) == ("mask", "mask picture")
    assert mask.inside.sum() == pytest.approx(np.pi * 80**2, rel=0.01)
    assert mask.inside[140:190, 90:150].all(), "the white half, too"


def test_hidden_colours_of_the_picture_do_not_matter(picture):
    """A picture with transparency is taken over white, and is not trimmed: the mask lies over all of it."""
    image = Image.open(picture).convert("RGBA")
    image.putalpha(Sheet().disc(90, 120, 30, (0, 0, 0, 255)).done().getchannel("A"))
    image.save(picture)
    mask = found(picture, disc())
    assert mask.inside.shape == (240, 240)
    assert mask.inside.sum() == pytest.approx(np.pi * 80**2, rel=0.01)


def refusal(picture, image):
    with pytest.raises(NoObject) as caught:
        found(picture, image)
    assert caught.value.advice
    return caught.value.message


def test_a_mask_that_cannot_be_used_is_told_what_is_wrong(picture):
    assert "(240 x 200 pixels) has another shape" in refusal(picture, disc().crop((0, 0, 240, 200)))
    assert "black or transparent everywhere" in refusal(picture, Image.new("L", (240, 240)))
    assert "black or transparent everywhere" in refusal(picture, Image.new("RGBA", (240, 240)))
    assert "white everywhere" in refusal(picture, Image.new("L", (240, 240), 255))
    line = Image.new("L", (240, 240))
    line.paste(255, (20, 100, 220, 102))
    assert "too thin" in refusal(picture, line)


def test_a_rounded_side_is_no_other_shape(picture):
    assert found(picture, disc(size=(333, 334))).inside.any()


def test_without_a_mask_it_is_said_that_there_is_none(picture):
    with pytest.raises(NoObject, match="No mask picture is given"):
        find_mask(open_picture(picture), background="mask", holes="auto")
