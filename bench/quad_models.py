# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten models for the quad benchmark, as differently made as services deliver them; each is a list of objects.

Charts with split corners, one to three maps, several parts and materials, thin legs, handles, vertex colours,
emission, single-sided leaves, and solids of the offline generator with their exact coordinates taken away.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import bpy
import numpy as np

# isort: split
import bmesh
from mathutils import Matrix, Vector, noise

__all__ = ["MODELS", "PAINTED", "drawn"]

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


def drawn(name: str, mode: str = "inflate") -> list[Any]:
    """Return the solid that the offline generator makes of an example picture."""
    from img3d_addon.providers.offline.silhouette.pipeline import Options, reconstruct

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.glb"
        file.write_bytes(reconstruct(EXAMPLES / f"{name}.png", Options(mode=mode)).glb)
        before = set(bpy.data.objects)
        bpy.ops.import_scene.gltf(filepath=str(file))  # corners stay split at the charts, as they are delivered
    return [item for item in bpy.data.objects if item not in before]


def plain(name: str, mode: str = "inflate") -> list[Any]:
    """Return the same without the numbers of its projection, so that it has to be baked."""
    items = drawn(name, mode)
    for item in items:
        for key in [key for key in item.keys() if key.startswith("img3d")]:  # noqa: SIM118 - no mapping's iterator
            del item[key]
    return items


def creature() -> list[Any]:
    """Return a monkey's head with fur of bumps: 2K colour, normal and roughness maps over split charts."""
    bpy.ops.mesh.primitive_monkey_add(size=2.0)
    item = bpy.context.object
    _subdivide(item, 3)
    normals = [vertex.normal.copy() for vertex in item.data.vertices]  # they are computed anew after each change
    for vertex, normal in zip(item.data.vertices, normals, strict=True):
        vertex.co += normal * 0.02 * noise.noise(vertex.co * 9.0)
    return [_painted(item, "creature", side=2048, maps=("color", "normal", "surface"))]


def mug() -> list[Any]:
    """Return a thin-walled mug with a handle, one 1K texture."""
    profile = [(0.0, 0.0), (0.5, 0.0), (0.55, 0.1), (0.55, 1.2), (0.53, 1.22), (0.5, 1.2), (0.5, 0.12), (0.0, 0.1)]
    body = _lathe(profile, 96)
    handle = _tube(
        [(0.53 + 0.33 * math.sin(a), 0.0, 0.62 + 0.36 * math.cos(a)) for a in np.linspace(0.1, 3.04, 32)], 0.05
    )
    item = _object("mug", [body, handle])
    _subdivide(item, 2, simple=True)
    return [_painted(item, "mug", side=1024, maps=("color",))]


def chair() -> list[Any]:
    """Return a chair of several parts: thin legs, hard edges, a texture on the seat and plain colours elsewhere."""
    wood, red = _plain_material("wood", (0.45, 0.25, 0.1), 0.6), _plain_material("cushion", (0.6, 0.05, 0.08), 0.9)
    legs = [_box((x, y, 0.45), (0.035, 0.035, 0.45)) for x in (-0.4, 0.4) for y in (-0.4, 0.4)]
    back = [_box((x, 0.4, 1.35), (0.035, 0.035, 0.45)) for x in (-0.4, 0.0, 0.4)] + [
        _box((0, 0.4, 1.8), (0.45, 0.05, 0.1))
    ]
    frame = _object("frame", [*legs, *back])
    frame.data.materials.append(wood)
    cushion = _object("cushion", [_box((0, 0, 1.0), (0.4, 0.4, 0.06))])
    cushion.data.materials.append(red)
    cushion.data.shade_smooth()
    seat = _object("seat", [_box((0, 0, 0.91), (0.45, 0.45, 0.04))])
    _subdivide(seat, 4, simple=True)
    return [frame, cushion, _painted(seat, "seat", side=1024, maps=("color",))]


def knot() -> list[Any]:
    """Return a knotted tube whose strands are close together, with vertex colours and no texture coordinates."""
    turns = np.linspace(0, 2 * math.pi, 400, endpoint=False)
    path = [
        ((2 + math.cos(3 * t)) * math.cos(2 * t) / 3, (2 + math.cos(3 * t)) * math.sin(2 * t) / 3, math.sin(3 * t) / 3)
        for t in turns
    ]
    item = _object("knot", [_tube(path, 0.17, closed=True, sides=32)])
    colours = item.data.color_attributes.new("Color", "FLOAT_COLOR", "POINT")
    values = [
        (*(0.5 + 0.5 * math.sin(9 * c + k) for k, c in enumerate(vertex.co)), 1.0) for vertex in item.data.vertices
    ]
    colours.data.foreach_set("color", np.array(values, np.float32).ravel())
    material, shader = _material("knot")
    node = material.node_tree.nodes.new("ShaderNodeVertexColor")
    node.layer_name = "Color"
    material.node_tree.links.new(node.outputs["Color"], shader.inputs["Base Color"])
    item.data.materials.append(material)
    item.data.shade_smooth()
    return [item]


