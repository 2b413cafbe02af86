# SPDX-License-Identifier: GPL-3.0-or-later
"""As fine as is worth the while."""

import bpy

settings = bpy.context.scene.img3d.offline

settings.faces = 100000
settings.texture_size = "2048"
