# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the panels of the tab "Image to 3D" stand."""

from __future__ import annotations

from ..places import CATEGORY

__all__ = ["ImageEditorTab", "ViewTab"]


class ViewTab:
    """Mixed into each panel of the 3D view's sidebar."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = CATEGORY


class ImageEditorTab:
    """Mixed into each panel of the Image Editor's sidebar."""

    bl_space_type = "IMAGE_EDITOR"
    bl_region_type = "UI"
    bl_category = CATEGORY
