# SPDX-License-Identifier: GPL-3.0-or-later
"""Quad remesh of any textured mesh: what comes out, and that everything else stays as it was."""

from __future__ import annotations

import json

import bpy
import numpy as np
import pytest

from img3d_addon.blender.quads import QuadSettings, rebuild, summary
from img3d_addon.blender.quads.apart import scene_apart
from img3d_addon.blender.quads.unwrap import overlapping
from img3d_addon.core.errors import BadInput, ImportFailed

from .meshes import empty_scene

pytestmark = pytest.mark.bpy


@pytest.fixture(autouse=True)
def _scene():
    empty_scene()


def run(steps):
    """Return what the generator returns, and its steps."""
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return end.value, seen


def rebuilt(*items, **settings):
    return run(rebuild(items, QuadSettings(**{"faces": 600, "texture": 128, **settings})))[0]


def blob(name="blob", *, at=(0.0, 0.0, 0.0), size=1.0):
    """Make an uneven closed blob of 2048 faces with texture coordinates, in no scene."""
    bpy.ops.mesh.primitive_uv_sphere_add(segments=64, ring_count=32)
    item = bpy.context.object
    for vertex in item.data.vertices:
        x, y, z = vertex.co
        vertex.co = (size * x, 0.6 * size * y, size * z * (1 + 0.3 * np.sin(2 * x)))
    item.name, item.location = name, at
    bpy.context.scene.collection.objects.unlink(item)
    return item


def material(name="skin", **inputs):
    """Make a material whose Principled BSDF has these values; the node and tree are returned, too."""
    made = bpy.data.materials.new(name)
    if not made.node_tree:
        made.use_nodes = True
    shader = next(node for node in made.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    for key, value in inputs.items():
        shader.inputs[key.replace("_", " ")].default_value = value
    return made, shader, made.node_tree


def picture(tree, pixels, *, data=False):
    """Add a texture of float pixels (n, n, 3); return its node."""
    side = len(pixels)
    image = bpy.data.images.new("given", side, side)
    image.colorspace_settings.name = "Non-Color" if data else "sRGB"
    full = np.ones((side, side, 4), np.float32)
    full[..., :3] = pixels
    image.pixels.foreach_set(full.ravel())
    image.pack()
    node = tree.nodes.new("ShaderNodeTexImage")
    node.image = image
    return node


def halves(left, right, side=64):
    """Return pixels with one colour left and another one right."""
    pixels = np.empty((side, side, 3), np.float32)
    pixels[:, : side // 2], pixels[:, side // 2 :] = left, right
    return pixels


def shader_of(item):
    tree = item.data.materials[0].node_tree
    return next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")


def seen_by(item, pixels_of):
    """Return the pixels of an image at the middle of each face, and the faces' middles."""
    image = pixels_of
    pixels = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(pixels)
    pixels = pixels.reshape(image.size[1], image.size[0], 4)
    uv = np.empty(len(item.data.loops) * 2, np.float32)
    item.data.uv_layers.active.uv.foreach_get("vector", uv)
    middle = uv.reshape(-1, 4, 2).mean(axis=1)
    at = np.clip((middle * image.size[0]).astype(int), 0, image.size[0] - 1)
    return pixels[at[:, 1], at[:, 0]], np.array([face.center[:] for face in item.data.polygons])


def overlaps(item):
    with scene_apart() as apart:
        apart.link(item)
        found = overlapping(apart, item)
        apart.scene.collection.objects.unlink(item)
    return found


def image_of(socket):
    node = socket.links[0].from_node
    while node.type != "TEX_IMAGE":
        node = next(item for item in node.inputs if item.is_linked).links[0].from_node
    return node.image


def test_a_textured_mesh_becomes_quads_with_the_same_colours():
    item = blob()
    skin, shader, tree = material(Roughness=0.3, Metallic=0.0)
    red, blue = (0.8, 0.2, 0.1), (0.1, 0.3, 0.7)
    tree.links.new(picture(tree, halves(red, blue)).outputs["Color"], shader.inputs["Base Color"])
    item.data.materials.append(skin)
    found = rebuilt(item)
    made = found.object
    assert found.after.quads == 1.0
    assert found.after.non_manifold == 0
    assert 400 < found.after.faces < 800
    assert found.before.faces == 2048
    assert not overlaps(made)
    image = image_of(shader_of(made).inputs["Base Color"])
    assert image.packed_file
    assert image.colorspace_settings.name == "sRGB"
    colours, places = seen_by(made, image)
    left = places[:, 1] < -0.1  # u runs around, so that one half of the sphere has y < 0
    for side in (left, places[:, 1] > 0.1):
        middle = np.median(colours[side][:, :3], axis=0)
        assert any(middle == pytest.approx(want, abs=1.5 / 255) for want in (red, blue))
    assert shader_of(made).inputs["Roughness"].default_value == pytest.approx(0.3)
    assert not shader_of(made).inputs["Roughness"].is_linked
    assert shader_of(made).inputs["Normal"].is_linked
    assert all(polygon.use_smooth for polygon in made.data.polygons)
    assert not made.data.has_custom_normals
    json.dumps(summary(found))


def test_the_rest_of_the_file_stays_as_it_was():
    item = blob()
    skin, shader, tree = material()
    tree.links.new(picture(tree, halves((1, 0, 0), (0, 1, 0))).outputs["Color"], shader.inputs["Base Color"])
    item.data.materials.append(skin)
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    bpy.ops.object.mode_set(mode="EDIT")
    scene = bpy.context.scene
    engine, nodes, before = scene.render.engine, len(tree.nodes), counts()
    found = rebuilt(item)
    after = counts()
    assert {kind: after[kind] - before[kind] for kind in after if after[kind] != before[kind]} == {
        "objects": 1,
        "meshes": 1,
        "materials": 1,
        "images": 2,
    }
    assert cube.mode == "EDIT"
    assert bpy.context.view_layer.objects.active == cube
    assert scene.render.engine == engine
    assert len(tree.nodes) == nodes
    assert item.data.materials[0] == skin
    assert not found.object.users_scene
    assert item.hide_render


def counts():
    kinds = ("objects", "meshes", "materials", "images", "scenes", "worlds", "cameras", "lights", "node_groups")
    return {kind: len(getattr(bpy.data, kind)) for kind in kinds}


def test_a_failure_leaves_nothing():
    item = blob()
    item.data.transform([[0.0] * 4] * 3 + [[0, 0, 0, 1]])
    before = counts()
    with pytest.raises(ImportFailed, match="no extent"):
        rebuilt(item)
    assert counts() == before
    assert not item.hide_render


def test_an_abandoned_rebuild_leaves_nothing():
    item = blob()
    before = counts()
    steps = rebuild([item], QuadSettings(faces=300))
    for _ in range(3):
        next(steps)
    steps.close()
    assert counts() == before


def test_steps_tell_how_far_it_is():
    _, steps = run(rebuild([blob()], QuadSettings(faces=300)))
    shares = [share for share, _ in steps]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert all(text for _, text in steps)


@pytest.mark.parametrize("faces", [0, 7, 10**6])
def test_impossible_wishes_are_refused(faces):
    with pytest.raises(BadInput, match="faces"):
        QuadSettings(faces=faces)
