# SPDX-License-Identifier: GPL-3.0-or-later
"""The texture: what the picture shows, where it shows it, and nothing of the background; and the file around it."""

import numpy as np
import pytest
from PIL import Image

from img3d_addon.providers.offline.silhouette import Options, reconstruct
from tests.gltf_validator import validate

from .drawing import WHITE, Sheet
from .surfaces import Glb, assert_solid

RED, BLUE, INK, GREEN = (210, 50, 40), (30, 80, 190), (20, 16, 24), (40, 220, 60)
DARK_GREEN = (40, 120, 60)


def made(path, **options):
    """Return the facts and the file of a picture, read."""
    result = reconstruct(path, Options(**{"faces": 6000, "texture_size": 1024, **options}))
    return result.facts, Glb(result.glb)


def texels(glb):
    """Return the colour of the texture under each vertex, and the vertices on the back."""
    picture = glb.picture()
    height, width = picture.shape[:2]
    column = np.clip((glb.uv[:, 0] * width).astype(int), 0, width - 1)
    row = np.clip((glb.uv[:, 1] * height).astype(int), 0, height - 1)
    return picture[row, column].astype(int), glb.uv[:, 0] > 0.5


def away(colours, colour):
    """Return the largest difference of a channel from `colour`."""
    return np.abs(colours - np.array(colour)).max(-1)


def two_halves(page=None):
    """Return a disc, red on the left and blue on the right, with a green eye in the middle."""
    alpha = () if page else (255,)
    sheet = Sheet(400, 400, page=page).disc(200, 200, 150, (*RED, *alpha))
    mask = Sheet(400, 400).disc(200, 200, 150, (*BLUE, 255)).box(0, 0, 200, 400, (0, 0, 0, 0))
    sheet.image.paste(mask.image, mask=mask.image.getchannel("A"))
    return sheet.disc(200, 200, 40, (*GREEN, *alpha))


@pytest.mark.parametrize("page", [None, WHITE, (250, 240, 20)])
def test_each_vertex_has_the_texel_of_the_picture_under_it(page, tmp_path):
    _facts, glb = made(two_halves(page).save(tmp_path / "a.png"))
    colours, back = texels(glb)
    x = glb.points[:, 0] * 300
    from_middle = np.hypot(glb.points[:, 0], glb.points[:, 1]) * 300
    side = ~back & (from_middle > 43)
    assert away(colours[side & (x < -8)], RED).max() < 25
    assert away(colours[side & (x > 8)], BLUE).max() < 25
    assert away(colours[~back & (from_middle < 37)], GREEN).max() < 25


@pytest.mark.parametrize("page", [WHITE, (250, 240, 20), (0, 0, 0)])
def test_no_colour_of_the_page_is_left_at_the_outline(page, tmp_path):
    """The vertices of the outline itself are the strictest place."""
    path = Sheet(400, 400, page=page).polygon([(60, 50), (350, 120), (180, 360)], RED).save(tmp_path / "a.png")
    _facts, glb = made(path)
    colours, _back = texels(glb)
    assert away(colours, RED).max() < 20
    assert away(glb.picture().reshape(-1, 3).astype(int), RED).max() < 20, "also where mip maps reach"


def test_the_back_has_the_colours_of_the_rim_and_no_face(tmp_path):
    _facts, glb = made(two_halves().save(tmp_path / "a.png"))
    colours, back = texels(glb)
    x = glb.points[:, 0]
    assert away(colours[back], GREEN).min() > 100, "the eye is on the front alone"
    assert np.median(away(colours[back & (x < -0.35)], RED)) < 30
    assert np.median(away(colours[back & (x > 0.35)], BLUE)) < 30


def test_the_colour_of_the_arms_does_not_run_across_the_back(tmp_path):
    sheet = Sheet(400, 400).box(100, 80, 300, 320, (*RED, 255)).disc(200, 200, 40, (*GREEN, 255))
    sheet.box(40, 120, 100, 280, (*BLUE, 255)).box(300, 120, 360, 280, (*BLUE, 255))
    colours, back = texels(glb := made(sheet.save(tmp_path / "a.png"))[1])
    x, y = np.abs(glb.points[:, 0]) * 320, np.abs(glb.points[:, 1]) * 320
    assert away(colours[back & (x < 75) & (y < 70)], RED).max() < 60
    assert away(colours[back & (x > 125) & (y < 70)], BLUE).max() < 50


