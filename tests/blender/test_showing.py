# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to the tab: the operator opens the sidebar, and nothing of them is left behind."""

import bpy
import pytest

from img3d_addon import blender
from img3d_addon.blender import showing


@pytest.fixture
def view():
    bpy.ops.wm.read_homefile(use_empty=True)
    blender.register()
    yield next(area for area in bpy.context.screen.areas if area.type == "VIEW_3D")
    blender.unregister()


def test_the_sidebar_is_opened(view):
    view.spaces.active.show_region_ui = False
    assert bpy.ops.img3d.show_tab() == {"FINISHED"}
    assert view.spaces.active.show_region_ui


def test_without_an_editor_for_it_the_operator_says_so(view):
    for area in bpy.context.screen.areas:
        if area.type in ("VIEW_3D", "IMAGE_EDITOR"):
            area.type = "TEXT_EDITOR"
    with pytest.raises(RuntimeError, match="Open a 3D view or an Image Editor first"):
        bpy.ops.img3d.show_tab()


def test_the_menu_entry_goes_with_the_addon(view):
    entries = bpy.types.VIEW3D_MT_image_add._dyn_ui_initialize
    assert showing._draw_entry in entries()
    blender.unregister()
    assert showing._draw_entry not in entries()
    blender.register()
