# SPDX-License-Identifier: GPL-3.0-or-later
"""What suits most pictures."""

import bpy

settings = bpy.context.scene.img3d.stability_sf3d

settings.texture_resolution = "1024"
settings.remesh = "none"
settings.vertex_count = -1
