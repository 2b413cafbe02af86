# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding the object: transparent and plain surroundings, shadows, holes, and pictures without an object."""

import numpy as np
import pytest
from PIL import Image

from img3d_addon.providers.offline.silhouette import NoObject
from img3d_addon.providers.offline.silhouette.crop import find_cuts
from img3d_addon.providers.offline.silhouette.mask import find_mask
from img3d_addon.providers.offline.silhouette.picture import open_picture

from .drawing import WHITE, Sheet, soft_shadow

RED, BLUE, INK = (210, 50, 40), (30, 80, 190), (20, 16, 24)


def found(path, *, background="auto", holes="auto"):
    """Return the mask of a picture file."""
    return find_mask(open_picture(path), background=background, holes=holes)


def letters(page=WHITE):
    """Return a logo on a page: black letters with enclosed white."""
    return Sheet(320, 200, page=page).text("BOD", 120, (20, 20, 24))


def likeness(first, second):
    """Return the intersection over the union of two masks."""
    return (first & second).sum() / (first | second).sum()


def saved(image, folder):
    image.save(folder / "picture.png")
    return folder / "picture.png"


def test_alpha_is_used_as_it_is(tmp_path):
    sheet = Sheet().disc(120, 120, 80, (*RED, 255))
    mask = found(sheet.save(tmp_path / "a.png"))
    assert mask.method == "alpha"
    assert mask.inside.sum() == pytest.approx(np.pi * 80**2, rel=0.01)
    assert 0.01 < ((mask.alpha > 0.05) & (mask.alpha < 0.95)).mean() < 0.05, "soft edges stay soft"


def test_specks_are_dropped_and_pinholes_filled(tmp_path):
    sheet = Sheet().disc(120, 120, 80, (*RED, 255)).box(5, 5, 9, 9, (*RED, 255)).box(100, 100, 102, 102, (0, 0, 0, 0))
    mask = found(sheet.save(tmp_path / "a.png"))
    assert mask.inside.sum() == pytest.approx(np.pi * 80**2, rel=0.01)
    assert mask.facts["specks_removed"] is True


@pytest.mark.parametrize("page", [WHITE, (40, 44, 52), (70, 150, 90)])
def test_a_disc_on_a_plain_page(page, tmp_path):
    sheet = Sheet(page=page).disc(120, 120, 80, RED)
    mask = found(sheet.save(tmp_path / "a.png"))
    truth = np.asarray(Sheet().disc(120, 120, 80, (*RED, 255)).done())[..., 3] > 127
    assert mask.method == "plain"
    assert likeness(mask.inside, truth) > 0.985
    assert np.abs(mask.alpha.sum() - truth.sum()) < 0.01 * truth.sum()


def test_a_page_that_fades_and_a_little_noise_are_plain(tmp_path):
    y, x = np.mgrid[0:300, 0:300] / 300
    noise = np.random.default_rng(3).normal(0, 1.0, (300, 300, 3))
    page = np.stack([225 - 30 * x, 230 - 25 * y, 235 - 20 * (x + y)], -1) + noise
    image = Image.fromarray(page.clip(0, 255).astype(np.uint8))
    shape = Sheet(300, 300).polygon([(150, 40), (260, 250), (40, 250)], (*BLUE, 255)).done()
    image.paste(shape, mask=shape.getchannel("A"))
    truth = np.asarray(shape)[..., 3] > 127
    assert likeness(found(saved(image, tmp_path)).inside, truth) > 0.98


@pytest.mark.parametrize("side", [240, 600])
@pytest.mark.parametrize(("page", "grey"), [(225, 255), (255, 240), (255, 225), (255, 200), (128, 160)])
def test_a_grey_object_on_a_grey_page_is_no_shadow(page, grey, side, tmp_path):
    path = Sheet(side, side, page=(page,) * 3).disc(side / 2, side / 2, side / 3, (grey,) * 3).save(tmp_path / "a.png")
    mask = found(path)
    assert mask.method == "plain"
    assert mask.inside.sum() == pytest.approx(np.pi * (side / 3) ** 2, rel=0.02)


def mug():
    """Return a blue mug with a white stripe and a handle on a near-white page, and its true mask."""
    shape = Sheet(320, 320).disc(220, 160, 60, (*BLUE, 255)).disc(220, 160, 36, (0, 0, 0, 0))
    shape.box(90, 60, 220, 260, (*BLUE, 255)).box(90, 130, 220, 180, (222, 220, 214, 255))
    alpha = shape.done()
    return alpha, np.asarray(alpha)[..., 3] > 127


