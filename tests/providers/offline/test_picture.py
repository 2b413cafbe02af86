# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening pictures: pixel art keeps its hard pixels, whether or not it was enlarged before; others their sizes."""

import numpy as np
import pytest
from PIL import Image

from img3d_addon.providers.offline.silhouette.mask import find_mask
from img3d_addon.providers.offline.silhouette.picture import open_picture

from .drawing import WHITE, Sheet

RED = (210, 50, 40)


def sprite(side):
    """Return a red sprite with a ragged edge, uint8 (side, side, 4)."""
    small = np.zeros((side, side, 4), np.uint8)
    small[3:-3, 3:-3] = (*RED, 255)
    small[3:-3:2, 3] = 0
    small[side // 2, 4:-4, 2] = np.arange(side - 8) * 5 % 200
    return small


def saved(pixels, folder):
    Image.fromarray(pixels).save(folder / "picture.png")
    return folder / "picture.png"


@pytest.mark.parametrize("side", [16, 40, 96])
@pytest.mark.parametrize("before", [1, 2, 7])
def test_pixel_art_is_enlarged_by_whole_numbers_and_keeps_every_pixel(tmp_path, side, before):
    small = sprite(side)
    source = open_picture(saved(small.repeat(before, 0).repeat(before, 1), tmp_path))
    times = int(source.texel)
    assert source.texel == times
    assert 400 <= side * times <= 640
    assert (np.asarray(source.full) == small.repeat(times, 0).repeat(times, 1)).all()
    mask = find_mask(source, background="auto", holes="auto")
    assert (mask.inside == (small[..., 3] > 0).repeat(times, 0).repeat(times, 1)).all()


def test_boxes_and_smooth_edges_are_no_pixel_art(tmp_path):
    boxes = Sheet(page=WHITE).box(40, 40, 200, 200, RED).save(tmp_path / "a.png")
    disc = Sheet(page=WHITE).disc(120, 120, 80, RED).save(tmp_path / "b.png")
    large = saved(sprite(200).repeat(2, 0).repeat(2, 1), tmp_path)
    assert [open_picture(path).texel for path in (boxes, disc, large)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("size", "analysed"), [((640, 300), (640, 300)), ((1280, 640), (640, 320)), ((99, 700), (91, 640))]
)
def test_other_pictures_are_shrunk_to_be_analysed_only(tmp_path, size, analysed):
    noise = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3)).astype(np.uint8)
    source = open_picture(saved(noise, tmp_path))
    assert source.full.size == size
    assert source.colour.shape == (analysed[1], analysed[0], 3)
    assert source.scale == (size[0] / analysed[0], size[1] / analysed[1])
