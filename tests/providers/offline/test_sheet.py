# SPDX-License-Identifier: GPL-3.0-or-later
"""The mesh in the plane: its area, its repairs, its rings, and the doubling to a solid."""

import numpy as np
import pytest

from img3d_addon.providers.offline.silhouette.crop import Cuts
from img3d_addon.providers.offline.silhouette.lattice import make_lattice
from img3d_addon.providers.offline.silhouette.normals import vertex_normals
from img3d_addon.providers.offline.silhouette.outline import make_field, outline_on
from img3d_addon.providers.offline.silhouette.quadtree import choose_levels
from img3d_addon.providers.offline.silhouette.repair import boundary_edges, repaired
from img3d_addon.providers.offline.silhouette.rings import with_rings
from img3d_addon.providers.offline.silhouette.sheet import Sheet, make_sheet
from img3d_addon.providers.offline.silhouette.snap import snap_nodes
from img3d_addon.providers.offline.silhouette.solid import FLAT, ROUND, doubled, joined, plated

from .drawing import disc_alpha
from .surfaces import assert_solid, volume


def meshed(*, radius=40.0, target=1e9):
    """Return the sheet of a half ball, its lattice, nodes and levels."""
    alpha = disc_alpha(int(2 * radius) + 40, radius)
    lattice = make_lattice(alpha > 0.5, Cuts(), step=1.0)
    outline = outline_on(make_field(alpha, Cuts(), lattice, sigma=0.75), lattice)
    y, x = np.mgrid[0 : lattice.rows + 1, 0 : lattice.columns + 1]
    middle = alpha.shape[0] / 2
    square = radius**2 - (x + lattice.left - middle) ** 2 - (y + lattice.top - middle) ** 2
    heights = np.where(outline.inside, np.sqrt(np.maximum(square, 1e-4)), 0).astype(np.float32)
    nodes = snap_nodes(outline, lattice)
    levels = choose_levels(nodes, heights, lattice, target=target)
    return make_sheet(nodes, levels, heights, lattice), heights, levels


def signed_areas(sheet):
    """Return the area of each triangle in the plane, positive when counter-clockwise seen from the front."""
    x, y = sheet.x[sheet.triangles], -sheet.y[sheet.triangles]
    return ((x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0])) / 2


def sheet_of(points, triangles, on_outline):
    x, y, z = np.array(points, float).T
    place = np.arange(len(x))
    return Sheet(triangles=np.array(triangles), x=x, y=y, z=z, on_outline=np.array(on_outline, bool), place=place)


@pytest.mark.parametrize("target", [1e9, 1500, 400])
def test_the_triangles_cover_the_disc_once(target):
    sheet, _heights, levels = meshed(target=target)
    areas = signed_areas(sheet)
    assert areas.min() > 0.01, "no sliver, none turned over"
    assert areas.sum() == pytest.approx(np.pi * 40**2, rel=0.003)
    border = boundary_edges(sheet.triangles, len(sheet.x))
    assert sheet.on_outline[border].all(), "no gap where large leaves meet small ones"
    if target < 1e9:
        assert levels.max() > 0


def test_neighbouring_leaves_differ_by_one_level():
    levels = meshed(target=400)[2].astype(int)
    inside = levels > 0
    assert np.abs(np.diff(levels, axis=0)).max() <= 1
    assert np.abs(np.diff(levels, axis=1)).max() <= 1
    assert inside.any()


def test_a_chord_is_split_and_lifted():
    square = [(0, 0, 0), (2, 0, 0), (2, 2, 0), (0, 2, 0), (1, -1, 1), (1, 3, 1)]
    sheet = sheet_of(square, [(0, 2, 1), (0, 3, 2), (0, 1, 4), (2, 3, 5)], [1, 1, 1, 1, 0, 0])
    fixed = repaired(sheet, np.zeros((8, 8), np.float32), lift=0.35)
    assert not fixed.on_outline[fixed.triangles].all(1).any()
    middle = (fixed.x == 1) & (fixed.y == 1)
    assert fixed.z[middle] == pytest.approx(0.35 * np.hypot(2, 2))
    solid = doubled(fixed, back=1.0)
    count = len(solid.points)
    start, end = solid.triangles.ravel(), np.roll(solid.triangles, -1, 1).ravel()
    assert len(np.unique(start * count + end)) == len(start)


