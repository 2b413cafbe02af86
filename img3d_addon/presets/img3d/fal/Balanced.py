# SPDX-License-Identifier: GPL-3.0-or-later
"""What suits most pictures."""

import bpy

settings = bpy.context.scene.img3d.fal

settings.model = "fal-ai/trellis-2"
settings.resolution = "default"
