# SPDX-License-Identifier: GPL-3.0-or-later
"""Quads, for editing."""

import bpy

settings = bpy.context.scene.img3d.stability_spar3d

settings.texture_resolution = "2048"
settings.remesh = "quad"
settings.target_type = "face"
settings.target_count = 5000
