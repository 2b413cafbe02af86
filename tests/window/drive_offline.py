# SPDX-License-Identifier: GPL-3.0-or-later
"""In a window, without a key: picture, Generate, object, Ctrl+Z, and an import while the user edits a mesh.

Started with --enable-event-simulate.
"""

import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))
import driver as d
from driver import ours


def scene_state():
    scene = bpy.context.scene
    return {
        "engine": scene.render.engine,
        "frame": scene.frame_current,
        "units": (scene.unit_settings.system, scene.unit_settings.scale_length),
        "selected": sorted(item.name for item in bpy.data.objects if item.select_get() and item not in ours()),
        "objects": sorted(item.name for item in bpy.data.objects if item not in ours()),
        "shading": d.area().spaces.active.shading.type,
        "collection": d.window().view_layer.active_layer_collection.name,
        "scenes": len(bpy.data.scenes),
    }


def steps():
    yield from d.open_sidebar()
    d.shot("1-no-picture")
    settings = bpy.context.scene.img3d
    yield from d.press("img3d.generate")
    assert not d.module("blender.session").engine_views(), "a job without a picture"
    settings.picture = bpy.data.images.load(str(d.ROOT / "examples" / "duck.png"))
    bpy.context.scene.cursor.location = (2.0, 1.0, 0.5)
    d.region().tag_redraw()
    yield 1.0
    d.shot("2-picture")
    # From here: the first preview of a session costs Blender 25 to 50 ms in our draw, of which nothing is ours.
    watch, heart = d.Stopwatch(), d.Heartbeat()
    before = scene_state()
    views = d.module("blender.session").engine_views
    button = yield from d.find("img3d.generate")
    yield from d.click(button)
    yield from d.click(button)
    assert len(views()) == 1, "a double click makes one job"
    yield from d.wait(lambda: any(view.stage == "running" for view in views()), what="the generator")
    yield 0.3
    d.shot("3-running")
    yield from d.wait(ours, what="the object")
    yield 1.0
    d.shot("4-imported")
    check_object(before)
    yield from undo_and_redo(before)
    yield from while_editing()
    yield from narrow_and_after(settings)
    watch.check()
    d.log(f"longest gap of the main loop, drawing included: {heart.stop():.2f} s")


def check_object(before):
    (item,) = ours()
    assert item.name == "duck"
    corners = [item.matrix_world @ vertex.co for vertex in item.data.vertices]
    low = [min(corner[axis] for corner in corners) for axis in range(3)]
    high = [max(corner[axis] for corner in corners) for axis in range(3)]
    foot = ((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2])
    assert all(abs(a - b) < 1e-4 for a, b in zip(foot, (2.0, 1.0, 0.5), strict=True)), foot
    assert item.select_get()
    assert d.window().view_layer.objects.active == item
    assert scene_state() == before, (scene_state(), before)


def undo_and_redo(before):
    yield from d.move(d.view_3d())
    yield from d.key("Z", ctrl=True)
    yield 0.5
    assert not ours(), "Ctrl+Z left the object"
    assert scene_state() == before, (scene_state(), before)
    d.shot("5-undone")
    yield from d.key("Z", ctrl=True, shift=True)
    yield 0.5
    assert [item.name for item in ours()] == ["duck"]


def while_editing():
    """Import a second result while the cube is in Edit Mode: the mode stays, and one Ctrl+Z removes the import."""
    cube = bpy.data.objects["Cube"]
    for item in bpy.data.objects:
        item.select_set(item == cube)
    d.window().view_layer.objects.active = cube
    yield from d.move(d.view_3d())
    yield from d.key("TAB")
    yield 0.3
    assert bpy.data.objects["Cube"].mode == "EDIT"
    yield from d.press("img3d.generate")
    yield from d.wait(lambda: len(ours()) == 2, what="the second object")
    yield 0.5
    d.shot("6-while-editing")
    assert bpy.data.objects["Cube"].mode == "EDIT"
    assert d.window().view_layer.objects.active.name == "Cube"
    yield from d.move(d.view_3d())
    yield from d.key("Z", ctrl=True)
    yield 0.5
    assert len(ours()) == 1, [item.name for item in ours()]
    assert bpy.data.objects["Cube"].mode == "EDIT"
    yield from d.key("TAB")
    yield 0.3
    assert bpy.data.objects["Cube"].mode == "OBJECT"


def narrow_and_after(settings):
    button = yield from d.find("img3d.generate")
    yield from d.click((button[0], button[1] + 20))  # the header above, which is no button to be found
    settings = bpy.context.scene.img3d  # undo makes it anew
    settings.after.remesh = "voxel"
    settings.after.decimate_by = "faces"
    yield from d.widen_sidebar(-60)
    d.region().tag_redraw()
    yield 0.6
    d.shot("7-narrow")
    yield from d.widen_sidebar(160)
    yield 0.6
    d.shot("8-wide")


d.main(steps)
