# SPDX-License-Identifier: GPL-3.0-or-later
"""As fine as the service makes it within reason."""

import bpy

settings = bpy.context.scene.img3d.modelslab_image_to_3d

settings.resolution = 512
settings.mesh_simplify = 0.9
settings.ss_sampling_steps = 25
settings.slat_sampling_steps = 25
