# SPDX-License-Identifier: GPL-3.0-or-later
"""What is baked from which materials: exact values, right colour spaces, and numbers where a number will do."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from img3d_addon.blender.quads.apart import scene_apart
from img3d_addon.blender.quads.bake import oven
from img3d_addon.blender.quads.dress import dress
from img3d_addon.blender.quads.heal import Healed
from img3d_addon.blender.quads.maps import bake_maps, plan_of, texture_side
from img3d_addon.blender.quads.source import gather
from img3d_addon.blender.quads.unwrap import unwrap

from .meshes import empty_scene
from .quad_scenes import blob, drive, halves, image_of, material, pick, picture, shader_of

pytestmark = pytest.mark.bpy

BYTE = 1.5 / 255
RED, BLUE = (0.8, 0.2, 0.1), (0.1, 0.3, 0.7)


@pytest.fixture(autouse=True)
def _scene():
    empty_scene()


def dressed(*items, normal=False):
    """Bake the objects onto a ball of 384 quads that lies in them, and return it in its new material."""
    with scene_apart() as apart:
        source = gather(apart, items)
        target = apart.add(_ball(source))
        unwrap(apart, target, margin=0.02)
        plan = plan_of(source, faces=384)
        object.__setattr__(plan, "normal", normal)
        healed = Healed(source.shell, source.shell, 0.05)
        with oven(apart, target, source, healed=healed, side=128) as ready:
            maps = drive(bake_maps(ready, plan, name="ball"))[0]
        target.data.materials.append(dress(source, maps, name="ball"))
        apart.scene.collection.objects.unlink(target)
    return target


def _ball(source):
    """Return a rounded cube of 384 quads whose corners lie on the source."""
    bpy.ops.mesh.primitive_cube_add(size=2.0)
    item = bpy.context.object
    finer = item.modifiers.new("finer", "SUBSURF")
    finer.levels = 3
    bpy.ops.object.modifier_apply(modifier="finer")
    mesh = item.data
    bpy.context.scene.collection.objects.unlink(item)
    places = source.shell.points[np.unique(source.shell.triangles)]
    towards = places / np.linalg.norm(places, axis=1, keepdims=True)
    for vertex in mesh.vertices:
        vertex.co = places[np.argmax(towards @ np.array(vertex.co.normalized()))]
    mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
    return mesh


def front_and_back(item, socket):
    """Return the median of the baked picture where y < 0 and where y > 0."""
    values, places = pick(item, image_of(socket))
    edge = 0.15 * np.abs(places[:, 1]).max()
    return np.median(values[places[:, 1] < -edge], axis=0), np.median(values[places[:, 1] > edge], axis=0)


def test_a_colour_texture_is_kept_to_the_byte():
    skin, shader, tree = material(Roughness=0.3, Metallic=1.0, IOR=1.7)
    tree.links.new(picture(tree, halves(RED, BLUE)).outputs["Color"], shader.inputs["Base Color"])
    item = blob()
    item.data.materials.append(skin)
    made = dressed(item)
    front, back = front_and_back(made, shader_of(made).inputs["Base Color"])
    assert (front[:3] == pytest.approx(RED, abs=BYTE) and back[:3] == pytest.approx(BLUE, abs=BYTE)) or (
        front[:3] == pytest.approx(BLUE, abs=BYTE) and back[:3] == pytest.approx(RED, abs=BYTE)
    )
    image = image_of(shader_of(made).inputs["Base Color"])
    assert image.packed_file
    assert image.colorspace_settings.name == "sRGB"
    for name, value in (("Roughness", 0.3), ("Metallic", 1.0), ("IOR", 1.7), ("Alpha", 1.0)):
        assert shader_of(made).inputs[name].default_value == pytest.approx(value)
        assert not shader_of(made).inputs[name].is_linked
    assert not shader_of(made).inputs["Normal"].is_linked


def test_roughness_and_metallic_share_a_picture_as_in_gltf():
    skin, shader, tree = material(Base_Color=(0.2, 0.5, 0.1, 1.0))
    split = tree.nodes.new("ShaderNodeSeparateColor")
    tree.links.new(picture(tree, halves((0, 0.25, 0), (0, 0.75, 1)), data=True).outputs["Color"], split.inputs[0])
    tree.links.new(split.outputs["Green"], shader.inputs["Roughness"])
    tree.links.new(split.outputs["Blue"], shader.inputs["Metallic"])
    item = blob()
    item.data.materials.append(skin)
    made = dressed(item)
    shader = shader_of(made)
    assert image_of(shader.inputs["Roughness"]) == image_of(shader.inputs["Metallic"])
    assert image_of(shader.inputs["Roughness"]).colorspace_settings.name == "Non-Color"
    seen = sorted(tuple(side[:3]) for side in front_and_back(made, shader.inputs["Roughness"]))
    assert seen[0] == pytest.approx((1.0, 0.25, 0.0), abs=BYTE)
    assert seen[1] == pytest.approx((1.0, 0.75, 1.0), abs=BYTE)
    assert shader.inputs["Base Color"].default_value[:] == pytest.approx((0.2, 0.5, 0.1, 1.0))


def test_a_picture_of_one_value_becomes_a_number():
    skin, shader, tree = material()
    tree.links.new(picture(tree, halves((0.5,) * 3, (0.5,) * 3), data=True).outputs[0], shader.inputs["Roughness"])
    tree.links.new(picture(tree, halves(RED, RED)).outputs[0], shader.inputs["Base Color"])
    item = blob()
    item.data.materials.append(skin)
    made = dressed(item)
    shader = shader_of(made)
    assert not any(socket.is_linked for socket in shader.inputs)
    assert shader.inputs["Roughness"].default_value == pytest.approx(0.5, abs=BYTE)
    want = [((value + 0.055) / 1.055) ** 2.4 for value in RED]
    assert shader.inputs["Base Color"].default_value[:3] == pytest.approx(want, abs=0.01)


def test_alpha_goes_into_the_colours_picture():
    skin, shader, tree = material()
    alpha = np.ones((64, 64))
    alpha[:, :32] = 0.0
    node = picture(tree, halves(RED, BLUE), alpha=alpha)
    tree.links.new(node.outputs["Color"], shader.inputs["Base Color"])
    tree.links.new(node.outputs["Alpha"], shader.inputs["Alpha"])
    skin.surface_render_method = "BLENDED"
    item = blob()
    item.data.materials.append(skin)
    made = dressed(item)
    shader = shader_of(made)
    assert image_of(shader.inputs["Alpha"]) == image_of(shader.inputs["Base Color"])
    assert shader.inputs["Alpha"].links[0].from_socket.name == "Alpha"
    assert sorted(side[3] for side in front_and_back(made, shader.inputs["Alpha"])) == pytest.approx([0, 1], abs=BYTE)
    assert made.data.materials[0].surface_render_method == "BLENDED"


def test_emission_brighter_than_white_keeps_its_strength():
    skin, shader, tree = material(Emission_Strength=4.0)
    tree.links.new(picture(tree, halves((1, 1, 1), (0, 0, 0))).outputs[0], shader.inputs["Emission Color"])
    item = blob()
    item.data.materials.append(skin)
    made = dressed(item)
    shader = shader_of(made)
    assert shader.inputs["Emission Strength"].default_value == pytest.approx(4.0, rel=0.01)
    seen = sorted(tuple(side[:3]) for side in front_and_back(made, shader.inputs["Emission Color"]))
    assert seen == [pytest.approx((0, 0, 0), abs=BYTE), pytest.approx((1, 1, 1), abs=BYTE)]


def test_materials_by_face_become_one_picture():
    item = blob()
    item.data.materials.append(material("front", Base_Color=(0.5, 0.1, 0.1, 1.0), Roughness=0.2)[0])
    item.data.materials.append(material("back", Base_Color=(0.1, 0.1, 0.5, 1.0), Roughness=0.8)[0])
    for face in item.data.polygons:
        face.material_index = int(face.center.y > 0)
    made = dressed(item)
    shader = shader_of(made)
    front, back = front_and_back(made, shader.inputs["Base Color"])
    assert front[0] > 3 * front[2] / 2
    assert back[2] > 3 * back[0] / 2
    front, back = front_and_back(made, shader.inputs["Roughness"])
    assert (front[1], back[1]) == pytest.approx((0.2, 0.8), abs=BYTE)
    assert shader.inputs["Metallic"].default_value == 0.0


def test_vertex_colours_without_texture_coordinates_are_baked():
    item = blob()
    item.data.uv_layers.remove(item.data.uv_layers[0])
    colours = item.data.color_attributes.new("Col", "BYTE_COLOR", "CORNER")
    for face in item.data.polygons:
        for corner in face.loop_indices:
            colours.data[corner].color_srgb = (*(RED if face.center.y < 0 else BLUE), 1.0)
    skin, shader, tree = material()
    node = tree.nodes.new("ShaderNodeVertexColor")
    node.layer_name = "Col"
    tree.links.new(node.outputs["Color"], shader.inputs["Base Color"])
    item.data.materials.append(skin)
    made = dressed(item)
    front, back = front_and_back(made, shader_of(made).inputs["Base Color"])
    assert front[:3] == pytest.approx(RED, abs=2 * BYTE)
    assert back[:3] == pytest.approx(BLUE, abs=2 * BYTE)


def mixed(tree, share):
    mix = tree.nodes.new("ShaderNodeMixShader")
    mix.inputs[0].default_value = share
    diffuse = tree.nodes.new("ShaderNodeBsdfDiffuse")
    diffuse.inputs["Color"].default_value = (1.0, 0.0, 0.0, 1.0)
    shader = next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (0.0, 0.0, 1.0, 1.0)
    tree.links.new(diffuse.outputs[0], mix.inputs[1])
    tree.links.new(shader.outputs[0], mix.inputs[2])
    return mix.outputs[0]


def grouped(tree, share):
    group = bpy.data.node_groups.new("shaders", "ShaderNodeTree")
    group.interface.new_socket(name="Shader", in_out="OUTPUT", socket_type="NodeSocketShader")
    group.nodes.new("ShaderNodeBsdfPrincipled")
    end = group.nodes.new("NodeGroupOutput")
    group.links.new(mixed(group, share), end.inputs[0])
    node = tree.nodes.new("ShaderNodeGroup")
    node.node_tree = group
    return node.outputs[0]


@pytest.mark.parametrize("make", [mixed, grouped])
def test_mixed_shaders_are_followed(make):
    skin, _, tree = material()
    end = next(node for node in tree.nodes if node.type == "OUTPUT_MATERIAL")
    tree.links.new(make(tree, 0.25), end.inputs["Surface"])
    item = blob()
    item.data.materials.append(skin)
    made = dressed(item)
    assert shader_of(made).inputs["Base Color"].default_value[:3] == pytest.approx((0.75, 0.0, 0.25), abs=0.01)


def test_an_unlit_material_glows():
    skin, _, tree = material()
    light, end = tree.nodes.new("ShaderNodeEmission"), tree.nodes["Material Output"]
    tree.links.new(picture(tree, halves(RED, BLUE)).outputs[0], light.inputs["Color"])
    tree.links.new(light.outputs[0], end.inputs["Surface"])
    item = blob()
    item.data.materials.append(skin)
    made = dressed(item)
    shader = shader_of(made)
    assert shader.inputs["Base Color"].default_value[:3] == pytest.approx((0, 0, 0))
    assert shader.inputs["Emission Strength"].default_value == 1.0
    seen = sorted(tuple(side[:3]) for side in front_and_back(made, shader.inputs["Emission Color"]))
    assert seen == [pytest.approx(BLUE, abs=2 * BYTE), pytest.approx(RED, abs=2 * BYTE)]


def test_normals_are_baked_in_tangent_space():
    item = blob()
    item.data.materials.append(material()[0])
    made = dressed(item, normal=True)
    socket = shader_of(made).inputs["Normal"]
    values, _ = pick(made, image_of(socket))
    assert socket.links[0].from_node.type == "NORMAL_MAP"
    assert image_of(socket).colorspace_settings.name == "Non-Color"
    lengths = np.linalg.norm(values[:, :3] * 2 - 1, axis=1)
    assert np.median(lengths) == pytest.approx(1.0, abs=0.02)
    assert np.median(values[:, 2]) > 0.9


def test_faces_that_look_inwards_shade_like_others():
    item = blob()
    item.data.flip_normals()
    item.data.materials.append(material()[0])
    made = dressed(item, normal=True)
    values, _ = pick(made, image_of(shader_of(made).inputs["Normal"]))
    assert np.median(values[:, 2]) > 0.9
    assert np.median(values[:, :2], axis=0) == pytest.approx((0.5, 0.5), abs=0.1)


def test_the_side_follows_the_largest_picture():
    skin, shader, tree = material()
    tree.links.new(picture(tree, halves(RED, BLUE, side=2048)).outputs[0], shader.inputs["Base Color"])
    item = blob()
    item.data.materials.append(skin)
    with scene_apart() as apart:
        source = gather(apart, [item])
        assert texture_side(source, faces=5000) == 2048
        assert texture_side(source, faces=60) == 1024
