# SPDX-License-Identifier: GPL-3.0-or-later
"""Quick and coarse, to see what becomes of a picture."""

import bpy

settings = bpy.context.scene.img3d.scenario_pixal3d

settings.decimationTarget = 20000
settings.resolution = "1024"
settings.generationResolution = "1024"
