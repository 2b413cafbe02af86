# SPDX-License-Identifier: GPL-3.0-or-later
"""Colour, smoothing, fill, background fit, the outline and the height field over it."""

import numpy as np
import pytest

from img3d_addon.providers.offline.silhouette.background import fit_background
from img3d_addon.providers.offline.silhouette.colour import oklab
from img3d_addon.providers.offline.silhouette.crop import Cuts, extended, find_cuts
from img3d_addon.providers.offline.silhouette.ink import ink_width
from img3d_addon.providers.offline.silhouette.lattice import COARSEST, make_lattice
from img3d_addon.providers.offline.silhouette.matte import matte
from img3d_addon.providers.offline.silhouette.outline import make_field, outline_on
from img3d_addon.providers.offline.silhouette.poisson import solve_poisson
from img3d_addon.providers.offline.silhouette.smoothing import gauss, pull_push

from .drawing import disc_alpha


def field_of(alpha, *, step=1.0, cuts=None):
    """Return the lattice and the outline of an alpha channel."""
    cuts = cuts or Cuts()
    lattice = make_lattice(alpha > 0.5, cuts, step=step)
    return lattice, outline_on(make_field(alpha, cuts, lattice, sigma=0.75), lattice)


def nodes(lattice):
    """Return x and y of the nodes in analysis pixels."""
    x = lattice.left + lattice.step * np.arange(lattice.columns + 1)
    y = lattice.top + lattice.step * np.arange(lattice.rows + 1)
    return np.meshgrid(x, y)


def test_oklab_has_the_values_of_its_author():
    """White, and the sRGB red of Ottosson's table."""
    lab = oklab(np.array([[[255, 255, 255], [255, 0, 0], [0, 0, 0]]], np.uint8))[0]
    assert lab[0] == pytest.approx([1, 0, 0], abs=2e-3)
    assert lab[1] == pytest.approx([0.62796, 0.22486, 0.12585], abs=2e-3)
    assert lab[2] == pytest.approx([0, 0, 0], abs=1e-6)


@pytest.mark.parametrize("sigma", [0.35, 0.75, 1.2, 1.5, 3.0, 8.0])
def test_gauss_has_the_spread_that_is_asked_for(sigma):
    point = np.zeros((101, 101), np.float32)
    point[50, 50] = 1
    soft = gauss(point, sigma)
    x = np.arange(101) - 50.0
    assert soft.sum() == pytest.approx(1, abs=1e-4)
    assert (soft.sum(0) * x * x).sum() == pytest.approx(sigma * sigma, rel=0.35), "as near as box means come"
    assert gauss(np.full((9, 9), 5, np.float32), sigma) == pytest.approx(5, abs=1e-4)


def test_pull_push_fills_from_what_is_trusted_and_keeps_it():
    colours = np.random.default_rng(1).uniform(0, 255, (37, 53, 3)).astype(np.float32)
    trust = np.zeros((37, 53), np.float32)
    trust[10:20, 10:20] = 1
    colours[10:20, 10:20] = (200, 100, 50)
    assert pull_push(colours, trust) == pytest.approx(np.broadcast_to((200, 100, 50), colours.shape), abs=1.5)
    assert (pull_push(colours, np.ones_like(trust)) == colours).all()


def test_the_background_is_fitted_through_an_object_at_the_frame():
    y, x = np.mgrid[0:120, 0:160].astype(np.float32)
    lab = np.stack([0.8 + 0.1 * x / 160 - 0.05 * (y / 120) ** 2, 0.02 * y / 120, 0 * x], -1)
    truth = lab.copy()
    lab[90:, 40:90] = (0.3, 0.1, 0.1)
    background = fit_background(lab)
    assert background.is_plain
    assert np.abs(background.colour - truth).max() < 0.005
    assert not fit_background(np.random.default_rng(1).uniform(0, 1, (90, 90, 3)).astype(np.float32)).is_plain


def test_the_matte_is_the_share_of_the_object():
    alpha = disc_alpha(200, 70)
    front, back = np.array([200, 60, 40]), np.array([240, 240, 250])
    rgb = np.round(alpha[..., None] * front + (1 - alpha[..., None]) * back).astype(np.uint8)
    assert np.abs(matte(rgb, alpha > 0.5) - alpha).max() < 0.08