def lantern() -> list[Any]:
    """Return a lantern: metal and a glowing shade in one mesh, a material each."""
    shade = _lathe([(0.0, 0.25), (0.38, 0.3), (0.45, 0.7), (0.38, 1.1), (0.0, 1.15)], 64)
    metal = [
        _lathe([(0.0, 0.0), (0.5, 0.0), (0.5, 0.12), (0.3, 0.3), (0.0, 0.3)], 64),
        _lathe([(0.0, 1.08), (0.4, 1.08), (0.1, 1.4), (0.0, 1.4)], 64),
    ]
    ring = _tube(
        [(0.16 * math.cos(a), 0.0, 1.5 + 0.16 * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 48, endpoint=False)],
        0.03,
        closed=True,
    )
    item = _object("lantern", [shade, *metal, ring])
    iron, shader = _material("iron")
    shader.inputs["Base Color"].default_value = (0.1, 0.1, 0.12, 1)
    shader.inputs["Metallic"].default_value, shader.inputs["Roughness"].default_value = 1.0, 0.4
    glow, shader = _material("glow")
    shader.inputs["Base Color"].default_value = (0.9, 0.6, 0.2, 1)
    wave = glow.node_tree.nodes.new("ShaderNodeTexWave")
    wave.inputs["Scale"].default_value = 4.0
    place = glow.node_tree.nodes.new("ShaderNodeTexCoord")
    glow.node_tree.links.new(place.outputs["Object"], wave.inputs["Vector"])
    glow.node_tree.links.new(wave.outputs["Color"], shader.inputs["Emission Color"])
    shader.inputs["Emission Strength"].default_value = 0.6
    item.data.materials.append(glow)
    item.data.materials.append(iron)
    index = [0 if face.center.xy.length < 0.5 and 0.3 < face.center.z < 1.08 else 1 for face in item.data.polygons]
    item.data.polygons.foreach_set("material_index", index)
    item.data.shade_smooth()
    return [item]


def plant() -> list[Any]:
    """Return a pot with single-sided leaves."""
    pot = _object(
        "pot",
        [
            _lathe([(0.0, 0.0), (0.35, 0.0), (0.45, 0.7), (0.4, 0.7), (0.32, 0.1), (0.0, 0.1)], 64),
            _lathe([(0.0, 0.55), (0.41, 0.55)], 64),
        ],
    )
    pot.data.materials.append(_plain_material("clay", (0.5, 0.2, 0.1), 0.8))
    leaves = [_leaf(2.4 * number, 0.25 + 0.09 * number) for number in range(9)]
    item = _object("leaves", leaves)
    _subdivide(item, 1, simple=True)
    return [pot, _painted(item, "leaves", side=1024, maps=("color",))]


def statue() -> list[Any]:
    """Return a dense scan-like column of knobs, split charts, one 4K texture and 200,000 triangles."""
    bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=7, radius=1.0)
    item = bpy.context.object
    for vertex in item.data.vertices:
        at = Vector((vertex.co.x * 0.6, vertex.co.y * 0.6, vertex.co.z * 1.2))
        vertex.co = at * (
            1 + 0.35 * noise.noise(at * 2.2) + 0.06 * noise.noise(at * 8.0) + 0.01 * noise.noise(at * 30.0)
        )
    return [_painted(item, "statue", side=4096, maps=("color",))]


def _leaf(turn: float, height: float) -> Any:
    work = bmesh.new()
    bmesh.ops.create_grid(work, x_segments=24, y_segments=8, size=0.5)
    for vertex in work.verts:
        x, y = vertex.co.x + 0.5, vertex.co.y
        width = 0.36 * math.sin(math.pi * min(max(x, 0.02), 0.98)) ** 0.7
        vertex.co = (0.15 + 0.85 * x, y * width * 1.3, height + 0.9 * x * (1.1 - 0.75 * x) + 0.2 * abs(y) * width)
    work.transform(Matrix.Translation((0, 0, 0.45)) @ Matrix.Rotation(turn, 4, "Z"))
    return work


def _lathe(profile: Sequence[tuple[float, float]], steps: int) -> Any:
    work = bmesh.new()
    rows = [
        [
            work.verts.new((r * math.cos(a), r * math.sin(a), z))
            for a in np.linspace(0, 2 * math.pi, steps, endpoint=False)
        ]
        for r, z in profile
    ]
    for low, high in zip(rows, rows[1:], strict=False):
        for number in range(steps):
            work.faces.new([low[number - 1], low[number], high[number], high[number - 1]])
    bmesh.ops.remove_doubles(work, verts=work.verts[:], dist=1e-6)
    bmesh.ops.dissolve_degenerate(work, edges=work.edges[:], dist=1e-6)
    return work


