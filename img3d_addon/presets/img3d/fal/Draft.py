# SPDX-License-Identifier: GPL-3.0-or-later
"""Quick and coarse, to see what becomes of a picture."""

import bpy

settings = bpy.context.scene.img3d.fal

settings.model = "fal-ai/triposr"
settings.output_format = "glb"
settings.mc_resolution = 256
