# SPDX-License-Identifier: GPL-3.0-or-later
"""Random silhouettes in every mode: each becomes a closed solid, or is refused in words."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from img3d_addon.providers.offline.silhouette import NoObject

from .surfaces import made

MODES = ("inflate", "relief", "extrude", "revolve")
KINDS = ("noise", "squares", "blobs", "strokes", "spots", "polygons")
ROUNDS = 10


def random_shape(random, kind):
    """Return a random alpha channel in 0..1: blobs, noise, strokes, spots, polygons, touching squares."""
    width, height = (int(side) for side in random.integers(24, 320, 2))
    if kind == "noise":
        return (random.random((height, width)) < random.uniform(0.3, 0.9)).astype(float)
    if kind == "squares":
        count = int(random.integers(2, 9))
        coarse = (random.random((count, count)) < 0.6).astype(float)
        return np.kron(coarse, np.ones((height // count + 1, width // count + 1)))[:height, :width]
    if kind == "blobs":
        count = int(random.integers(3, 30))
        coarse = Image.fromarray(random.standard_normal((count, count)).astype(np.float32))
        wave = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC))
        return np.clip(0.5 + wave * random.uniform(1, 20) - random.uniform(-0.3, 0.6), 0, 1)
    image = Image.new("L", (width, height))
    draw = ImageDraw.Draw(image)
    for _ in range(int(random.integers(2, 12))):
        x0, y0, x1, y1 = (int(v) for v in random.integers(0, [width, height, width, height]))
        if kind == "strokes":
            draw.line([x0, y0, x1, y1], fill=255, width=int(random.integers(1, 24)))
        elif kind == "spots":
            radius = int(random.integers(2, 50))
            draw.ellipse([x0 - radius, y0 - radius, x0 + radius, y0 + radius], fill=int(random.integers(2)) * 255)
        else:
            draw.polygon([x0, y0, x1, y1, *(int(v) for v in random.integers(0, [width, height]))], fill=255)
    return np.asarray(image) / 255


def random_options(random):
    """Return options that every mode takes; those of other modes are not looked at."""
    return {
        "faces": int(random.choice([500, 2000, 8000])),
        "depth": float(random.choice([0.1, 0.8, 2.0])),
        "back": str(random.choice(["auto", "plain", "mirror", "flat"])),
        "thickness": float(random.choice([0, 0.5, 30])),
        "bevel": float(random.choice([0, 2, 20])),
        "detail_source": str(random.choice(["auto", "off", "brightness", "shading", "lamp"])),
        "detail": float(random.choice([0.2, 2])),
        "light_angle": float(random.uniform(0, 360)),
        "flat_base": bool(random.random() < 0.3),
        "outline": str(random.choice(["auto", "off", "px"])),
        "texture_size": 512,
    }


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
def test_random_silhouettes_become_solids_or_are_refused_in_words(kind, mode, tmp_path):
    random = np.random.default_rng(sum(f"{kind} {mode}".encode()))
    solids = 0
    for _ in range(ROUNDS):
        alpha = random_shape(random, kind)
        colour = random.integers(0, 255, (*alpha.shape, 3))
        pixels = np.dstack([colour, alpha * 255]).astype(np.uint8)
        Image.fromarray(pixels, "RGBA").save(tmp_path / "a.png")
        try:
            made(tmp_path / "a.png", mode=mode, **random_options(random))
        except NoObject as refused:
            assert refused.message
            assert refused.advice
            continue
        solids += 1
    assert solids >= ROUNDS // 2
