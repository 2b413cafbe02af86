# SPDX-License-Identifier: GPL-3.0-or-later
"""Hide from every Python below a test what no artist's Blender has: this environment's Pillow, and our source tree."""

import os
import sys
from importlib.machinery import PathFinder


class _Profile(PathFinder):
    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if path is None and fullname in ("PIL", "img3d_addon"):
            path = [folder for folder in sys.path if folder.startswith(os.environ["BLENDER_USER_RESOURCES"])]
        return super().find_spec(fullname, path, target)


sys.meta_path[sys.meta_path.index(PathFinder)] = _Profile
