# SPDX-License-Identifier: GPL-3.0-or-later
"""Reliefs: the plate, the details on it, and the light that they are read from."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from img3d_addon.providers.offline.silhouette.arrays import sample
from img3d_addon.providers.offline.silhouette.colour import oklab
from img3d_addon.providers.offline.silhouette.crop import Cuts
from img3d_addon.providers.offline.silhouette.detail import find_detail
from img3d_addon.providers.offline.silhouette.light import light_over
from img3d_addon.providers.offline.silhouette.subject import Subject

from .drawing import Sheet, disc_alpha
from .surfaces import made

SIDE, RADIUS = 480, 220


def stamped():
    """Return the true heights of a coin in pixels: a raised rim, a soft head, and two letters."""
    head = (
        Sheet(SIDE, SIDE)
        .disc(215, 190, 60, (255, 255, 255, 255))
        .polygon([(190, 230), (270, 230), (310, 350), (150, 350)], (255, 255, 255, 255))
    )
    words = Sheet(SIDE, SIDE).text("R       8", 60, (255, 255, 255, 255)).done().getchannel("A")
    heights = 14 * np.asarray(head.done().getchannel("A").filter(ImageFilter.GaussianBlur(8))) / 255.0
    heights += 5 * np.asarray(words.filter(ImageFilter.GaussianBlur(2))) / 255.0
    y, x = np.mgrid[0:SIDE, 0:SIDE] + 0.5 - SIDE / 2
    return heights + 6 * np.clip((np.hypot(x, y) - RADIUS + 24) / 6, 0, 1)


def lit(heights, angle, *, colour=(205, 165, 85)):
    """Return the picture of `heights` under a lamp at `angle` degrees: float (h, w, 3)."""
    down, right = np.gradient(heights)
    length = np.sqrt(1 + right**2 + down**2)
    turned = np.radians(angle)
    shade = (-0.75 * np.cos(turned) * right + 0.75 * np.sin(turned) * down + 0.66) / length
    return np.clip(np.array(colour) * (0.25 + 0.9 * np.clip(shade, 0, 1))[..., None], 0, 255)


def coin_of(angle):
    """Return the picture of the coin in OKLab, and its silhouette."""
    alpha = disc_alpha(SIDE, RADIUS)
    subject = Subject(alpha=alpha, inside=alpha > 0.5, cuts=Cuts(), sigma=0.75)
    return oklab(lit(stamped(), angle).astype(np.uint8)), subject


def ball_of(angle):
    alpha = disc_alpha(SIDE, RADIUS)
    y, x = np.mgrid[0:SIDE, 0:SIDE] + 0.5 - SIDE / 2
    heights = np.sqrt(np.maximum(RADIUS**2 - x * x - y * y, 1))
    subject = Subject(alpha=alpha, inside=alpha > 0.5, cuts=Cuts(), sigma=0.75)
    return oklab(lit(heights, angle).astype(np.uint8)), subject


def turned_by(first, second):
    return abs((first - second + 180) % 360 - 180)


@pytest.mark.parametrize("angle", [45, 75, 100, 135, 160])
@pytest.mark.parametrize("picture", [coin_of, ball_of])
def test_the_lamp_is_found(picture, angle):
    lab, subject = picture(angle)
    found, strength = light_over(lab[..., 0], subject)
    assert turned_by(found, angle) < 10
    assert strength > 0.25


def test_a_ball_may_be_lit_from_below():
    lab, subject = ball_of(290)
    assert turned_by(light_over(lab[..., 0], subject)[0], 290) < 10


def core_correlation(values, subject):
    """Correlate with the true relief where its details do not fade towards the edge."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] + 0.5 - SIDE / 2
    core = np.hypot(x, y) < 0.85 * RADIUS
    return float(np.corrcoef(values[core], stamped()[core])[0, 1])


