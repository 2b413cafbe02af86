# SPDX-License-Identifier: GPL-3.0-or-later
"""With a texture, which the server must have been started for."""

import bpy

settings = bpy.context.scene.img3d.hunyuan3d_local

settings.texture = True
settings.face_count = 40000
settings.octree_resolution = 256
settings.num_inference_steps = 5