def test_a_pinched_vertex_becomes_two():
    fans = [(0, 0, 0), (-2, -1, 0), (-2, 1, 0), (2, 1, 0), (2, -1, 0), (-1, 0, 1), (1, 0, 1)]
    triangles = [(0, 1, 5), (1, 2, 5), (2, 0, 5), (0, 3, 6), (3, 4, 6), (4, 0, 6)]
    fixed = repaired(sheet_of(fans, triangles, [1, 1, 1, 1, 1, 0, 0]), np.zeros((8, 8), np.float32), lift=0.35)
    assert len(fixed.x) == 8
    assert (np.bincount(boundary_edges(fixed.triangles, 8).ravel(), minlength=8) <= 2).all()
    left, right = sorted(fixed.x[np.abs(fixed.x) < 0.5])
    assert left < 0 < right, "a weld by distance must not join them again"


@pytest.mark.parametrize("rings", [0, 1, 3])
def test_rings_make_the_rim_round(rings):
    sheet, heights, _levels = meshed()
    round_sheet = with_rings(repaired(sheet, heights, lift=0.35), rings)
    solid = doubled(round_sheet, back=1.0)
    points = solid.points * [1, -1, 1]
    assert_solid(solid.triangles, points)
    assert signed_areas(round_sheet).sum() == pytest.approx(signed_areas(sheet).sum(), rel=1e-3)
    error = abs(volume(solid.triangles, points) / (4 / 3 * np.pi * 40**3) - 1)
    assert error < (0.006 if rings else 0.02)
    assert (solid.group == ROUND).all(), "front and back share the outline"


def test_normals_of_a_ball_point_outwards():
    sheet, heights, _levels = meshed()
    solid = doubled(with_rings(repaired(sheet, heights, lift=0.35), 3), back=1.0)
    points = (solid.points - solid.points.mean(0)) * [1, -1, 1]
    normals = vertex_normals(points, solid.triangles)
    outwards = points / np.linalg.norm(points, axis=1, keepdims=True)
    assert ((normals * outwards).sum(1) > 0.95).mean() > 0.98


def test_a_wall_stands_between_front_and_back():
    sheet, heights, _levels = meshed()
    solid = doubled(repaired(sheet, heights, lift=0.35), wall=10.0)
    points = solid.points * [1, -1, 1]
    assert_solid(solid.triangles, points)
    assert volume(solid.triangles, points) == pytest.approx(4 / 3 * np.pi * 40**3 + 10 * np.pi * 40**2, rel=0.02)
    assert (solid.group == ROUND).all()
    assert (doubled(sheet, wall=10.0, sharp=True).group == FLAT).sum() == 2 * len(sheet.triangles)


def test_a_plate_has_triangles_of_its_own():
    sheet, heights, _levels = meshed()
    plate = meshed(target=400)[0]
    flat = Sheet(**{**vars(plate), "z": np.zeros_like(plate.z)})
    solid = plated(sheet, flat, wall=10.0)
    points = solid.points * [1, -1, 1]
    assert_solid(solid.triangles, points)
    assert len(plate.triangles) < len(sheet.triangles) / 4
    assert volume(solid.triangles, points) == pytest.approx(2 / 3 * np.pi * 40**3 + 10 * np.pi * 40**2, rel=0.02)
    assert (points[solid.triangles[solid.group == FLAT], 2] == -5).all()


def test_two_solids_become_one_of_two_shells():
    sheet, heights, _levels = meshed(target=400)
    solid = doubled(repaired(sheet, heights, lift=0.35))
    both = joined([solid, solid])
    assert both.triangles.max() == 2 * len(solid.points) - 1
    assert len(both.triangles) == len(both.group) == 2 * len(solid.triangles)
