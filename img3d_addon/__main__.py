# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m img3d_addon`: the command line where bpy is a Python module."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys

from .blender.cli import main

if __name__ == "__main__":
    status = main(sys.argv[1:], module=True)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    if blender := sys.modules.get("bpy"):
        # The bpy of Blender 4.2 crashes at an orderly exit after any glTF work; at any other its folder is left behind.
        shutil.rmtree(blender.app.tempdir, ignore_errors=True)
        os._exit(status)
    sys.exit(status)
