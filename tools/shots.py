# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py shots`: the interface in pictures, from a real Blender: the matrix to look at, and those of README.md.

The matrix has each width of the screen, scale of the interface, theme and width of the sidebar, in dist/shots. The
pictures of the README are only written with `--docs`, to docs/images: they change with each version of Blender.
"""

from __future__ import annotations

import argparse
import shutil

from . import package, pythons, window
from .environment import ensure
from .talk import DIST, ROOT, Stop, say

__all__ = ["main"]

SIZES = ("1280x800", "1920x1080")
SCRIPTS = ROOT / "tests" / "window" / "shots"


def main(args: argparse.Namespace) -> int:
    """Take all pictures and print where they are; 1 when a script failed."""
    if reason := window.cannot_run():
        raise Stop(f"build.py shots {reason}.")
    env = ensure(pythons.default_blender())
    root, archive = window.prepare(args.suite), package.build(env, "linux-x64")
    target = DIST / "shots"
    shutil.rmtree(target, ignore_errors=True)
    runs = [("matrix", size) for size in SIZES] + ([("readme", SIZES[0])] if args.docs else [])
    for name, size in runs:
        out = target / f"{name}-{size}"
        if not window.drive(root, SCRIPTS / f"{name}.py", archive, out=out, size=size):
            return 1
        if name == "readme":
            for picture in sorted(out.glob("docs-*")):
                shutil.copyfile(picture, ROOT / "docs" / "images" / picture.name.removeprefix("docs-"))
    say(f"{len(list(target.rglob('*.png')))} pictures")
    print(target)
    return 0
