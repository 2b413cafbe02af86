# SPDX-License-Identifier: GPL-3.0-or-later
"""As fine as the service makes it within reason."""

import bpy

settings = bpy.context.scene.img3d.stability_spar3d

settings.texture_resolution = "2048"
settings.remesh = "none"
settings.target_type = "none"
