# SPDX-License-Identifier: GPL-3.0-or-later
"""The solids: their measures, their holes, and that they are closed, whatever the silhouette."""

import numpy as np
import pytest
from PIL import Image

from img3d_addon.providers.offline.silhouette.crop import Cuts
from img3d_addon.providers.offline.silhouette.inflate import inflated
from img3d_addon.providers.offline.silhouette.subject import Subject

from .drawing import WHITE, Sheet, disc_alpha
from .surfaces import Glb, assert_solid, euler, made, volume

BLUE, RED, INK = (30, 80, 190), (210, 50, 40), (20, 16, 24)


def inflated_disc(radius, *, depth=1.0, faces=20_000, flat_back=False):
    alpha = disc_alpha(2 * int(radius) + 40, radius)
    subject = Subject(alpha=alpha, inside=alpha > 0.5, cuts=Cuts(), sigma=0.75)
    *_, solid = inflated(subject, depth=depth, faces=faces, flat_back=flat_back)
    centre = [alpha.shape[1] / 2, alpha.shape[0] / 2, 0]
    return solid, (solid.points - centre) * [1, -1, 1]  # y upwards, as in the file


def test_a_disc_becomes_a_ball():
    radius = 200.0
    solid, points = inflated_disc(radius)
    assert_solid(solid.triangles, points)
    off = np.abs(np.linalg.norm(points, axis=1) - radius)
    inner = np.hypot(points[:, 0], points[:, 1]) < 0.9 * radius
    assert off[inner].max() < 0.001 * radius
    assert off.max() < 0.5
    assert volume(solid.triangles, points) == pytest.approx(4 / 3 * np.pi * radius**3, rel=0.01)


def test_depth_scales_the_height_and_a_flat_back_is_a_quarter_as_deep():
    radius = 120.0
    solid, points = inflated_disc(radius, depth=0.5, faces=5000, flat_back=True)
    assert points[:, 2].max() == pytest.approx(0.5 * radius, rel=0.01)
    assert points[:, 2].min() == pytest.approx(-0.125 * radius, rel=0.01)
    assert volume(solid.triangles, points) == pytest.approx(2 / 3 * np.pi * radius**3 * 0.625, rel=0.02)


@pytest.mark.parametrize("faces", [1000, 5000, 30_000])
def test_the_number_of_faces_is_kept_and_the_size_does_not_depend_on_it(faces):
    solid, points = inflated_disc(150.0, faces=faces)
    assert len(solid.triangles) == pytest.approx(faces, rel=0.15)
    assert np.ptp(points[:, 0]) == pytest.approx(300, abs=0.5 if faces > 1000 else 2)


def test_a_few_faces_of_a_simple_shape_are_within_the_budget():
    solid, _points = inflated_disc(200.0, faces=20_000)
    assert 0.85 * 20_000 < len(solid.triangles) <= 1.08 * 20_000


def test_few_faces_do_not_cost_letters_their_strokes(tmp_path):
    path = Sheet(600, 160).text("BOARD 8", 110, (*BLUE, 255)).save(tmp_path / "a.png")
    whole, coarse = made(path, faces=20_000), made(path, faces=500)
    assert euler(coarse.triangles, coarse.points) == euler(whole.triangles, whole.points) == 2 * 6 - 2 * 8
    assert len(coarse.triangles) < 0.5 * len(whole.triangles)


def test_the_box_of_the_model_is_the_box_of_the_silhouette(tmp_path):
    shape = Sheet(400, 300).disc(100, 150, 60, (*BLUE, 255)).disc(250, 150, 100, (*RED, 255), height=40)
    result = made(shape.save(tmp_path / "a.png"), faces=20_000)
    longest = np.ptp(result.points, axis=0).max()
    width, height = np.ptp(result.points[:, 0]) / longest, np.ptp(result.points[:, 1]) / longest
    assert longest == pytest.approx(1)
    assert width == pytest.approx(1)
    assert height * 310 == pytest.approx(120, abs=0.5)


