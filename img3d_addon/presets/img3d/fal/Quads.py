# SPDX-License-Identifier: GPL-3.0-or-later
"""Quads, for editing."""

import bpy

settings = bpy.context.scene.img3d.fal

settings.model = "fal-ai/hyper3d/rodin/v2"
settings.tier = "default"
settings.quality = "default"
settings.mesh_mode = "Quad"
settings.material = "default"
settings.geometry_file_format = "glb"