def test_letters_are_not_mirrored_on_the_back_of_a_relief(tmp_path):
    path = Sheet(400, 400).disc(200, 200, 180, (*RED, 255)).text("R8", 120, (*GREEN, 255)).save(tmp_path / "a.png")
    colours, back = texels(made(path, mode="relief")[1])
    assert (away(colours[~back], GREEN) < 30).any()
    assert away(colours[back], RED).max() < 40


def test_a_drawn_dark_line_is_taken_off_or_kept(tmp_path):
    sheet = Sheet(400, 400, page=WHITE).disc(200, 200, 160, INK).disc(200, 200, 148, RED).disc(150, 160, 14, INK)
    path = sheet.save(tmp_path / "a.png")
    facts, glb = made(path)
    colours, back = texels(glb)
    outer = np.hypot(glb.points[:, 0], glb.points[:, 1]) > 0.25
    assert facts["ink_removed"]
    assert away(colours[outer], RED).max() < 40
    assert (away(colours[~back], INK) < 30).any(), "the eye stays"
    facts, glb = made(path, outline="off")
    colours, _back = texels(glb)
    assert not facts["ink_removed"]
    assert (away(colours[np.hypot(glb.points[:, 0], glb.points[:, 1]) > 0.48], INK) < 30).all()


def test_a_drawn_line_is_taken_off_where_it_lies_at_the_frame(tmp_path):
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[:] = (*INK, 255)
    pixels[1:19, 1:19] = (*RED, 255)
    pixels[:4, :4] = pixels[:4, 16:] = pixels[16:, :4] = pixels[16:, 16:] = 0
    pixels[4, :5] = pixels[4, 15:] = pixels[15, :5] = pixels[15, 15:] = (*INK, 255)
    pixels[:5, 4] = pixels[15:, 4] = pixels[:5, 15] = pixels[15:, 15] = (*INK, 255)
    Image.fromarray(pixels, "RGBA").save(tmp_path / "a.png")
    facts, glb = made(tmp_path / "a.png")
    assert facts["ink_removed"]
    assert away(texels(glb)[0], INK).min() > 60


def test_a_dark_object_has_no_drawn_line(tmp_path):
    path = Sheet(400, 400, page=WHITE).disc(200, 200, 150, INK).disc(200, 200, 40, RED).save(tmp_path / "a.png")
    assert not made(path)[0]["ink_removed"]


def test_the_pixels_of_pixel_art_stay_hard_and_lose_their_dark_line(tmp_path):
    inner = np.zeros((20, 20), bool)
    inner[3:17, 3:17] = True
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[2:18, 2:18] = (*INK, 255)
    pixels[inner] = (*RED, 255)
    pixels[3:17:2, 3:17:2] = (*BLUE, 255)
    Image.fromarray(pixels, "RGBA").save(tmp_path / "a.png")
    facts, glb = made(tmp_path / "a.png")
    colours, back = texels(glb)
    assert facts["ink_removed"]
    assert away(colours, INK).min() > 60
    middle = ~back & (np.abs(glb.points[:, :2]).max(1) < 0.3)
    hard = (away(colours[middle], RED) < 12) | (away(colours[middle], BLUE) < 12)
    assert hard.mean() > 0.98


@pytest.mark.parametrize("width", [1, 3], ids=["a line", "a part"])
def test_a_coloured_line_around_a_sprite_is_taken_off(width, tmp_path):
    row, column = np.mgrid[0:24, 0:24] - 11.5
    pixels = np.zeros((24, 24, 4), np.uint8)
    pixels[np.hypot(row, column) < 10.2] = (*DARK_GREEN, 255)
    pixels[np.hypot(row, column) < 10.2 - width] = (*GREEN, 255)
    pixels[9:12, 8] = pixels[9:12, 15] = (*INK, 255)
    Image.fromarray(pixels, "RGBA").save(tmp_path / "a.png")
    facts, glb = made(tmp_path / "a.png")
    assert facts["ink_removed"] is (width == 1)
    if width == 1:
        assert away(texels(glb)[0], DARK_GREEN).min() > 60


