# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures are cropped, padded and made smaller without losing what is in them."""

import io

import pytest
from PIL import Image

from img3d_addon.core.files.repair import content, cropped, padded
from img3d_addon.core.values import ImageLimits


def spot(size, box, mode="RGB"):
    image = Image.new(mode, size, "white" if mode == "RGB" else (0, 0, 0, 0))
    image.paste((200, 0, 0) if mode == "RGB" else (200, 0, 0, 255), box)
    return image


@pytest.mark.parametrize("box", [(300, 200, 400, 300), (0, 0, 100, 50), (700, 500, 800, 600), (10, 10, 700, 590)])
def test_a_crop_keeps_the_object_and_stays_in_the_picture(box):
    image = spot((800, 600), box)
    shares = (box[0] / 800, box[1] / 600, box[2] / 800, box[3] / 600)
    made = cropped(image, shares)
    red = sum(1 for pixel in made.convert("RGB").tobytes()[1::3] if pixel == 0)
    assert red == (box[2] - box[0]) * (box[3] - box[1])
    assert made.width <= 800 and made.height <= 600
    assert max(made.size) <= 1.2 * max(box[2] - box[0], box[3] - box[1])


def test_a_crop_is_square_where_the_picture_allows():
    made = cropped(spot((800, 600), (300, 250, 500, 300)), (300 / 800, 250 / 600, 500 / 800, 300 / 600))
    assert made.width == made.height


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("size", [(300, 60), (60, 300), (64, 64)])
def test_padding_makes_a_square_with_room_on_each_side(mode, size):
    image = spot(size, (0, 0, *size), mode)
    made = padded(image)
    assert made.width == made.height > max(size)
    assert made.mode == mode
    left, top = (made.width - size[0]) // 2, (made.height - size[1]) // 2
    assert made.crop((left, top, left + size[0], top + size[1])).tobytes() == image.tobytes()
    corner = made.getpixel((0, 0))
    assert corner == ((200, 0, 0) if mode == "RGB" else (0, 0, 0, 0))


def test_the_content_of_a_file_is_png_or_what_the_provider_gets():
    noise = Image.effect_noise((900, 900), 90).convert("RGB")
    data, kind = content(noise, name="noise")
    assert kind == "png"
    assert Image.open(io.BytesIO(data)).tobytes() == noise.tobytes()
    data, kind = content(noise, ImageLimits(max_bytes=300_000, max_side=640), name="noise")
    assert kind == "jpeg" and len(data) <= 300_000
    assert Image.open(io.BytesIO(data)).size == (640, 640)
