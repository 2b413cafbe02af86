# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds in every mode: holes, size, budget, bytes, texture coordinates, and a file without a fault."""

import numpy as np
import pytest

from img3d_addon.providers.offline.silhouette import Options, reconstruct
from tests.gltf_validator import validate

from .drawing import WHITE, Sheet
from .surfaces import Glb, assert_solid, euler, made

BLUE, RED, GREEN, INK = (30, 80, 190), (210, 50, 40), (40, 220, 60), (20, 16, 24)
MODES = ("inflate", "relief", "extrude", "revolve")
FLAT_MODES = ("inflate", "relief", "extrude")


def bust():
    """Return a body that leaves the picture at its lower edge."""
    return Sheet().disc(120, 90, 60, (*RED, 255)).box(60, 130, 180, 240, (*BLUE, 255))


@pytest.mark.parametrize("mode", FLAT_MODES)
@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (lambda s: s.disc(120, 120, 90, (*RED, 255)), 2),
        (lambda s: s.disc(120, 120, 90, (*RED, 255)).disc(120, 120, 40, (0, 0, 0, 0)), 0),
        (lambda s: s.text("8", 220, (*BLUE, 255)), -2),
        (lambda s: s.text("B", 220, (*BLUE, 255)), -2),
        (lambda s: s.text("i", 220, (*BLUE, 255)), 4),
    ],
    ids=["disc", "ring", "8", "B", "i"],
)
def test_holes_and_parts_are_those_of_the_drawing(mode, draw, expected, tmp_path):
    result = made(draw(Sheet()).save(tmp_path / "a.png"), mode=mode)
    assert euler(result.triangles, result.points) == expected


def test_letters_on_a_page_are_open_when_extruded(tmp_path):
    path = Sheet(500, 160, page=WHITE).text("A8 road", 90, BLUE).save(tmp_path / "a.png")
    result = made(path, mode="extrude", faces=20_000)
    assert euler(result.triangles, result.points) == 2 * 6 - 2 * 6, "A, o, a and d have a hole, 8 has two"


@pytest.mark.parametrize("mode", MODES)
def test_the_box_of_the_model_is_the_box_of_the_silhouette(mode, tmp_path):
    shape = Sheet(500, 400).disc(203, 200, 180, (*BLUE, 255), height=120)
    result = made(shape.save(tmp_path / "a.png"), faces=20_000, mode=mode)
    width, height, _depth = np.ptp(result.points, axis=0)
    assert height / width * 360 == pytest.approx(240, abs=0.5)
    assert width == pytest.approx(1)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("faces", [5000, 20_000, 60_000])
def test_the_number_of_faces_is_kept(mode, faces, tmp_path):
    path = Sheet(600, 600).disc(300, 250, 200, (*RED, 255)).box(220, 400, 380, 560, (*BLUE, 255))
    result = made(path.save(tmp_path / "a.png"), mode=mode, faces=faces)
    assert 0.85 * faces < len(result.triangles) <= 1.08 * faces


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("back", ["auto", "plain", "mirror", "flat"])
def test_the_four_numbers_give_the_coordinates_again(mode, back, tmp_path):
    result = made(bust().save(tmp_path / "a.png"), mode=mode, back=back)
    glb = Glb(result.glb)
    u, v, offset = (glb.extras[name] for name in ("img3d_proj_u", "img3d_proj_v", "img3d_back_offset"))
    centre = glb.points[glb.triangles][..., 2].mean(1)
    corners = glb.triangles.ravel()
    behind = np.repeat(centre, 3) < 0  # Blender's y is minus this z
    across = u[0] * glb.points[corners, 0] + u[1] + offset * behind
    expected = np.stack([across, v[0] * glb.points[corners, 1] + v[1]], -1)
    assert np.abs(expected - glb.uv[corners]).max() < 1e-5
    one_chart = back == "mirror" or (back == "auto" and mode in ("extrude", "revolve"))
    assert offset == (0 if one_chart else 0.5)


