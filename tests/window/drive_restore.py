# SPDX-License-Identifier: GPL-3.0-or-later
"""In a window: an offline result loses its texture to a remesh, and one press of Restore Texture brings it back.

Started with --enable-event-simulate.
"""

import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))
import driver as d


def duck():
    return next((item for item in bpy.data.objects if "img3d_job" in item), None)


def layers():
    return [layer.name for layer in duck().data.uv_layers]


def steps():
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    d.area().spaces.active.shading.type = "MATERIAL"
    yield from d.open_sidebar()
    settings = bpy.context.scene.img3d
    settings.offline.faces, settings.offline.texture_size = 4000, "512"
    settings.picture = bpy.data.images.load(str(d.ROOT / "examples" / "duck.png"))
    d.region().tag_redraw()
    yield 0.5
    yield from d.press("img3d.generate")
    yield from d.wait(duck, what="the object")
    with bpy.context.temp_override(window=d.window(), area=d.area(), region=d.region("WINDOW")):
        bpy.ops.view3d.view_axis(type="FRONT")
        bpy.ops.view3d.view_selected()
    yield 2.0
    d.shot("1-imported")
    with bpy.context.temp_override(window=d.window(), area=d.area(), region=d.region("WINDOW")):
        duck().data.remesh_voxel_size = 0.02
        bpy.ops.object.voxel_remesh()
        for layer in list(duck().data.uv_layers):  # some versions carry them over, smeared
            duck().data.uv_layers.remove(layer)
        duck().data.materials.clear()
        bpy.ops.ed.undo_push(message="remesh")
    yield 1.0
    d.shot("2-remeshed")
    yield from d.press("img3d.restore_texture")
    yield 2.0
    d.shot("3-restored")
    assert layers() == ["UVMap"]
    assert duck().data.materials[0]
    yield from undo_and_redo()
    yield from d.key("TAB")
    yield 0.5
    assert bpy.context.mode == "EDIT_MESH"
    assert not bpy.ops.img3d.restore_texture.poll()
    yield from d.find("img3d.restore_texture")
    yield 1.0
    d.shot("4-edit-mode")


def undo_and_redo():
    yield from d.move(d.view_3d())
    yield from d.key("Z", ctrl=True)
    yield 0.5
    assert layers() == [], "Ctrl+Z took more or less than one step"
    assert not duck().data.materials
    yield from d.key("Z", ctrl=True, shift=True)
    yield 0.5
    assert layers() == ["UVMap"]


d.main(steps)
