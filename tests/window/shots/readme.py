# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the README: the sidebar with its settings, a running job, the object in Material Preview.

Started with --enable-event-simulate.
"""

import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent.parent))
import driver as d


def ours():
    return [item for item in bpy.data.objects if "img3d_job" in item]


def steps():
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    settings = bpy.context.scene.img3d
    settings.picture = bpy.data.images.load(str(d.ROOT / "examples" / "duck.png"))
    settings.after.size = 3.0
    yield from d.open_sidebar()
    d.area().spaces.active.shading.type = "MATERIAL"
    yield 1.5
    d.shot("sidebar")
    views = d.module("blender.session").engine_views
    yield from d.press("img3d.generate")
    yield from d.wait(lambda: any((view.fraction or 0) > 0.3 for view in views()), what="progress")
    yield 0.2
    d.shot("running")
    yield from d.wait(ours, what="the object")
    with bpy.context.temp_override(window=d.window(), area=d.area(), region=d.region("WINDOW")):
        bpy.ops.view3d.view_axis(type="FRONT")
        bpy.ops.view3d.view_orbit(angle=0.4, type="ORBITLEFT")
        bpy.ops.view3d.view_selected()
    assert not d.area().spaces.active.region_3d.is_orthographic_side_view
    yield 8.0  # the first drawing of the materials compiles their shaders
    assert ours()[0].data.materials, "the object has no material to be seen"
    d.shot("result")


d.main(steps)
