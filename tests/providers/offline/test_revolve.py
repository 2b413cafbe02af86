# SPDX-License-Identifier: GPL-3.0-or-later
"""Turned bodies: the axis, the profile, the lathe and the handles beside it."""

import numpy as np
import pytest

from img3d_addon.providers.offline.silhouette.lathe import turned
from img3d_addon.providers.offline.silhouette.profile import Profile, find_profile

from .drawing import WHITE, Sheet, disc_alpha
from .surfaces import assert_solid, euler, made, volume

BLUE, RED = (30, 80, 190), (210, 50, 40)


def upright(points):
    return points * [1, -1, 1]


@pytest.mark.parametrize("shift", [0.0, 0.3, 0.5, 0.8])
def test_the_axis_is_found_to_a_part_of_a_pixel(shift):
    y, x = np.mgrid[0:200, 0:200] + 0.5
    alpha = np.clip(60 + 20 * np.sin(y / 20) - np.abs(x - 100 - shift) + 0.5, 0, 1)
    alpha[:20] = alpha[180:] = 0
    profile = find_profile(alpha.astype(np.float32), alpha > 0.5)
    assert profile.axis == pytest.approx(100 + shift, abs=0.05)
    assert (profile.y[0], profile.y[-1]) == pytest.approx((20, 180), abs=0.5)
    assert np.abs(profile.radius - 60 - 20 * np.sin(profile.y / 20))[3:-3].max() < 0.35


def test_a_disc_becomes_a_ball():
    radius = 150.0
    alpha = disc_alpha(340, radius)
    solid = turned(find_profile(alpha, alpha > 0.5), faces=20_000)
    points = upright(solid.points) - [170, -170, 0]
    assert_solid(solid.triangles, points)
    assert np.abs(np.linalg.norm(points, axis=1) - radius).max() < 0.6
    assert volume(solid.triangles, points) == pytest.approx(4 / 3 * np.pi * radius**3, rel=0.01)
    assert len(solid.triangles) == pytest.approx(20_000, rel=0.08)


def test_a_back_that_is_flat_is_a_quarter_as_deep():
    profile = Profile(axis=50.0, y=np.array([0.0, 40.0, 80.0]), radius=np.array([20.0, 30.0, 20.0]))
    points = upright(turned(profile, faces=2000, squash=0.25).points)
    assert points[:, 2].max() == pytest.approx(30, rel=0.01)
    assert points[:, 2].min() == pytest.approx(-7.5, rel=0.01)


def test_the_ends_of_a_jar_are_flat_and_hard():
    profile = Profile(axis=50.0, y=np.array([0.0, 40.0, 80.0]), radius=np.array([20.0, 30.0, 20.0]))
    solid = turned(profile, faces=2000)
    ends = upright(solid.points)[solid.triangles[solid.group > 0]]
    assert set(ends[..., 1].ravel()) == {0, -80}
    assert np.ptp(ends[..., 0]) == pytest.approx(40)


@pytest.mark.parametrize("page", [None, WHITE], ids=["alpha", "white page"])
def test_a_mug_keeps_its_handle(page, tmp_path):
    alpha = () if page else (255,)
    sheet = Sheet(400, 300, page=page).disc(280, 150, 70, (*RED, *alpha)).disc(280, 150, 45, page or (0, 0, 0, 0))
    path = sheet.box(60, 40, 260, 260, (*BLUE, *alpha)).save(tmp_path / "mug.png")
    result = made(path, mode="revolve", faces=20_000)
    assert euler(result.triangles, result.points) == 4, "the body and the handle, two closed shells"
    assert len(result.triangles) == pytest.approx(20_000, rel=0.08)
    width, height, depth = np.ptp(result.points, axis=0)
    assert (width / height, depth / height) == pytest.approx((290 / 220, 200 / 220), abs=0.02)
    handle = result.points[result.points[:, 0] > result.points[:, 0].max() - 0.03]
    assert 0.02 < np.ptp(handle[:, 2]) < 0.2, "a round bar"
    joint = np.abs(result.points[:, 0] - result.points[:, 0].max() + 92 / 290) < 0.02  # where the body ends
    bar = joint & (np.abs(result.points[:, 1]) < 0.4) & (np.abs(result.points[:, 2]) < 0.12)
    assert np.ptp(result.points[bar, 2]) > 0.06, "it meets the body without a neck"


