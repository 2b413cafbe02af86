# SPDX-License-Identifier: GPL-3.0-or-later
"""Render the objects of a .blend, lit and from the front right, to a PNG: preview.py IN.blend OUT.png [SAMPLES].

Runs inside the environment: it and gallery.py are the files of the build that need bpy.
"""
# The stubs of bpy know neither what an add-on (Cycles) adds, nor which kind of node, light or data is meant.
# pyright: reportAttributeAccessIssue=false, reportOptionalMemberAccess=false, reportArgumentType=false

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import bpy
from mathutils import Vector

_SIZE = (800, 600)
_FRONT_RIGHT = Vector((0.62, -1.0, 0.42))  # from the object to the camera; Blender's front is -Y
# Direction from the object, watts for an object of one metre, size in its radii: key, fill, rim.
_LIGHTS = (((-0.9, -1.8, 1.6), 210.0, 1.5), ((2.0, -0.8, 0.9), 60.0, 3.0), ((0.6, 1.8, 1.6), 120.0, 1.5))


def main(blend: str, png: str, samples: str = "24") -> None:
    """Open the file, add a studio around what is in it, render."""
    bpy.ops.wm.open_mainfile(filepath=str(Path(blend).resolve()))
    scene = bpy.context.scene
    for item in [item for item in scene.objects if item.type in {"LIGHT", "CAMERA"}]:
        bpy.data.objects.remove(item)
    corners = bounds(scene)
    settings(scene, Path(png).resolve(), int(samples))
    add_camera(scene, corners)
    add_studio(scene, corners)
    bpy.ops.render.render(write_still=True)


def bounds(scene: bpy.types.Scene) -> list[Vector]:
    """Return the eight corners of the box around all meshes, in metres."""
    meshes = [item for item in scene.objects if item.type == "MESH"]
    if not meshes:
        raise SystemExit("preview.py: there is no mesh in the file")
    points = [item.matrix_world @ Vector(corner) for item in meshes for corner in item.bound_box]
    ranges = [(min(point[axis] for point in points), max(point[axis] for point in points)) for axis in range(3)]
    return [Vector(corner) for corner in itertools.product(*ranges)]


def add_studio(scene: bpy.types.Scene, corners: list[Vector]) -> None:
    """Add a floor, a key light on the left, a fill light on the right, and a rim light behind."""
    centre, radius = (corners[0] + corners[-1]) / 2, (corners[-1] - corners[0]).length / 2
    bpy.ops.mesh.primitive_plane_add(size=200 * radius, location=(centre.x, centre.y, corners[0].z))
    ground = bpy.data.materials.new("Ground")
    ground.use_nodes = True
    shader = next(node for node in ground.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (0.30, 0.32, 0.36, 1.0)
    shader.inputs["Roughness"].default_value = 0.9
    bpy.context.object.data.materials.append(ground)
    for direction, watts, size in _LIGHTS:
        light = bpy.data.lights.new("Studio", "AREA")
        light.energy = watts * radius * radius
        light.size = size * radius
        _aimed(scene, light, centre + Vector(direction) * 2 * radius, centre)
    world = bpy.data.worlds.new("Studio")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.7, 0.8, 1.0, 1.0)
    world.node_tree.nodes["Background"].inputs["Strength"].default_value = 0.25
    scene.world = world


def add_camera(scene: bpy.types.Scene, corners: list[Vector], *, towards: Vector = _FRONT_RIGHT) -> None:
    """Look from the front right, or from another direction, with a little room around the object."""
    centre, radius = (corners[0] + corners[-1]) / 2, (corners[-1] - corners[0]).length / 2
    camera = bpy.data.cameras.new("Preview")
    camera.lens = 60.0
    camera.clip_start, camera.clip_end = radius / 100, radius * 1000
    scene.camera = _aimed(scene, camera, centre + towards.normalized() * radius * 10, centre)
    bpy.context.view_layer.update()
    flat = [number for corner in corners for number in centre + (corner - centre) * 1.15]
    place, _ = scene.camera.camera_fit_coords(bpy.context.evaluated_depsgraph_get(), flat)
    scene.camera.location = place


def _aimed(scene: bpy.types.Scene, data: bpy.types.ID, place: Vector, target: Vector) -> bpy.types.Object:
    item = bpy.data.objects.new(data.name, data)
    item.location = place
    item.rotation_euler = (target - place).to_track_quat("-Z", "Y").to_euler()
    scene.collection.objects.link(item)
    return item


def settings(scene: bpy.types.Scene, png: Path, samples: int) -> None:
    """Choose Cycles on the processor with few samples and a denoiser."""
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = samples
    scene.cycles.use_denoising = True
    scene.render.resolution_x, scene.render.resolution_y = _SIZE
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format = "PNG"
    scene.view_settings.view_transform = "Standard"
    scene.render.filepath = str(png)


if __name__ == "__main__":
    main(*sys.argv[1:])
