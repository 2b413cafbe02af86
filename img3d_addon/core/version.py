# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of this software, as its manifest states it. No bpy."""

from __future__ import annotations

import functools
from pathlib import Path

__all__ = ["version"]

MANIFEST = "blender_manifest.toml"


@functools.cache
def version() -> str:
    """Return the version; "unknown" where the package was copied without its manifest."""
    import tomllib  # not at the top: registering the add-on asks for no version

    package = Path(__file__).parent.parent
    for folder in (package, package.parent):  # installed, and in a checkout
        if (folder / MANIFEST).is_file():
            return str(tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8"))["version"])
    return "unknown"