def test_a_handle_and_a_spout_at_one_height_leave_the_body_round(tmp_path):
    sheet = Sheet(500, 300).disc(350, 150, 80, (*RED, 255)).disc(350, 150, 50, (0, 0, 0, 0))
    sheet = sheet.line([(40, 60), (120, 220), (160, 220)], 34, (*RED, 255)).box(150, 40, 340, 260, (*BLUE, 255))
    picture = sheet.done()
    alpha = np.asarray(picture)[..., 3] / 255.0
    profile = find_profile(alpha.astype(np.float32), alpha > 0.5)
    assert np.abs(profile.radius[5:-5] - 95).max() < 2.5
    picture.save(tmp_path / "pot.png")
    result = made(tmp_path / "pot.png", mode="revolve", faces=20_000)
    assert euler(result.triangles, result.points) == 6, "the body, the handle and the spout"
    assert 0.85 * 20_000 < len(result.triangles) <= 1.08 * 20_000


def test_few_faces_are_kept_to_with_a_handle(tmp_path):
    sheet = (
        Sheet(400, 300)
        .disc(280, 150, 70, (*RED, 255))
        .disc(280, 150, 45, (0, 0, 0, 0))
        .box(60, 40, 260, 260, (*BLUE, 255))
    )
    result = made(sheet.save(tmp_path / "mug.png"), mode="revolve", faces=6000)
    assert 0.85 * 6000 < len(result.triangles) <= 1.08 * 6000


def test_small_differences_of_both_sides_are_no_handle(tmp_path):
    sheet = Sheet().box(60, 40, 180, 200, (*BLUE, 255)).box(58, 100, 60, 140, (*BLUE, 255))
    result = made(sheet.save(tmp_path / "a.png"), mode="revolve")
    assert euler(result.triangles, result.points) == 2


def test_a_foot_whose_sides_differ_a_little_belongs_to_the_body(tmp_path):
    sheet = Sheet(400, 400).polygon([(115, 40), (285, 40), (270, 150), (200, 210), (130, 150)], (*RED, 255))
    picture = sheet.box(189, 180, 211, 360, (*RED, 255)).disc(202, 345, 75, (*RED, 255), height=20).done()
    alpha = (np.asarray(picture)[..., 3] / 255.0).astype(np.float32)
    profile = find_profile(alpha, alpha > 0.5)
    assert profile.at(np.array([345.0]))[0] == pytest.approx(74, abs=2)
    picture.save(tmp_path / "a.png")
    result = made(tmp_path / "a.png", mode="revolve")
    assert euler(result.triangles, result.points) == 2, "one body"


@pytest.mark.parametrize(("width", "parts"), [(9, 1), (50, 2)], ids=["strip", "spout"])
def test_a_part_beside_the_body_stands_off(width, parts, tmp_path):
    sheet = Sheet(300, 280).box(60, 20, 180, 260, (*BLUE, 255)).box(180, 90, 180 + width, 170, (*BLUE, 255))
    result = made(sheet.save(tmp_path / "a.png"), mode="revolve")
    assert euler(result.triangles, result.points) == 2 * parts


def test_what_both_sides_share_in_the_mean_is_turned_without_rings():
    y, x = np.mgrid[0:200, 0:200] + 0.5
    edge = np.where(x < 100, 60 + 0.9 * np.sin(y / 3), 60 - 0.9 * np.sin(y / 3))
    alpha = np.clip(edge - np.abs(x - 100) + 0.5, 0, 1).astype(np.float32)
    alpha[:20] = alpha[180:] = 0
    assert np.abs(find_profile(alpha, alpha > 0.5).radius[8:-8] - 60).max() < 0.2
