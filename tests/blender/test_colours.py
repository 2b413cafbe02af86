# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours in the corners of a mesh, as some services deliver them in place of a texture."""

import struct

import bpy
import pytest

from tests.servers.glb import cube, pack

from .meshes import empty_scene, projected_blob, textured
from .test_formats import BLUE, GREEN, RED, painted, written
from .test_importing import brought, counts, wedge


@pytest.fixture(autouse=True)
def scene():
    empty_scene()


def coloured_glb(*, material=None):
    """Return a cube with COLOR_0, blue where x is above 0 and red elsewhere."""
    places, _normals, _coordinates, corners = cube()
    colours = [part for place in places for part in (BLUE if place[0] > 0 else RED)]
    flat = [part for place in places for part in place]
    blocks = [struct.pack("<72f", *flat), struct.pack("<72f", *colours), struct.pack("<36H", *corners)]
    primitive = {"attributes": {"POSITION": 0, "COLOR_0": 1}, "indices": 2}
    document = {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [primitive]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 24, "type": "VEC3", "min": [-0.5] * 3, "max": [0.5] * 3},
            {"bufferView": 1, "componentType": 5126, "count": 24, "type": "VEC3"},
            {"bufferView": 2, "componentType": 5123, "count": 36, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": offset, "byteLength": len(block)}
            for offset, block in zip((0, 288, 576), blocks, strict=True)
        ],
        "buffers": [{"byteLength": 648}],
    }
    if material is not None:
        primitive["material"] = 0
        document["materials"] = [material]
    return pack(document, b"".join(blocks))


def shown_colours(item):
    """Return the attribute that the only material shows as its base colour."""
    (material,) = item.data.materials
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    (link,) = shader.inputs["Base Color"].links
    assert link.from_node.type == "VERTEX_COLOR"
    colours = item.data.color_attributes
    return colours[link.from_node.layer_name or colours.render_color_index]


@pytest.mark.parametrize("material", [False, True])
@pytest.mark.parametrize("kind", ["ply", "obj", "fbx"])
def test_colours_without_a_material_are_shown_by_one(tmp_path, kind, material):
    item = painted(wedge())
    if material:
        item.data.materials.append(bpy.data.materials.new("plain"))
    path = written(tmp_path, kind)
    before = counts()
    result = brought(path)
    assert {tuple(round(part) for part in value.color) for value in shown_colours(result.root).data} == {
        (*colour, 1) for colour in (RED, GREEN, BLUE)
    }
    assert [made.name for made in bpy.data.materials] == ["Material"]
    brought(path)
    assert [made.name for made in bpy.data.materials] == ["Material"], "the same one is used again"
    brought(path, reuse=False)
    assert [made.name for made in bpy.data.materials] == ["Material", "Material.001"]
    empty_scene()
    result = brought(path, texture=False)
    assert not result.root.data.color_attributes
    assert counts() == before | {"objects": 1, "meshes": 1, "collections": 1}


@pytest.mark.parametrize("material", [None, {"pbrMetallicRoughness": {"metallicFactor": 0.0}}])
def test_colours_of_a_glb_are_shown(tmp_path, material):
    path = tmp_path / "m.glb"
    path.write_bytes(coloured_glb(material=material))
    result = brought(path)
    assert {tuple(round(part) for part in value.color) for value in shown_colours(result.root).data} == {
        (*RED, 1),
        (*BLUE, 1),
    }
    empty_scene()
    before = counts()
    brought(path, texture=False)
    assert counts() == before | {"objects": 1, "meshes": 1, "collections": 1}


def test_a_material_that_shows_something_is_kept(tmp_path):
    item = painted(wedge())
    leather = bpy.data.materials.new("leather")
    if not leather.node_tree:
        leather.use_nodes = True
    shader = next(node for node in leather.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (0.4, 0.2, 0.1, 1.0)
    item.data.materials.append(leather)
    path = written(tmp_path, "obj")
    assert [made.name for made in brought(path).root.data.materials] == ["leather"]
    empty_scene()
    painted(textured(projected_blob(16), tmp_path))
    assert [made.name for made in brought(written(tmp_path, "fbx")).root.data.materials] == ["skin"]


def test_white_corners_need_no_material(tmp_path):
    painted(wedge(), [(1.0, 1.0, 1.0)])
    assert not brought(written(tmp_path, "ply")).root.data.materials


def test_parts_with_colours_share_one_material(tmp_path):
    painted(wedge())
    painted(wedge(at=(3, 0, 0)))
    result = brought(written(tmp_path, "fbx"))
    (material,) = bpy.data.materials
    assert [list(item.data.materials) for item in result.objects[1:]] == [[material], [material]]


def test_a_render_shows_the_colours(tmp_path):
    bpy.ops.mesh.primitive_plane_add(size=8)
    painted(bpy.context.object, [GREEN])
    brought(written(tmp_path, "ply"), location="origin")
    scene = bpy.context.scene
    bpy.ops.object.light_add(type="SUN")
    bpy.ops.object.camera_add(location=(0, 0, 4))
    scene.camera = bpy.context.object
    scene.render.engine, scene.cycles.samples, scene.cycles.device = "CYCLES", 1, "CPU"
    scene.render.resolution_x = scene.render.resolution_y = 16
    scene.render.filepath = str(tmp_path / "render.png")
    bpy.ops.render.render(write_still=True)
    red, green, blue, _alpha = list(bpy.data.images.load(scene.render.filepath).pixels)[:4]
    assert green > 0.3
    assert green > 2 * max(red, blue)