def test_a_cast_shadow_goes_and_a_pale_stripe_stays(tmp_path):
    shape, truth = mug()
    page = soft_shadow(Image.new("RGB", (320, 320), (250, 250, 250)), x=170, y=262, width=130, height=26)
    page.paste(shape, mask=shape.getchannel("A"))
    mask = found(saved(page, tmp_path))
    assert mask.facts["shadows"] >= 1
    assert mask.facts["holes"] == 1
    assert likeness(mask.inside, truth) > 0.97
    assert mask.inside[150:160, 100:200].all(), "the stripe"
    assert not mask.inside[160, 245], "the hole of the handle"
    assert not mask.inside[272, 60:80].any(), "the shadow beside the mug"


def face(page=WHITE):
    """Return a head with white eyes on a page."""
    sheet = Sheet(page=page).disc(120, 120, 90, (240, 170, 60))
    for x in (90, 150):
        sheet.disc(x, 100, 10, WHITE).disc(x, 100, 4, INK)
    return sheet


def test_white_eyes_on_a_white_page_are_no_holes_until_asked_for(tmp_path):
    path = face().save(tmp_path / "a.png")
    assert found(path).inside[100, 83]
    assert not found(path, holes="all").inside[100, 83]
    assert found(path, holes="none").facts["holes"] == 0


def test_enclosed_white_is_no_hole_in_a_cartoon_but_in_a_logo_it_is(tmp_path):
    cartoon = found(face().save(tmp_path / "a.png"))
    logo = found(letters().save(tmp_path / "b.png"))
    assert cartoon.facts["holes"] == 0
    assert logo.facts["holes"] == 4
    assert logo.words == "plain background, holes cut"


def test_large_eyes_with_pupils_on_a_white_page_are_no_holes(tmp_path):
    sheet = Sheet(page=WHITE).disc(120, 120, 90, (240, 170, 60))
    for x in (85, 155):
        sheet.disc(x, 100, 28, INK).disc(x, 100, 25, WHITE).disc(x + 4, 104, 8, INK)
    path = sheet.save(tmp_path / "a.png")
    assert found(path).facts["holes"] == 0
    assert found(path).inside[100, 65]
    assert not found(path, holes="all").inside[100, 65]


def test_a_white_patch_within_a_drawn_line_is_no_hole_but_one_without_is(tmp_path):
    sheet = Sheet(page=WHITE).disc(120, 120, 90, (240, 170, 60))
    drawn = found(sheet.disc(90, 100, 15, INK).disc(90, 100, 12, WHITE).save(tmp_path / "a.png"))
    bare = found(sheet.disc(150, 100, 12, WHITE).save(tmp_path / "b.png"))
    assert (drawn.facts["holes"], bare.facts["holes"]) == (0, 1)
    assert drawn.inside[100, 90]
    assert not bare.inside[100, 150]


def test_a_small_hole_onto_a_dark_page_is_open(tmp_path):
    path = Sheet(page=INK).disc(120, 120, 90, (240, 170, 60)).disc(90, 100, 12, INK).save(tmp_path / "a.png")
    assert found(path).facts["holes"] == 1


def test_an_emblem_within_a_ring_leaves_the_ring_open(tmp_path):
    sheet = Sheet(page=WHITE).disc(120, 120, 100, BLUE).disc(120, 120, 75, WHITE)
    mask = found(sheet.polygon([(120, 70), (70, 150), (170, 150)], RED).save(tmp_path / "a.png"))
    assert mask.facts["holes"] == 1
    assert not mask.inside[120, 60]
    assert mask.inside[120, 120]


def test_small_windows_onto_a_coloured_page_are_holes(tmp_path):
    green = (70, 150, 90)
    path = Sheet(page=green).disc(120, 120, 90, RED).disc(120, 70, 7, green).save(tmp_path / "a.png")
    assert not found(path).inside[70, 120]
    assert found(path, holes="none").inside[70, 120]


def test_line_art_on_a_white_page_is_a_whole(tmp_path):
    path = (
        Sheet(page=WHITE)
        .disc(120, 120, 90, INK)
        .disc(120, 120, 82, WHITE)
        .disc(100, 100, 8, INK)
        .save(tmp_path / "a.png")
    )
    mask = found(path)
    assert mask.facts["holes"] == 0
    assert mask.inside[120, 120]


