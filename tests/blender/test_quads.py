# SPDX-License-Identifier: GPL-3.0-or-later
"""Quad remesh with the texture put back from four numbers."""

from __future__ import annotations

import bpy

# isort: split
import bmesh
import numpy as np
import pytest

from img3d_addon.blender.quads import QuadSettings, facts_of, rebuild
from img3d_addon.blender.restore import Projection, coordinates, projection_of, restore_uvs

from .meshes import BACK, empty_scene, projected_blob, textured
from .quad_scenes import drive

pytestmark = pytest.mark.bpy


@pytest.fixture(autouse=True)
def _scene():
    empty_scene()


def uvs(mesh) -> np.ndarray:
    found = np.empty(len(mesh.loops) * 2, np.float32)
    mesh.uv_layers.active.uv.foreach_get("vector", found)
    return found.reshape(-1, 2)


def remade(item, faces):
    return drive(rebuild([item], QuadSettings(faces=faces)))[0]


def split_at_charts(item) -> None:
    """Split front from back, as a file does where texture coordinates jump, and store normals of its own."""
    work = bmesh.new()
    work.from_mesh(item.data)
    rim = [e for e in work.edges if len({f.calc_center_median().y > 0 for f in e.link_faces}) == 2]
    bmesh.ops.split_edges(work, edges=rim)
    work.to_mesh(item.data)
    work.free()
    item.data.normals_split_custom_set_from_vertices([v.normal for v in item.data.vertices])


def test_quads_with_texture(tmp_path):
    item = textured(projected_blob(), tmp_path)
    split_at_charts(item)
    assert facts_of([item.data]).non_manifold > 0
    material = item.data.materials[0]
    volume, before = _volume(item.data), _size(item.data)
    found = remade(item, 1500)
    mesh = found.object.data
    assert found.after.quads == 1.0
    assert found.after.non_manifold == 0
    assert 0.5 * 1500 < found.after.faces < 1.5 * 1500
    assert found.after.faces == len(mesh.polygons)
    assert list(mesh.materials) == [material]
    assert all(polygon.material_index == 0 and polygon.use_smooth for polygon in mesh.polygons)
    assert not mesh.has_custom_normals
    assert _volume(mesh) == pytest.approx(volume, rel=0.02)
    assert _size(mesh) == pytest.approx(before, rel=0.03)


def test_every_corner_reads_its_own_texel(tmp_path):
    mesh = remade(textured(projected_blob(), tmp_path), 800).object.data
    assert len(mesh.uv_layers) == 1
    found = uvs(mesh)
    for polygon in mesh.polygons:
        back = polygon.center.y > 0
        for corner in polygon.loop_indices:
            x, _y, z = mesh.vertices[mesh.loops[corner].vertex_index].co
            want = (0.45 * x + 0.25 + (0.5 if back else 0.0), 1 - (-0.9 * z + 0.5))
            assert found[corner] == pytest.approx(want, abs=1e-5)


def test_scaling_and_turning_the_object_keeps_the_numbers(tmp_path):
    item = textured(projected_blob(), tmp_path)
    item.scale, item.rotation_euler, item.location = (3, 3, 3), (0, 0, 1.57), (5, 6, 7)
    bpy.context.view_layer.update()
    made = remade(item, 800).object
    assert uvs(made.data) == pytest.approx(coordinates(made.data, BACK), abs=1e-5)
    assert made.scale[:] == pytest.approx((3, 3, 3))


def test_restore_on_the_untouched_mesh_changes_nothing():
    item = projected_blob()
    before = uvs(item.data)
    restore_uvs(item.data, projection_of(item))
    assert uvs(item.data) == pytest.approx(before, abs=1e-5)


def test_one_chart_for_both_sides():
    item = projected_blob()
    restore_uvs(item.data, Projection(BACK.u, BACK.v))
    assert uvs(item.data)[:, 0].max() < 0.75


def _size(mesh) -> np.ndarray:
    return np.ptp([vertex.co[:] for vertex in mesh.vertices], axis=0)


def _volume(mesh) -> float:
    work = bmesh.new()
    work.from_mesh(mesh)
    bmesh.ops.remove_doubles(work, verts=list(work.verts), dist=1e-6)
    volume = work.calc_volume(signed=True)
    work.free()
    return volume