@pytest.mark.parametrize(("thickness", "limit"), [(4, 20), (9, 30)])
def test_the_width_of_a_drawn_line(thickness, limit):
    y, x = np.mgrid[0:240, 0:240] - 120
    depth = 100 - np.hypot(x, y)
    distance = np.clip(depth, 0, limit)
    lightness = np.where(depth < thickness, 0.1, 0.7)
    assert ink_width(lightness, distance, limit=limit) == pytest.approx(thickness, abs=1)
    assert ink_width(np.full_like(lightness, 0.7), distance, limit=limit) == 0
    assert ink_width(np.full_like(lightness, 0.1), distance, limit=limit) == 0


def test_cuts_are_where_the_object_leaves_the_picture():
    mask = np.zeros((40, 60), bool)
    mask[20:, 20:40] = True
    assert list(find_cuts(mask)) == ["bottom"]
    mask[25:30, 38:60] = True
    assert list(find_cuts(mask)) == ["bottom"], "a thin arm at the side is no cut"
    assert not find_cuts(np.ones((10, 10), bool)), "a trimmed sticker"
    grown = extended(mask.astype(float), Cuts(bottom=True), margin=5)
    assert (grown[-5:, 25:45] == 1).all()
    assert grown[:5].sum() == 0


def test_the_lattice_covers_the_object_with_room_to_spare():
    mask = np.zeros((100, 100), bool)
    mask[30:61, 10:95] = True
    lattice = make_lattice(mask, Cuts(), step=1.7)
    x, y = nodes(lattice)
    assert x[0, 3] <= 10
    assert x[0, -4] >= 95
    assert y[3, 0] <= 30
    assert y[-4, 0] >= 61
    assert lattice.columns % (1 << COARSEST) == lattice.rows % (1 << COARSEST) == 0


def test_a_cut_lies_on_a_line_of_nodes():
    mask = np.zeros((100, 100), bool)
    mask[30:, 20:80] = True
    lattice = make_lattice(mask, Cuts(bottom=True), step=1.7)
    row = int(np.nonzero(lattice.on_row_cut.any(1))[0][0])
    assert lattice.top + row * lattice.step == pytest.approx(100)
    assert not lattice.void[: row + 1].any()
    assert lattice.void[row + 1 :].all()


@pytest.mark.parametrize("step", [1.0, 2.3, 5.0])
def test_crossings_lie_on_the_true_outline_at_any_step(step):
    lattice, outline = field_of(disc_alpha(200, 80.0), step=step)
    x, y = nodes(lattice)
    at = x + np.nan_to_num(outline.right) * step
    radius = np.hypot(at - 100, y - 100)[~np.isnan(outline.right)]
    assert len(radius) > 10
    assert np.abs(radius - 80).max() < 0.25


def test_the_height_over_a_disc_is_a_half_circle():
    radius = 100.0
    lattice, outline = field_of(disc_alpha(240, radius))
    x, y = nodes(lattice)
    from_middle = np.hypot(x - 120, y - 120)
    height = np.sqrt(np.maximum(solve_poisson(outline, source=4.0), 0))
    inner = from_middle < 0.95 * radius
    assert np.abs(height - np.sqrt(np.maximum(radius**2 - from_middle**2, 0)))[inner].max() < 0.001 * radius
    assert (height[from_middle > radius + 1] == 0).all()


def test_the_height_over_a_half_disc_at_a_cut_is_that_of_the_whole():
    radius = 80.0
    alpha = disc_alpha(200, radius)[:100]
    lattice, outline = field_of(alpha, cuts=Cuts(bottom=True))
    x, y = nodes(lattice)
    height = np.sqrt(np.maximum(solve_poisson(outline, source=4.0), 0))
    inner = (np.hypot(x - 100, y - 100) < 0.9 * radius) & (y <= 100)
    truth = np.sqrt(np.maximum(radius**2 - (x - 100) ** 2 - (y - 100) ** 2, 0))
    assert np.abs(height - truth)[inner].max() < 0.01 * radius


def test_damping_limits_the_height_of_a_wide_area():
    _lattice, outline = field_of(disc_alpha(240, 100.0))
    solution = solve_poisson(outline, source=1.0, damping=1 / 10**2)
    assert solution.max() == pytest.approx(100, rel=0.02), "source / damping"
