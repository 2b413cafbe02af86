# SPDX-License-Identifier: GPL-3.0-or-later
"""The arithmetic of sizes, over many shapes."""

import itertools

import pytest

from img3d_addon.core.files.fitting import Fit, fit
from img3d_addon.core.values import ImageLimits

SIDES = (16, 17, 99, 640, 1023, 2048, 4096, 9000)
LIMITS = {
    "none": ImageLimits(),
    "stability": ImageLimits(min_side=640, max_pixels=4_194_304),
    "vtrix": ImageLimits(max_pixels=4096 * 4096 - 1, min_aspect=0.4, max_aspect=2.5),
    "small": ImageLimits(min_side=64, max_side=512, max_pixels=100_000, min_aspect=0.5, max_aspect=2.0),
}


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("shape", list(itertools.product(SIDES, SIDES)), ids=str)
def test_every_shape_fits_every_limit(name, shape):
    limits = LIMITS[name]
    found = fit(*shape, limits)
    across, up = found.canvas
    assert min(across, up) >= limits.min_side
    assert not limits.max_side or max(across, up) <= limits.max_side
    assert not limits.max_pixels or across * up <= limits.max_pixels
    assert not limits.min_aspect or across / up >= limits.min_aspect - 1e-9
    assert not limits.max_aspect or across / up <= limits.max_aspect + 1e-9
    assert found.size[0] <= across
    assert found.size[1] <= up
    scale = max(found.size) / max(shape)
    assert abs(min(found.size) - min(shape) * scale) <= 1 + scale, "the shape is kept"


def test_what_fits_stays_as_it_is():
    assert fit(1000, 700, LIMITS["stability"]) == Fit((1000, 700), (1000, 700))
    assert fit(1000, 700, LIMITS["stability"], scale=0.95) == Fit((950, 665), (950, 665))


def test_small_ones_grow_to_the_floor_and_no_further():
    assert fit(64, 96, LIMITS["stability"]) == Fit((640, 960), (640, 960))


def test_large_ones_use_the_room():
    across, up = fit(6000, 4000, LIMITS["stability"]).canvas
    assert 4_190_000 < across * up <= 4_194_304
