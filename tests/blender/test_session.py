# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender tells the core."""

import bpy

from img3d_addon.blender import session
from img3d_addon.core.version import version


def test_services_are_told_which_version_asks_from_which_blender():
    blender = bpy.app.version_string.split()[0]
    assert session.settings().user_agent == f"img3d/{version()} Blender/{blender}"
