# SPDX-License-Identifier: GPL-3.0-or-later
"""Photo-like pictures: rendered ones with their true masks, and drawn ones whose background is no page."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from img3d_addon.providers.offline.silhouette import Options, reconstruct
from img3d_addon.providers.offline.silhouette.mask import find_mask
from img3d_addon.providers.offline.silhouette.photo import photo_mask
from img3d_addon.providers.offline.silhouette.picture import open_picture

from .drawing import Sheet
from .surfaces import Glb, assert_solid

DATA = Path(__file__).parent / "data"
RED = (200, 40, 30)


def likeness(first, second):
    """Return the intersection over the union of two masks."""
    return (first & second).sum() / (first | second).sum()


def leaves(side=320, seed=2):
    """Return a blurred green and brown background, in which no colour is anywhere near red."""
    random = np.random.default_rng(seed)
    coarse = np.stack(
        [random.integers(40, 110, (20, 20)), random.integers(80, 170, (20, 20)), np.full((20, 20), 50)], -1
    )
    image = Image.fromarray(coarse.astype(np.uint8)).resize((side, side), Image.Resampling.BICUBIC)
    return image.filter(ImageFilter.GaussianBlur(3))


def apple(folder):
    """Save a red disc among leaves; return the path and the true mask."""
    page = leaves()
    shape = Sheet(320, 320).disc(160, 170, 80, (*RED, 255)).done()
    page.paste(shape, mask=shape.getchannel("A"))
    page.save(folder / "apple.png")
    return folder / "apple.png", np.asarray(shape)[..., 3] > 127


# the first two are among those by which the thresholds were chosen, the others are not
@pytest.mark.parametrize(("name", "least"), [("duck", 0.96), ("monkey", 0.93), ("mug", 0.91), ("trophy", 0.88)])
def test_rendered_pictures_come_near_to_their_true_masks(name, least):
    mask = find_mask(open_picture(DATA / f"{name}.jpg"), background="auto", holes="auto")
    truth = np.asarray(Image.open(DATA / f"{name}.png"))
    assert mask.method == "photo"
    assert likeness(mask.inside, truth) > least


def test_a_studio_whose_light_no_fit_follows_is_taken_for_a_photo():
    """A white floor and wall: fitted as a page, the lit floor and the shadow would belong to the mug."""
    mask = find_mask(open_picture(DATA / "studio.jpg"), background="auto", holes="auto")
    assert mask.method == "photo"
    assert likeness(mask.inside, np.asarray(Image.open(DATA / "studio.png"))) > 0.95


def cluttered_room(folder):
    """Save a red disc on a smooth wall, with blurred boxes of many colours along the frame; return path and truth."""
    room = Sheet(320, 320, page=(176, 180, 192))
    colours = [(90, 110, 170), (150, 100, 110), (60, 130, 130), (150, 140, 100), (200, 120, 100), (120, 150, 130)]
    for k, colour in enumerate(colours):
        x, y = k % 2 * 284, k // 2 * 90 + 8
        room.box(x, y, x + 36, y + 50, colour)
    page = room.done().convert("RGB").filter(ImageFilter.GaussianBlur(3))
    shape = Sheet(320, 320).disc(160, 170, 70, (*RED, 255)).done()
    page.paste(shape, mask=shape.getchannel("A"))
    page.save(folder / "room.png")
    return folder / "room.png", np.asarray(shape)[..., 3] > 127


def test_a_wall_with_many_things_along_the_frame_is_no_page(tmp_path):
    path, truth = cluttered_room(tmp_path)
    mask = find_mask(open_picture(path), background="auto", holes="auto")
    assert mask.method == "photo"
    assert likeness(mask.inside, truth) > 0.95


def test_blurred_boxes_beside_a_sharp_thing_are_not_taken_in():
    """Shrunk to the size at which the photo way judges, the boxes' edges are nearly as sharp as the thing's."""
    room = Sheet(512, 512, page=(176, 180, 192))
    for x, y, colour in [(20, 20, (90, 110, 170)), (400, 30, (60, 130, 130)), (20, 380, (150, 140, 100))]:
        room.box(x, y, x + 90, y + 90, colour)
    room.box(70, 200, 200, 310, (200, 120, 100)).box(290, 110, 400, 240, (150, 130, 90))
    page = room.done().convert("RGB").filter(ImageFilter.GaussianBlur(3))
    shape = Sheet(512, 512).disc(256, 270, 100, (*RED, 255)).done()
    page.paste(shape, mask=shape.getchannel("A"))
    found = photo_mask(np.asarray(page), holes="auto")
    assert likeness(found, np.asarray(shape)[..., 3] > 127) > 0.95


def test_one_thing_that_the_frame_cuts_off_stays_on_its_page(tmp_path):
    path = Sheet(320, 320, page=(255, 255, 255)).disc(160, 320, 120, RED).box(0, 260, 320, 320, RED)
    mask = find_mask(open_picture(path.save(tmp_path / "bust.png")), background="auto", holes="auto")
    assert mask.method == "plain"
    assert mask.inside[310, 4]


def test_a_thing_among_leaves(tmp_path):
    path, truth = apple(tmp_path)
    mask = find_mask(open_picture(path), background="auto", holes="auto")
    assert mask.method == "photo"
    assert likeness(mask.inside, truth) > 0.97
    assert np.abs(mask.alpha - truth).mean() < 0.01


def test_the_same_picture_gives_the_same_mask(tmp_path):
    colour = open_picture(apple(tmp_path)[0]).colour
    assert (photo_mask(colour, holes="auto") == photo_mask(colour, holes="auto")).all()


def test_windows_are_closed_or_left_open_as_wished(tmp_path):
    page = leaves()
    ring = Sheet(320, 320).disc(160, 160, 100, (*RED, 255)).disc(160, 160, 55, (0, 0, 0, 0)).done()
    page.paste(ring, mask=ring.getchannel("A"))
    colour = np.asarray(page)
    assert not photo_mask(colour, holes="auto")[150:170, 150:170].any()
    assert photo_mask(colour, holes="none")[150:170, 150:170].all()


def test_the_texture_has_nothing_of_the_background_at_the_outline(tmp_path):
    """All of the front chart is red: what shows leaves is filled from the inside."""
    path, _truth = apple(tmp_path)
    result = reconstruct(path, Options(faces=1000, texture_size=512, back="mirror"))
    picture = Glb(result.glb).picture().astype(int)
    assert (picture[..., 0] > picture[..., 1] + 60).all()
    assert result.facts["segmentation"] == "photo"


@pytest.mark.parametrize("name", ["duck", "trophy"])
def test_a_photo_becomes_a_solid(name):
    result = reconstruct(DATA / f"{name}.jpg", Options(faces=2000, texture_size=512))
    assert_solid(result.triangles, result.points)
