# SPDX-License-Identifier: GPL-3.0-or-later
"""Extruded solids: their thickness, their walls and the rounding of their edges."""

import numpy as np
import pytest

from .drawing import Sheet
from .surfaces import Glb, euler, made, volume

BLUE = (30, 80, 190, 255)


def square():
    """Return a square of 200 pixels."""
    return Sheet().box(20, 20, 220, 220, BLUE)


@pytest.mark.parametrize(("thickness", "share"), [(0, 0.14), (5, 0.05), (60, 0.6)])
def test_it_is_as_thick_as_asked(thickness, share, tmp_path):
    result = made(square().save(tmp_path / "a.png"), mode="extrude", thickness=thickness, faces=8000)
    assert np.ptp(result.points[:, 2]) == pytest.approx(share, rel=0.02)
    assert volume(result.triangles, result.points) == pytest.approx(share, rel=0.08)


def test_the_edges_are_quarter_circles(tmp_path):
    points = made(square().save(tmp_path / "a.png"), mode="extrude", bevel=5, faces=20_000).points
    middle = (np.abs(points[:, 1]) < 0.2) & (points[:, 2] > 0.02) & (points[:, 0] > 0.44)
    centre = (0.45, 0.02)
    radius = np.hypot(points[middle, 0] - centre[0], points[middle, 2] - centre[1])
    edge = points[middle, 0] > 0.452
    assert edge.sum() > 50
    assert np.abs(radius[edge] - 0.05).max() < 0.006


def test_without_a_bevel_the_edges_are_sharp(tmp_path):
    result = made(square().save(tmp_path / "a.png"), mode="extrude", bevel=0)
    assert np.abs(result.points[:, 2]) == pytest.approx(0.07, abs=1e-3)
    normals = Glb(result.glb).normals
    straight = np.abs(normals).max(1) > 0.99
    assert straight.mean() > 0.95


def test_thin_letters_keep_a_top(tmp_path):
    path = Sheet(500, 160).text("8 land", 80, BLUE).save(tmp_path / "a.png")
    result = made(path, mode="extrude", bevel=20, faces=20_000)
    assert euler(result.triangles, result.points) == 2 * 5 - 2 * 4, "five letters; 8, a and d have four holes"
    assert np.ptp(result.points[:, 2]) == pytest.approx(0.14, rel=0.05)


def test_it_has_an_edge_where_it_leaves_the_picture(tmp_path):
    path = Sheet().box(60, 100, 180, 240, BLUE).save(tmp_path / "a.png")
    assert made(path, mode="extrude").facts["cuts"] == []


def test_pixel_art_keeps_its_steps(tmp_path):
    pixels = Sheet(12, 12).box(2, 2, 10, 6, BLUE).box(4, 6, 8, 10, BLUE)
    result = made(pixels.save(tmp_path / "a.png"), mode="extrude", thickness=20, bevel=0.5)
    assert volume(result.triangles, result.points) == pytest.approx(48 / 64 * 0.2, rel=0.03)
