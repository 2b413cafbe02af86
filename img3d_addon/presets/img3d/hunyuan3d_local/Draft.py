# SPDX-License-Identifier: GPL-3.0-or-later
"""Quick and coarse, to see what becomes of a picture."""

import bpy

settings = bpy.context.scene.img3d.hunyuan3d_local

settings.texture = False
settings.octree_resolution = 128
settings.num_inference_steps = 5
