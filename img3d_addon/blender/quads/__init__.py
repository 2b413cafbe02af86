# SPDX-License-Identifier: GPL-3.0-or-later
"""Rebuild meshes as quads with the texture kept."""

from .flow import time_limit
from .offline import QuadReport, quad_remesh, report, weld
from .rebuild import rebuild
from .values import MeshFacts, QuadSettings, Rebuilt, facts_of, summary

__all__ = [
    "MeshFacts",
    "QuadReport",
    "QuadSettings",
    "Rebuilt",
    "facts_of",
    "quad_remesh",
    "rebuild",
    "report",
    "summary",
    "time_limit",
    "weld",
]
