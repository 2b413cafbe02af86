# SPDX-License-Identifier: GPL-3.0-or-later
"""As fine as the service makes it within reason."""

import bpy

settings = bpy.context.scene.img3d.aiml_triposr

settings.mc_resolution = 512
