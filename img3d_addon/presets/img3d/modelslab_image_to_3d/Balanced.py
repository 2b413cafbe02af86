# SPDX-License-Identifier: GPL-3.0-or-later
"""What suits most pictures."""

import bpy

settings = bpy.context.scene.img3d.modelslab_image_to_3d

settings.resolution = 256
settings.mesh_simplify = 0.95
settings.ss_sampling_steps = 12
settings.slat_sampling_steps = 12