def _tube(path: Sequence[tuple[float, float, float]], radius: float, *, closed: bool = False, sides: int = 20) -> Any:
    work, points, rings = bmesh.new(), [Vector(at) for at in path], []
    up = Vector((0.3, 0.9, 0.2)).normalized()
    for number, at in enumerate(points):
        before = points[number - 1] if number or closed else at
        along = (points[(number + 1) % len(points)] if number + 1 < len(points) or closed else at) - before
        side = up.cross(along).normalized()
        up = along.cross(side).normalized()
        turns = np.linspace(0, 2 * math.pi, sides, endpoint=False)
        rings.append([work.verts.new(at + radius * (math.cos(a) * side + math.sin(a) * up)) for a in turns])
    if closed:  # the frame comes back turned by some angle: begin the last ring where the first one begins
        shift = min(range(sides), key=lambda step: (rings[-1][step].co - rings[0][0].co).length)
        rings.append(rings[0][-shift:] + rings[0][:-shift] if shift else rings[0])
        rings[-1] = [rings[0][(number - shift) % sides] for number in range(sides)]
    for low, high in zip(rings, rings[1:], strict=False):
        for number in range(sides):
            work.faces.new([low[number - 1], low[number], high[number], high[number - 1]])
    if not closed:
        work.faces.new(rings[0][::-1])
        work.faces.new(rings[-1])
    bmesh.ops.recalc_face_normals(work, faces=work.faces[:])
    return work


def _box(middle: tuple[float, float, float], half: tuple[float, float, float]) -> Any:
    work = bmesh.new()
    bmesh.ops.create_cube(work, size=2.0, matrix=Matrix.Translation(middle) @ Matrix.Diagonal((*half, 1.0)))
    return work


def _object(name: str, works: Sequence[Any]) -> Any:
    mesh = bpy.data.meshes.new(name)
    whole = bmesh.new()
    for work in works:
        part = bpy.data.meshes.new("part")
        work.to_mesh(part)
        whole.from_mesh(part)
        work.free()
        bpy.data.meshes.remove(part)
    whole.to_mesh(mesh)
    whole.free()
    item = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(item)
    return item


def _subdivide(item: Any, levels: int, *, simple: bool = False) -> None:
    modifier = item.modifiers.new("finer", "SUBSURF")
    modifier.levels, modifier.subdivision_type = levels, "SIMPLE" if simple else "CATMULL_CLARK"
    _active(item)
    bpy.ops.object.modifier_apply(modifier="finer")


def _active(item: Any) -> None:
    bpy.ops.object.select_all(action="DESELECT")
    item.select_set(True)
    bpy.context.view_layer.objects.active = item


def _material(name: str) -> tuple[Any, Any]:
    material = bpy.data.materials.new(name)
    if not material.node_tree:
        material.use_nodes = True
    return material, next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")


def _plain_material(name: str, colour: tuple[float, float, float], roughness: float) -> Any:
    material, shader = _material(name)
    shader.inputs["Base Color"].default_value = (*colour, 1.0)
    shader.inputs["Roughness"].default_value = roughness
    return material


def _painted(item: Any, name: str, *, side: int, maps: Sequence[str]) -> Any:
    """Unwrap into charts, paint pictures by a bake of noise, and split the corners along the charts' borders."""
    item.name = name
    item.data.shade_smooth()
    _active(item)
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.uv.smart_project(angle_limit=math.radians(60), island_margin=0.003)
    bpy.ops.uv.seams_from_islands()
    bpy.ops.object.mode_set(mode="OBJECT")
    material, shader = _material(name)
    item.data.materials.clear()
    item.data.materials.append(material)
    tree = material.node_tree
    pictures = {kind: _bake(item, material, kind, side) for kind in maps}
    for kind, node in pictures.items():
        if kind == "color":
            tree.links.new(node.outputs["Color"], shader.inputs["Base Color"])
        elif kind == "normal":
            bend = tree.nodes.new("ShaderNodeNormalMap")
            tree.links.new(node.outputs["Color"], bend.inputs["Color"])
            tree.links.new(bend.outputs["Normal"], shader.inputs["Normal"])
        else:
            split = tree.nodes.new("ShaderNodeSeparateColor")
            tree.links.new(node.outputs["Color"], split.inputs["Color"])
            tree.links.new(split.outputs["Green"], shader.inputs["Roughness"])
            tree.links.new(split.outputs["Blue"], shader.inputs["Metallic"])
    _split(item)
    return item


