# SPDX-License-Identifier: GPL-3.0-or-later
"""What suits most pictures."""

import bpy

settings = bpy.context.scene.img3d.hunyuan3d_local

settings.texture = False
settings.octree_resolution = 256
settings.num_inference_steps = 5
