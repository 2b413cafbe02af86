# SPDX-License-Identifier: GPL-3.0-or-later
"""As fine as the service makes it within reason."""

import bpy

settings = bpy.context.scene.img3d.hunyuan3d_local

settings.texture = False
settings.octree_resolution = 512
settings.num_inference_steps = 20