def test_it_is_centred_and_looks_along_plus_z(tmp_path):
    result = made(Sheet().disc(80, 100, 60, (*RED, 255)).save(tmp_path / "a.png"))
    glb = Glb(result.glb)
    assert np.abs(glb.points.max(0) + glb.points.min(0)).max() < 1e-6
    assert (np.abs(np.linalg.norm(glb.normals, axis=1) - 1) < 1e-5).all()
    front = glb.points[:, 2] > 0.3
    assert (glb.normals[front, 2] > 0.5).all()


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (lambda s: s.disc(120, 120, 90, (*RED, 255)), 2),
        (lambda s: s.disc(120, 120, 90, (*RED, 255)).disc(120, 120, 40, (0, 0, 0, 0)), 0),
        (lambda s: s.text("8", 220, (*BLUE, 255)), -2),
        (lambda s: s.text("B", 220, (*BLUE, 255)), -2),
        (lambda s: s.text("i", 220, (*BLUE, 255)), 4),
        (lambda s: s.disc(60, 60, 40, (*RED, 255)).disc(170, 170, 50, (*RED, 255)), 4),
    ],
    ids=["disc", "ring", "8", "B", "i", "two"],
)
@pytest.mark.parametrize("page", [None, WHITE], ids=["alpha", "white page"])
def test_holes_and_parts_are_those_of_the_drawing(draw, expected, page, tmp_path):
    sheet = Sheet(page=page)
    if page:  # what is cut out of a page shows the page
        whole = draw(Sheet()).done()
        picture = Image.new("RGB", whole.size, page)
        picture.paste(whole, mask=whole.getchannel("A"))
        picture.save(tmp_path / "a.png")
    else:
        draw(sheet).save(tmp_path / "a.png")
    result = made(tmp_path / "a.png")
    assert euler(result.triangles, result.points) == expected


def test_an_object_that_leaves_the_picture_is_cut_flat_there(tmp_path):
    bust = Sheet().disc(120, 90, 60, (*RED, 255)).box(60, 130, 180, 240, (*BLUE, 255))
    result = made(bust.save(tmp_path / "bust.png"))
    assert result.facts["cuts"] == ["bottom"]
    lowest = result.points[:, 1].min()
    on_cut = result.points[result.points[:, 1] < lowest + 1e-6]
    assert len(on_cut) > 20
    assert np.ptp(on_cut[:, 2]) > 0.3, "the cut is a face, not an edge"


def test_a_tightly_trimmed_picture_is_not_cut(tmp_path):
    result = made(Sheet(120, 120).disc(60, 60, 60, (*RED, 255)).save(tmp_path / "coin.png"))
    assert result.facts["cuts"] == []


def test_pixel_art_becomes_a_solid(tmp_path):
    rows = ["..1111..", ".122221.", "12233221", "12233221", ".122221.", "..1..1..", "..1..1..", ".11..11."]
    colours = {".": (0, 0, 0, 0), "1": (*INK, 255), "2": (90, 200, 80, 255), "3": (240, 240, 240, 255)}
    pixels = np.array([[colours[sign] for sign in row] for row in rows], np.uint8)
    Image.fromarray(pixels, "RGBA").save(tmp_path / "sprite.png")
    result = made(tmp_path / "sprite.png")
    assert euler(result.triangles, result.points) == 2
    assert np.ptp(result.points[:, 0]) == pytest.approx(np.ptp(result.points[:, 1]), rel=0.05)


def test_the_same_picture_gives_the_same_bytes(tmp_path):
    path = (
        Sheet(page=(235, 236, 240))
        .disc(120, 110, 80, RED)
        .line([(40, 200), (120, 110)], 14, INK)
        .save(tmp_path / "a.png")
    )
    assert made(path).glb == made(path).glb


def test_the_back_can_mirror_the_front(tmp_path):
    path = Sheet().disc(120, 110, 80, (*RED, 255)).save(tmp_path / "a.png")
    glb = Glb(made(path, back="mirror").glb)
    assert glb.extras["img3d_back_offset"] == 0
    assert len(glb.points) == len(np.unique(glb.points, axis=0)), "one chart needs no seam"
