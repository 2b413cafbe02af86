# SPDX-License-Identifier: GPL-3.0-or-later
"""Quick and coarse, to see what becomes of a picture."""

import bpy

settings = bpy.context.scene.img3d.stability_sf3d

settings.texture_resolution = "512"
settings.remesh = "none"
settings.vertex_count = 2000
