# SPDX-License-Identifier: GPL-3.0-or-later
"""The most detailed of the models, which is not the cheapest."""

import bpy

settings = bpy.context.scene.img3d.fal

settings.model = "fal-ai/hunyuan-3d/v3.1/pro/image-to-3d"
settings.face_count = -1
settings.generate_type = "default"
