# SPDX-License-Identifier: GPL-3.0-or-later
"""As fine as the service makes it within reason."""

import bpy

settings = bpy.context.scene.img3d.scenario_pixal3d

settings.decimationTarget = 500000
settings.resolution = "4096"
settings.generationResolution = "1536"
