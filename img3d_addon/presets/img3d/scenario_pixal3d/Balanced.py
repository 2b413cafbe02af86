# SPDX-License-Identifier: GPL-3.0-or-later
"""What suits most pictures."""

import bpy

settings = bpy.context.scene.img3d.scenario_pixal3d

settings.decimationTarget = 100000
settings.resolution = "2048"
settings.generationResolution = "1536"
