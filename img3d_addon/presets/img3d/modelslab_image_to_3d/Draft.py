# SPDX-License-Identifier: GPL-3.0-or-later
"""Quick and coarse, to see what becomes of a picture."""

import bpy

settings = bpy.context.scene.img3d.modelslab_image_to_3d

settings.resolution = 128
settings.mesh_simplify = 0.98
settings.ss_sampling_steps = 8
settings.slat_sampling_steps = 8