def test_hairlines_are_taken_off_and_it_is_said(tmp_path):
    path = Sheet(page=WHITE).disc(120, 120, 60, RED).line([(10, 20), (230, 24)], 1, INK).save(tmp_path / "a.png")
    mask = found(path)
    assert mask.facts["hairlines_removed"] is True
    assert not mask.inside[15:30].any()


def refusal(path, **choice):
    with pytest.raises(NoObject) as caught:
        found(path, **choice)
    assert caught.value.advice
    return caught.value.message


def test_pictures_in_which_nothing_can_be(tmp_path):
    pixel = saved(Image.new("RGB", (1, 1), RED), tmp_path)
    assert "1 x 1" in refusal(pixel)
    clear = saved(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), tmp_path)
    assert "transparent" in refusal(clear)
    plain = saved(Image.new("RGB", (64, 64), RED), tmp_path)
    assert "one colour" in refusal(plain)
    opaque = saved(Image.new("RGBA", (64, 64), (*RED, 255)), tmp_path)
    assert "one colour" in refusal(opaque)


def test_only_hairlines_are_too_thin(tmp_path):
    assert "too thin: nothing of it is four pixels wide" in refusal(
        Sheet(page=WHITE).line([(10, 20), (230, 200)], 1, INK).save(tmp_path / "a.png")
    )


def test_alpha_that_is_asked_for_must_be_there(tmp_path):
    assert "no transparent background" in refusal(face().save(tmp_path / "a.png"), background="alpha")


def test_a_veil_is_no_cutout_and_is_seen_over_white(tmp_path):
    """An alpha channel that is nowhere below one half, as screenshots of windows have it."""
    image = Sheet(page=WHITE).disc(120, 120, 80, RED).done()
    image.putalpha(200)
    assert found(saved(image, tmp_path)).method == "plain"


def test_a_cutout_can_be_taken_for_an_object_on_white(tmp_path):
    """The colours hidden under full transparency, black here, are not looked at."""
    sheet = Sheet().disc(120, 120, 110, (*INK, 255))  # so large that nothing is trimmed
    mask = found(sheet.save(tmp_path / "a.png"), background="plain")
    truth = np.asarray(sheet.done())[..., 3] / 255
    assert np.abs(mask.alpha - truth).max() < 0.1


def test_nothing_on_a_page_is_no_object(tmp_path):
    y, x = np.mgrid[0:200, 0:200] / 200
    page = Image.fromarray(np.stack([200 + 20 * x, 210 + 0 * x, 200 + 20 * y], -1).astype(np.uint8))
    page.putpixel((100, 100), INK)
    assert "No object was found" in refusal(saved(page, tmp_path))


def test_the_whole_picture_can_be_taken(tmp_path):
    mask = found(face().save(tmp_path / "a.png"), background="none")
    assert mask.inside.all()
    assert (mask.method, mask.words) == ("none", "whole picture")
    assert list(find_cuts(mask.inside)) == [], "four sides at the frame are no cut"


def test_it_is_said_what_was_found_and_taken_off(tmp_path):
    shape, _truth = mug()
    page = soft_shadow(Image.new("RGB", (320, 320), (250, 250, 250)), x=170, y=262, width=130, height=26)
    page.paste(shape, mask=shape.getchannel("A"))
    assert found(saved(page, tmp_path)).words.startswith("plain background, shadow removed, holes cut")
    path = Sheet(page=WHITE).disc(120, 120, 60, RED).line([(10, 20), (230, 24)], 1, INK).save(tmp_path / "b.png")
    assert found(path).words == "plain background, hairlines removed"
    assert found(face(None).save(tmp_path / "c.png")).words == "transparent background"


def test_a_trimmed_sprite_is_whole_and_a_bust_is_cut(tmp_path):
    shape = Sheet().disc(120, 120, 119, (*RED, 255), height=80).done()
    trimmed = shape.crop(shape.getbbox())
    assert list(find_cuts(found(saved(trimmed, tmp_path)).inside)) == []
    bust = Sheet(page=WHITE).disc(120, 100, 50, RED).disc(120, 240, 90, BLUE).done()
    assert list(find_cuts(found(saved(bust, tmp_path)).inside)) == ["bottom"]