@pytest.mark.parametrize("side", ["plain", "mirror", "flat"])
@pytest.mark.parametrize("cut", [False, True], ids=["whole", "cut"])
def test_the_four_numbers_give_the_coordinates_again(side, cut, tmp_path):
    sheet = two_halves()
    if cut:
        sheet.box(120, 300, 400, 400, (*BLUE, 255))
    facts, glb = made(sheet.save(tmp_path / "a.png"), back=side)
    assert bool(facts["cuts"]) is cut
    u, v, back = (glb.extras[name] for name in ("img3d_proj_u", "img3d_proj_v", "img3d_back_offset"))
    centre = glb.points[glb.triangles][..., 2].mean(1)
    corners = glb.triangles.ravel()
    expected = np.stack(
        [
            u[0] * glb.points[corners, 0] + u[1] + back * (np.repeat(centre, 3) < 0),  # Blender's y is minus this z
            v[0] * glb.points[corners, 1] + v[1],
        ],
        axis=-1,
    )
    assert np.abs(expected - glb.uv[corners]).max() < 1e-5
    assert back == (0 if side == "mirror" else 0.5)
    assert glb.uv.min() > 0
    assert glb.uv.max() < 1
    assert_solid(*glb.welded())


@pytest.mark.parametrize("back", ["plain", "mirror", "flat"])
def test_the_validator_has_nothing_to_say(back, tmp_path):
    result = reconstruct(two_halves(WHITE).save(tmp_path / "a.png"), Options(faces=3000, texture_size=512, back=back))
    (tmp_path / "a.glb").write_bytes(result.glb)
    issues = validate(tmp_path / "a.glb")["issues"]
    assert issues["numErrors"] == 0, issues["messages"]
    assert issues["numWarnings"] == 0, issues["messages"]


def test_a_photo_like_texture_is_a_jpeg_that_the_validator_takes(tmp_path):
    noise = np.random.default_rng(2).integers(0, 255, (400, 400, 3)).astype(np.uint8)
    image = Image.fromarray(noise)
    image.putalpha(Sheet(400, 400).disc(200, 200, 150, (*RED, 255)).done().getchannel("A"))
    image.save(tmp_path / "a.png")
    result = reconstruct(tmp_path / "a.png", Options(faces=2000, texture_size=512))
    assert Glb(result.glb).document["images"][0]["mimeType"] == "image/jpeg"
    (tmp_path / "a.glb").write_bytes(result.glb)
    assert validate(tmp_path / "a.glb")["issues"]["numErrors"] == 0


def test_the_file_says_what_it_is_and_how_it_was_made(tmp_path):
    facts, glb = made(two_halves(WHITE).save(tmp_path / "a.png"), name=' Grüner\nFisch "7" ')
    document = glb.document
    assert document["asset"]["extras"] == {"method": "inflate", "segmentation": "plain", "neural": False}
    for kind in ("nodes", "meshes", "materials"):
        assert document[kind][0]["name"] == 'GrünerFisch "7"'
    assert facts["faces"] == len(glb.triangles)
    assert_solid(*glb.welded())


@pytest.mark.parametrize(("name", "expected"), [("", "object"), ("\n\t", "object"), ("é" * 50, "é" * 30)])
def test_a_name_is_one_that_blender_keeps(name, expected, tmp_path):
    path = Sheet().disc(120, 120, 80, (*RED, 255)).save(tmp_path / "a.png")
    assert made(path, name=name)[1].document["nodes"][0]["name"] == expected


@pytest.mark.parametrize("side", [512, 2048])
def test_the_texture_is_as_large_as_asked_but_no_larger_than_the_picture(side, tmp_path):
    path = Sheet(900, 600).disc(450, 300, 280, (*RED, 255)).save(tmp_path / "a.png")
    height, width = made(path, texture_size=side)[1].picture().shape[:2]
    assert max(height, width / 2) == pytest.approx(min(side, 576), abs=4)


def test_many_vertices_take_wide_indices(tmp_path):
    path = two_halves().save(tmp_path / "a.png")
    glb = Glb(reconstruct(path, Options(faces=160_000, texture_size=512)).glb)
    assert len(glb.points) > 65_535
    assert_solid(*glb.welded())


def test_the_front_does_not_show_along_a_cut_of_the_back(tmp_path):
    """A red body with a green belly, which the picture's lower edge cuts."""
    sheet = Sheet(400, 400, page=WHITE).disc(200, 200, 120, RED).box(80, 200, 320, 400, RED)
    facts, glb = made(sheet.box(150, 300, 250, 400, GREEN).save(tmp_path / "a.png"))
    colours, back = texels(glb)
    assert facts["cuts"] == ["bottom"]
    behind = back & (glb.points[:, 2] < -0.02)
    assert away(colours[behind], RED).max() < 60