def _bake(item: Any, material: Any, kind: str, side: int) -> Any:
    """Return the node of a picture, baked of noise in the object's own space."""
    scene, nodes, links = bpy.context.scene, material.node_tree.nodes, material.node_tree.links
    scene.render.engine = "CYCLES"
    scene.cycles.device, scene.cycles.samples = "CPU", 1
    before = list(nodes)
    end = next(node for node in nodes if node.type == "OUTPUT_MATERIAL")
    shader = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")
    made = PAINT[kind](nodes, links, (shader, end))
    image = bpy.data.images.new(f"{item.name} {kind}", side, side)
    image.colorspace_settings.name = "sRGB" if kind == "color" else "Non-Color"
    picture = nodes.new("ShaderNodeTexImage")
    picture.image = image
    nodes.active = picture
    bpy.ops.object.bake(type=made, margin=max(4, side // 128))
    image.pack()
    for node in [node for node in nodes if node not in before and node != picture]:
        nodes.remove(node)
    links.new(shader.outputs["BSDF"], end.inputs["Surface"])
    return picture


def _noise(nodes: Any, links: Any, scale: float, detail: float = 6.0) -> Any:
    place, made = nodes.new("ShaderNodeTexCoord"), nodes.new("ShaderNodeTexNoise")
    links.new(place.outputs["Object"], made.inputs["Vector"])
    made.inputs["Scale"].default_value, made.inputs["Detail"].default_value = scale, detail
    return made


def _paint_colour(nodes: Any, links: Any, sinks: tuple[Any, Any]) -> str:
    ramp = nodes.new("ShaderNodeValToRGB")
    for position, colour in (
        (0.3, (0.05, 0.2, 0.35, 1)),
        (0.45, (0.8, 0.7, 0.2, 1)),
        (0.55, (0.7, 0.15, 0.08, 1)),
        (0.7, (0.9, 0.9, 0.85, 1)),
    ):
        ramp.color_ramp.elements.new(position).color = colour
    links.new(_noise(nodes, links, 4.0).outputs[0], ramp.inputs[0])
    light = nodes.new("ShaderNodeEmission")
    links.new(ramp.outputs["Color"], light.inputs["Color"])
    links.new(light.outputs[0], sinks[1].inputs["Surface"])
    return "EMIT"


def _paint_normal(nodes: Any, links: Any, sinks: tuple[Any, Any]) -> str:
    bump = nodes.new("ShaderNodeBump")
    bump.inputs["Distance"].default_value = 0.02
    links.new(_noise(nodes, links, 14.0, 2.0).outputs[0], bump.inputs["Height"])
    links.new(bump.outputs["Normal"], sinks[0].inputs["Normal"])
    return "NORMAL"


def _paint_surface(nodes: Any, links: Any, sinks: tuple[Any, Any]) -> str:
    pack, light = nodes.new("ShaderNodeCombineColor"), nodes.new("ShaderNodeEmission")
    links.new(_noise(nodes, links, 3.0).outputs[0], pack.inputs["Green"])
    pack.inputs["Red"].default_value = 1.0
    step = nodes.new("ShaderNodeMath")
    step.operation, step.inputs[1].default_value = "GREATER_THAN", 0.62
    links.new(_noise(nodes, links, 2.0).outputs[0], step.inputs[0])
    links.new(step.outputs[0], pack.inputs["Blue"])
    links.new(pack.outputs[0], light.inputs["Color"])
    links.new(light.outputs[0], sinks[1].inputs["Surface"])
    return "EMIT"


def _split(item: Any) -> None:
    """Split the corners where charts end, and store smooth normals, as a GLB holds them."""
    normals = {vertex.co[:]: vertex.normal[:] for vertex in item.data.vertices}
    work = bmesh.new()
    work.from_mesh(item.data)
    bmesh.ops.split_edges(work, edges=[edge for edge in work.edges if edge.seam])
    work.to_mesh(item.data)
    work.free()
    item.data.normals_split_custom_set_from_vertices([normals[vertex.co[:]] for vertex in item.data.vertices])


PAINT: dict[str, Callable[..., str]] = {"color": _paint_colour, "normal": _paint_normal, "surface": _paint_surface}

PAINTED: dict[str, Callable[[], list[Any]]] = {
    "creature": creature,
    "mug": mug,
    "chair": chair,
    "knot": knot,
    "lantern": lantern,
    "plant": plant,
    "statue": statue,
}

MODELS: dict[str, Callable[[], list[Any]]] = {
    **{name: lambda name=name: plain(name) for name in ("mushroom", "duck", "rocket")},
    "vase": lambda: plain("vase", "revolve"),
    **PAINTED,
}
