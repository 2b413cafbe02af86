# SPDX-License-Identifier: GPL-3.0-or-later
"""The single steps of a quad remesh: closing, voxels, what QuadriFlow refuses, texture coordinates."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from img3d_addon.blender.quads import QuadSettings, facts_of, flow, rebuild, time_limit
from img3d_addon.blender.quads.apart import scene_apart
from img3d_addon.blender.quads.heal import close, heal
from img3d_addon.blender.quads.shell import Shell
from img3d_addon.blender.quads.unwrap import overlapping, unwrap

from .bad_meshes import ball, cube, sheet, together
from .meshes import empty_scene
from .quad_scenes import blob, drive

pytestmark = pytest.mark.bpy


@pytest.fixture(autouse=True)
def _scene():
    empty_scene()


def volume(shell):
    return shell.volumes().sum()


def test_corners_that_a_file_split_are_one_again():
    points, triangles = ball(8)
    loose = Shell(points[triangles.ravel()], np.arange(triangles.size).reshape(-1, 3))
    assert len(loose.rims()) == triangles.size
    whole = loose.welded()
    assert not len(whole.rims())
    assert len(whole.points) == len(points)


def test_small_holes_are_capped_even_where_they_touch():
    points, triangles = ball(24)
    rng = np.random.default_rng(3)
    torn = Shell(points, triangles[rng.random(len(triangles)) > 0.1])
    closed, notes = close(torn, thickness=0.02)
    assert not len(closed.rims())
    assert not notes
    assert volume(closed) == pytest.approx(4 / 3 * np.pi, rel=0.03)


def test_an_open_sheet_gets_a_thickness():
    points, triangles = sheet()
    closed, notes = close(Shell(points, triangles), thickness=0.05)
    assert not len(closed.rims())
    assert "thickness" in notes[0]
    area = Shell(points, triangles).areas().sum()
    assert abs(volume(closed)) == pytest.approx(0.05 * area, rel=0.05)


def test_walls_that_nobody_sees_are_left_out():
    with scene_apart() as apart:
        shells = Shell(*together(ball(24), ball(16, radius=0.8), ball(16, radius=0.6)))
        healed = heal(apart, shells, faces=500)
    assert healed.outside.parts().max() == 0
    assert volume(healed.outside) == pytest.approx(4 / 3 * np.pi, rel=0.03)


def test_what_quadriflow_refuses_becomes_a_grid(monkeypatch):
    monkeypatch.setattr(flow, "_run", lambda faces: "it does not want to")
    made, _ = drive(rebuild([blob()], QuadSettings(faces=300)))
    assert (made.after.quads, made.after.non_manifold) == (1.0, 0)
    assert 150 < made.after.faces < 600
    assert any("follow a grid" in note for note in made.notes)


def test_parts_share_the_faces_by_area_and_crumbs_get_none():
    shells = Shell(*together(ball(24), ball(8, radius=0.5, at=(3, 0, 0)), cube(0.01, at=(0, 0, 3))))
    parts, left_out = flow.share_out(shells, 500)
    assert [part.faces for part in parts] == [pytest.approx(400, abs=10), pytest.approx(100, abs=10)]
    assert left_out == 1


def test_a_quad_that_overlaps_itself_gets_a_square_of_its_own():
    mesh = bpy.data.meshes.new("bent")
    mesh.from_pydata(
        [(0, 0, 0), (1, 1, 0), (1, 0, 0.01), (0, 1, 0), (2, 0, 0), (2, 1, 0)], [], [(0, 1, 2, 3), (2, 4, 5, 1)]
    )
    with scene_apart() as apart:
        item = apart.add(mesh)
        assert not unwrap(apart, item, margin=0.01)
        assert not overlapping(apart, item)
        apart.scene.collection.objects.unlink(item)
    assert facts_of([mesh]).faces == 2


def test_the_time_limit_grows_with_the_faces():
    assert 60 < time_limit(100) < time_limit(100_000)
