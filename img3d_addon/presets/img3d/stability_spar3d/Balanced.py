# SPDX-License-Identifier: GPL-3.0-or-later
"""What suits most pictures."""

import bpy

settings = bpy.context.scene.img3d.stability_spar3d

settings.texture_resolution = "1024"
settings.remesh = "none"
settings.target_type = "none"
