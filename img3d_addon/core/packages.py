# SPDX-License-Identifier: GPL-3.0-or-later
"""Python packages that the add-on or Blender brings with it, and what is said where one is missing. No bpy."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import platform
import sys

from .errors import PackageMissing

__all__ = ["lacking", "need"]

_USES = {"PIL": ("Pillow", "open pictures"), "requests": ("Requests", "reach a service")}


def need(module: str) -> None:
    """Import a package of `_USES`; `PackageMissing` says which one is missing, for which Python, and what helps."""
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise PackageMissing(_sentence(module)) from error
    except ImportError as error:  # made for another Python or system
        raise PackageMissing(f"{_sentence(module)} ({error})") from error


@functools.cache
def lacking(module: str = "PIL") -> str:
    """Return the sentence about a package that is not there, "" when it is. Kept, so that `draw` may ask.

    `cache_clear()` forgets it: packages come and go with the add-on.
    """
    if module in sys.modules or importlib.util.find_spec(module):
        return ""
    return str(PackageMissing(_sentence(module)))


def _sentence(module: str) -> str:
    name, use = _USES[module]
    here = f"Python {sys.version_info[0]}.{sys.version_info[1]} on {platform.system()} {platform.machine()}"
    return f"The Python package {name}, needed to {use}, is missing for {here}"
