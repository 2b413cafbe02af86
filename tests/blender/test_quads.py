# SPDX-License-Identifier: GPL-3.0-or-later
"""Quad remesh with the texture put back from four numbers."""

from __future__ import annotations

import bpy  # noqa: F401 - before bmesh, which it brings

# isort: split
import bmesh
import numpy as np
import pytest

from img3d_addon.blender.quads import quad_remesh, report
from img3d_addon.blender.restore import Projection, coordinates, projection_of, restore_uvs
from img3d_addon.core.errors import ImportFailed

from .meshes import BACK, empty_scene, projected_blob, textured

pytestmark = pytest.mark.bpy


@pytest.fixture(autouse=True)
def _scene():
    empty_scene()


def uvs(mesh) -> np.ndarray:
    found = np.empty(len(mesh.loops) * 2, np.float32)
    mesh.uv_layers.active.uv.foreach_get("vector", found)
    return found.reshape(-1, 2)


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
    assert report(item.data).open_edges > 0
    material = item.data.materials[0]
    volume, before = _volume(item.data), _size(item.data)
    found = quad_remesh(item, 1500)
    assert found.quads == 1.0
    assert found.manifold
    assert 0.5 * 1500 < found.faces < 1.5 * 1500
    assert found.faces == len(item.data.polygons)
    assert list(item.data.materials) == [material]
    assert all(polygon.material_index == 0 and polygon.use_smooth for polygon in item.data.polygons)
    assert not item.data.has_custom_normals
    assert _volume(item.data) == pytest.approx(volume, rel=0.02)
    assert _size(item.data) == pytest.approx(before, rel=0.03)


def test_every_corner_reads_its_own_texel(tmp_path):
    item = textured(projected_blob(), tmp_path)
    quad_remesh(item, 800)
    mesh = item.data
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
    quad_remesh(item, 800)
    assert uvs(item.data) == pytest.approx(coordinates(item.data, BACK), abs=1e-5)
    assert item.scale[:] == pytest.approx((3, 3, 3))


def test_restore_on_the_untouched_mesh_changes_nothing():
    item = projected_blob()
    before = uvs(item.data)
    restore_uvs(item.data, projection_of(item))
    assert uvs(item.data) == pytest.approx(before, abs=1e-5)


def test_one_chart_for_both_sides():
    item = projected_blob()
    restore_uvs(item.data, Projection(BACK.u, BACK.v))
    assert uvs(item.data)[:, 0].max() < 0.75


def test_results_without_the_numbers_are_refused():
    item = projected_blob()
    del item["img3d_proj_u"]
    with pytest.raises(ImportFailed, match="no texture projection"):
        quad_remesh(item, 500)


def test_a_mesh_that_quadriflow_refuses_is_said_in_words():
    item = projected_blob()
    work = bmesh.new()
    work.from_mesh(item.data)
    for face in list(work.faces)[::7]:
        face.normal_flip()
    work.to_mesh(item.data)
    work.free()
    extent = max(v.co.x for v in item.data.vertices)
    with pytest.raises(ImportFailed, match="quad remesh of blob to 300 faces did not work"):
        quad_remesh(item, 300)
    assert max(v.co.x for v in item.data.vertices) == pytest.approx(extent, rel=1e-5)


def test_a_mesh_without_extent_is_refused():
    item = projected_blob()
    item.data.clear_geometry()
    with pytest.raises(ImportFailed, match="no extent"):
        quad_remesh(item, 300)


def _size(mesh) -> np.ndarray:
    return np.ptp([vertex.co[:] for vertex in mesh.vertices], axis=0)


def _volume(mesh) -> float:
    work = bmesh.new()
    work.from_mesh(mesh)
    bmesh.ops.remove_doubles(work, verts=list(work.verts), dist=1e-6)
    volume = work.calc_volume(signed=True)
    work.free()
    return volume