@pytest.mark.parametrize("mode", MODES)
def test_each_vertex_has_the_texel_of_the_picture_under_it(mode, tmp_path):
    sheet = Sheet(400, 400).disc(200, 200, 150, (*RED, 255))
    half = Sheet(400, 400).disc(200, 200, 150, (*BLUE, 255)).box(0, 0, 200, 400, (0, 0, 0, 0))
    sheet.image.paste(half.image, mask=half.image.getchannel("A"))
    glb = Glb(made(sheet.save(tmp_path / "a.png"), mode=mode, back="mirror").glb)
    picture = glb.picture()
    height, width = picture.shape[:2]
    texel = picture[(glb.uv[:, 1] * height).astype(int), (glb.uv[:, 0] * width).astype(int)].astype(int)
    x = glb.points[:, 0] * 300
    assert np.abs(texel - RED).max(1)[x < -8].max() < 25
    assert np.abs(texel - BLUE).max(1)[x > 8].max() < 25


@pytest.mark.parametrize("mode", MODES)
def test_the_same_picture_gives_the_same_bytes(mode, tmp_path):
    path = Sheet(page=(235, 236, 240)).disc(110, 110, 80, RED).line([(40, 200), (120, 110)], 14, INK)
    path = path.save(tmp_path / "a.png")
    assert made(path, mode=mode).glb == made(path, mode=mode).glb


@pytest.mark.parametrize("mode", MODES)
def test_the_validator_has_nothing_to_say(mode, tmp_path):
    result = reconstruct(bust().save(tmp_path / "a.png"), Options(mode=mode, faces=3000, texture_size=512))
    (tmp_path / "a.glb").write_bytes(result.glb)
    issues = validate(tmp_path / "a.glb")["issues"]
    assert issues["numErrors"] == issues["numWarnings"] == 0, issues["messages"]


@pytest.mark.parametrize(("mode", "cuts"), [("inflate", ["bottom"]), ("relief", ["bottom"]), ("revolve", ["bottom"])])
def test_what_leaves_the_picture_ends_in_a_plane(mode, cuts, tmp_path):
    result = made(bust().save(tmp_path / "a.png"), mode=mode)
    assert result.facts["cuts"] == cuts
    on_cut = result.points[result.points[:, 1] < result.points[:, 1].min() + 1e-6]
    assert len(on_cut) > 20
    assert np.ptp(on_cut[:, 0]) == pytest.approx(120 / 210, rel=0.05)


def test_a_flat_base_lets_a_ball_stand(tmp_path):
    path = Sheet().disc(120, 120, 90, (*RED, 255)).save(tmp_path / "a.png")
    for flat_base in (False, True):
        points = made(path, flat_base=flat_base).points
        lowest = points[points[:, 1] < points[:, 1].min() + 1e-6]
        assert bool(np.ptp(lowest[:, 2]) > 0.1) is flat_base


def test_the_mode_is_suggested_by_what_the_picture_looks_like(tmp_path):
    logo = Sheet(400, 160, page=WHITE).text("MADE", 90, BLUE).save(tmp_path / "logo.png")
    pear = Sheet(page=WHITE).disc(120, 60, 40, GREEN).disc(100, 150, 70, GREEN).save(tmp_path / "pear.png")
    coin = Sheet().disc(120, 120, 100, (180, 150, 80, 255)).disc(120, 120, 60, (190, 158, 84, 255))
    assert made(logo).facts["suggested_mode"] == "extrude"
    assert made(pear).facts["suggested_mode"] == "inflate"
    assert made(coin.save(tmp_path / "coin.png")).facts["suggested_mode"] == "relief"


def test_a_line_of_a_given_width_is_painted_over_in_any_mode(tmp_path):
    path = Sheet(400, 400, page=WHITE).disc(200, 200, 160, INK).disc(200, 200, 148, RED).save(tmp_path / "a.png")
    kept, gone = (Glb(made(path, mode="extrude", **choice).glb) for choice in ({}, {"outline": "px", "outline_px": 14}))
    assert (kept.picture() < 60).all(-1).any()
    assert not (gone.picture() < 60).all(-1).any()
    assert_solid(*gone.welded())
