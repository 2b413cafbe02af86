# SPDX-License-Identifier: GPL-3.0-or-later
"""Shading by angle, and normals of a file that are broken."""

import math

import bpy
import numpy as np
import pytest

from img3d_addon.blender.importing.arrange import arrange
from img3d_addon.blender.importing.dress import drop_normals, shade
from img3d_addon.blender.importing.loaders import read
from img3d_addon.blender.importing.normals import repair_normals

from .gltf_files import glb, sphere
from .meshes import empty_scene

PLACE, FACES = sphere()
OUTWARD = PLACE / np.linalg.norm(PLACE, axis=1)[:, None]


@pytest.fixture(autouse=True)
def scene():
    empty_scene()


def loaded(folder, *, normals=OUTWARD, faces=FACES):
    (item,) = arrange(read(glb(folder / "ball.glb", PLACE, faces, normals=normals), kind="glb"), facing="-Y")
    return item


def corners(mesh):
    """Return the normal and the place, from the middle of the ball, of each corner."""
    normals, at = np.empty(len(mesh.loops) * 3, np.float32), np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.corner_normals.foreach_get("vector", normals)
    mesh.vertices.foreach_get("co", at)
    used = [loop.vertex_index for loop in mesh.loops]
    at = at.reshape(-1, 3)
    return normals.reshape(-1, 3), (at - (at.min(0) + at.max(0)) / 2)[used]


def outward(mesh):
    """Return the least cosine between a normal and the way out of the ball."""
    normals, at = corners(mesh)
    return float(((normals * at).sum(1) / np.linalg.norm(at, axis=1)).min())


def faces_look_outward(mesh):
    return all(face.normal.dot(face.center - sum_of(mesh) / len(mesh.vertices)) > 0 for face in mesh.polygons)


def sum_of(mesh):
    total = mesh.vertices[0].co * 0
    for vertex in mesh.vertices:
        total += vertex.co
    return total


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
def test_normals_against_their_faces_are_computed_anew(tmp_path, share):
    normals = OUTWARD.copy()
    normals[: int(share * len(normals))] *= -1
    item = loaded(tmp_path, normals=normals)
    assert (outward(item.data) < -0.9) is (share > 0)
    repaired = repair_normals([item])
    assert (repaired > 0) is (share > 0)
    assert repaired < len(item.data.loops) or share == 1.0
    assert outward(item.data) > 0.9
    assert repair_normals([item]) == 0


@pytest.mark.parametrize("value", [0.0, math.nan])
def test_normals_without_a_direction_do_no_harm(tmp_path, value):
    normals = OUTWARD.copy()
    normals[20:200] = value
    item = loaded(tmp_path, normals=normals)
    repair_normals([item])
    found, _at = corners(item.data)
    assert np.isfinite(found).all()
    assert outward(item.data) > 0.9


def test_a_shape_that_is_inside_out_has_its_faces_turned(tmp_path):
    item = loaded(tmp_path, faces=FACES[:, ::-1])
    assert repair_normals([item]) == len(item.data.loops)
    assert faces_look_outward(item.data)
    assert outward(item.data) > 0.9


def test_sound_normals_are_not_touched(tmp_path):
    tilted = OUTWARD + np.array([0, 0.4, 0])
    tilted /= np.linalg.norm(tilted, axis=1)[:, None]
    item = loaded(tmp_path, normals=tilted)
    before, _at = corners(item.data)
    assert repair_normals([item]) == 0
    after, _at = corners(item.data)
    assert np.array_equal(before, after)


@pytest.mark.parametrize(("angle", "sharp"), [(5.0, True), (60.0, False)])
def test_shading_by_angle_parts_the_faces_where_they_meet_at_more(tmp_path, angle, sharp):
    item = loaded(tmp_path)
    shade([item], "angle", angle=angle)
    mesh = item.data
    assert not mesh.has_custom_normals
    normals, at = corners(mesh)
    apart = 1 - (normals * at).sum(1) / np.linalg.norm(at, axis=1)
    assert bool(np.median(apart) > 4e-3) is sharp
    parted = sum(edge.use_edge_sharp for edge in mesh.edges) / len(mesh.edges)
    assert parted > 0.5 if sharp else parted == 0


if bpy.app.version >= (4, 5):  # 4.2 does not know free normals

    def test_normals_that_are_stored_free_are_repaired_and_dropped_as_well(tmp_path):
        normals = OUTWARD.copy()
        normals[20:100] *= -1
        item = loaded(tmp_path)
        drop_normals(item.data)
        free = item.data.attributes.new("custom_normal", "FLOAT_VECTOR", "POINT")
        free.data.foreach_set("vector", np.resize(normals, (len(item.data.vertices), 3)).astype(np.float32).ravel())
        item.data.update()
        assert outward(item.data) < -0.5
        assert repair_normals([item]) > 0
        shade([item], "smooth")
        assert not item.data.has_custom_normals
        assert outward(item.data) > 0.9
