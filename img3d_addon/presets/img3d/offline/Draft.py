# SPDX-License-Identifier: GPL-3.0-or-later
"""Quick and coarse, to see what becomes of a picture."""

import bpy

settings = bpy.context.scene.img3d.offline

settings.faces = 4000
settings.texture_size = "512"
