# SPDX-License-Identifier: GPL-3.0-or-later
"""Rebuild meshes as quads with the texture kept."""

from .flow import time_limit
from .rebuild import rebuild
from .values import MeshFacts, QuadSettings, Rebuilt, facts_of, summary

__all__ = [
    "MeshFacts",
    "QuadSettings",
    "Rebuilt",
    "facts_of",
    "rebuild",
    "summary",
    "time_limit",
]
