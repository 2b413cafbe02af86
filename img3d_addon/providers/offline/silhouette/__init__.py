# SPDX-License-Identifier: GPL-3.0-or-later
"""Rebuild a solid from the silhouette and the shading of one picture: numpy and Pillow only. No bpy.

The steps are in `pipeline`; the method and its sources in the modules' own words.
"""

from .errors import NoObject
from .pipeline import Options, Result, reconstruct, stages

__all__ = ["NoObject", "Options", "Result", "reconstruct", "stages"]
