# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of all kinds at random, seeded: each way ends with a mask that holds what it promises, or a sentence."""

import numpy as np
import pytest
from PIL import Image

from img3d_addon.providers.offline.silhouette import NoObject
from img3d_addon.providers.offline.silhouette.mask import find_mask
from img3d_addon.providers.offline.silhouette.picture import open_picture
from img3d_addon.providers.offline.silhouette.regions import erode

ROUNDS = 8


def noise(random, height, width):
    return random.integers(0, 256, (height, width, 3))


def clouds(random, height, width):
    few = random.integers(0, 256, (5, 6, 3)).astype(np.uint8)
    return np.asarray(Image.fromarray(few).resize((width, height), Image.Resampling.BICUBIC)).astype(int)


def checkerboard(random, height, width):
    side = int(random.integers(1, 40))
    rows, columns = np.indices((height, width)) // side
    return np.where(((rows + columns) % 2)[..., None], *random.integers(0, 256, (2, 3)))


def gradient(random, height, width):
    ends = random.integers(0, 256, (2, 3))
    share = np.linspace(0, 1, width)[None, :, None] * np.ones((height, 1, 1))
    return (ends[0] * (1 - share) + ends[1] * share).astype(int)


def hairlines(random, height, width):
    picture = np.full((height, width, 3), 255)
    for _ in range(6):
        picture[random.integers(height)] = random.integers(0, 256, 3)
        picture[:, random.integers(width)] = random.integers(0, 256, 3)
    return picture


def one_pixel(random, height, width):
    picture = np.full((height, width, 3), 250)
    picture[random.integers(height), random.integers(width)] = 0
    return picture


def blobs(random, height, width):
    """Ellipses that may lie on all four sides, on a page or on clouds."""
    page = random.integers(0, 256, 3) + np.zeros((height, width, 3), int)
    picture = page if random.random() < 0.6 else clouds(random, height, width)
    rows, columns = np.indices((height, width))
    for _ in range(random.integers(1, 8)):
        y, x = random.uniform(0, height), random.uniform(0, width)
        tall, wide = random.uniform(1, 0.7 * height), random.uniform(1, 0.7 * width)
        picture[((rows - y) / tall) ** 2 + ((columns - x) / wide) ** 2 < 1] = random.integers(0, 256, 3)
    return picture


def framed(random, height, width):
    """An object that fills all but a few pixels."""
    picture = np.full((height, width, 3), 255)
    edge = int(random.integers(0, 3))
    picture[edge : height - edge, edge : width - edge] = random.integers(0, 200, 3)
    return picture


def transparent(random, height, width):
    picture = blobs(random, height, width)
    alpha = clouds(random, height, width)[..., :1]
    return np.concatenate([picture, np.where(random.random() < 0.5, alpha, (alpha > 120) * 255)], axis=-1)


KINDS = (noise, clouds, checkerboard, gradient, hairlines, one_pixel, blobs, framed, transparent)


def check(mask, height, width):
    assert mask.inside.shape == mask.alpha.shape == (height, width)
    assert mask.inside.sum() >= 50
    assert np.isfinite(mask.alpha).all()
    assert mask.alpha.min() >= 0
    assert mask.alpha.max() <= 1
    assert (mask.alpha > 0.5)[erode(mask.inside)].all(), "but for its rim it is inside for those who smooth alpha, too"
    assert (mask.alpha < 0.5)[erode(~mask.inside)].all()
    assert mask.words


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("kind", KINDS, ids=[kind.__name__ for kind in KINDS])
def test_a_mask_or_a_sentence(kind, number, tmp_path):
    random = np.random.default_rng([KINDS.index(kind), number])
    height, width = (int(side) for side in random.integers(3, 330, 2))
    pixels = np.clip(kind(random, height, width), 0, 255).astype(np.uint8)
    path, given = tmp_path / "picture.png", tmp_path / "mask.png"
    Image.fromarray(pixels).save(path)
    Image.fromarray((blobs(random, height, width)[..., 0] > 127).astype(np.uint8) * 255).save(given)
    holes = str(random.choice(["auto", "all", "none"]))
    for background in ("auto", "alpha", "plain", "photo", "none", "mask"):
        try:
            source = open_picture(path, flat=background in ("none", "mask"))
            mask = find_mask(source, background=background, holes=holes, given=given)
        except NoObject as refused:
            assert refused.message
            assert refused.advice.endswith(".")
        else:
            check(mask, *source.colour.shape[:2])
            assert background in ("auto", mask.method)
