# SPDX-License-Identifier: GPL-3.0-or-later
"""As fine as the service makes it within reason."""

import bpy

settings = bpy.context.scene.img3d.stability_sf3d

settings.texture_resolution = "2048"
settings.remesh = "none"
settings.vertex_count = -1
