# SPDX-License-Identifier: GPL-3.0-or-later
"""As fine as the service makes it within reason."""

import bpy

settings = bpy.context.scene.img3d.vtrix_spark3d

settings.subdivisionlevel = "high"
settings.fileformat = "glb"
