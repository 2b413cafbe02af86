# SPDX-License-Identifier: GPL-3.0-or-later
"""What suits most pictures."""

import bpy

settings = bpy.context.scene.img3d.offline

settings.faces = 20000
settings.texture_size = "1024"
