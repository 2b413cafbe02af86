# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab "Image to 3D" in the sidebar. Drawing reads memory and does nothing else."""

from __future__ import annotations

import bpy

from . import compare, gallery, image_editor, jobs, main, provider, result

__all__ = ["CLASSES", "register", "unregister"]

CLASSES = (
    *provider.CLASSES,
    *main.CLASSES,
    *compare.CLASSES,
    *result.CLASSES,
    *jobs.CLASSES,
    *gallery.CLASSES,
    *image_editor.CLASSES,
)
register, unregister = bpy.utils.register_classes_factory(CLASSES)  # pyright: ignore[reportGeneralTypeIssues]