@pytest.mark.parametrize("angle", [45, 90, 135, 160])
def test_shading_gives_the_relief_of_the_coin_back(angle):
    lab, subject = coin_of(angle)
    detail = find_detail(lab, subject, amount=0.5)
    assert detail.source == "shading"
    assert turned_by(detail.angle, angle) < 10
    assert core_correlation(detail.values, subject) > 0.6
    assert core_correlation(find_detail(lab, subject, amount=0.5, source="brightness").values, subject) < 0.4


def test_a_known_lamp_is_taken():
    lab, subject = coin_of(135)
    right = find_detail(lab, subject, amount=0.5, source="shading", angle=135.0)
    wrong = find_detail(lab, subject, amount=0.5, source="shading", angle=315.0)
    assert core_correlation(right.values, subject) > 0.6
    assert core_correlation(wrong.values, subject) < -0.6


def test_drawings_are_read_by_brightness_and_dark_lines_are_deep():
    alpha = disc_alpha(SIDE, RADIUS)
    sheet = Sheet(SIDE, SIDE, page=(240, 200, 60)).line([(140, 240), (340, 240)], 12, (30, 20, 20))
    lab = oklab(np.asarray(sheet.disc(240, 150, 30, (200, 40, 40)).done())[..., :3])
    subject = Subject(alpha=alpha, inside=alpha > 0.5, cuts=Cuts(), sigma=0.75)
    detail = find_detail(lab, subject, amount=0.5)
    assert detail.source == "brightness"
    assert detail.values[240, 240] < -0.5
    assert detail.values[350, 240] == pytest.approx(0, abs=0.2)
    assert np.abs(detail.values).max() <= 1.5
    assert (detail.values[~subject.inside] == 0).all()


def coin_file(path):
    image = Image.fromarray(lit(stamped(), 135).astype(np.uint8))
    image.putalpha(Image.fromarray((disc_alpha(SIDE, RADIUS) * 255).astype(np.uint8)))
    image.save(path)
    return path


def test_the_relief_of_a_coin_is_that_of_the_coin(tmp_path):
    result = made(coin_file(tmp_path / "coin.png"), mode="relief", faces=40_000)
    assert result.facts["detail_source"] == "shading"
    assert result.facts["light_angle"] == pytest.approx(135, abs=10)
    front = result.points[result.points[:, 2] > 0]
    x, y = front[:, 0] * 2 * RADIUS, -front[:, 1] * 2 * RADIUS
    core = np.hypot(x, y) < 0.85 * RADIUS
    truth = sample(stamped(), x[core] + SIDE / 2 - 0.5, y[core] + SIDE / 2 - 0.5)
    assert np.corrcoef(front[core, 2], truth)[0, 1] > 0.6


def test_the_plate_is_flat_and_as_thick_as_asked(tmp_path):
    path = Sheet().disc(120, 120, 100, (210, 50, 40, 255)).save(tmp_path / "a.png")
    thin, thick = (
        made(path, mode="relief", detail_source="off", **choice).points for choice in ({}, {"thickness": 20})
    )
    for points, share in ((thin, 0.04), (thick, 0.20)):
        assert points[:, 2].min() == pytest.approx(-share / 2, abs=1e-3)
        assert points[:, 2].max() == pytest.approx(share / 2 + 0.8 * 0.9 * 0.05, rel=0.1)
        assert (np.abs(points[points[:, 2] < -1e-6, 2] + share / 2) < 1e-3).all()


def test_details_on_an_inflated_body_are_on_its_front_alone(tmp_path):
    path = (
        Sheet(400, 400).disc(200, 200, 160, (220, 180, 60, 255)).line([(120, 200), (280, 200)], 14, (30, 20, 20, 255))
    )
    path = path.save(tmp_path / "a.png")
    smooth, rough = (made(path, faces=20_000, **choice).points for choice in ({}, {"detail_source": "brightness"}))
    for points, deep in ((smooth, False), (rough, True)):
        middle = np.abs(points[:, 0]) < 0.15
        line = middle & (np.abs(points[:, 1]) < 0.01)
        front, back = points[line & (points[:, 2] > 0), 2], -points[line & (points[:, 2] < 0), 2]
        assert bool(back.mean() - front.mean() > 0.005) is deep
