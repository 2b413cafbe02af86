# SPDX-License-Identifier: GPL-3.0-or-later
"""What suits most pictures."""

import bpy

settings = bpy.context.scene.img3d.vtrix_spark3d

settings.subdivisionlevel = "medium"
settings.fileformat = "glb"
