# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the README: choosing a picture, the list of jobs with one that runs, the result.

Started with --enable-event-simulate.
"""

import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent.parent))
import driver as d
from driver import newest, ours

COLOURS = 256  # of a palette: a screenshot has few, and the picture a third of the bytes


def picture(name, *, left):
    """Take the 3D view from `left` pixels beside its right edge."""
    from PIL import Image

    d.shot(name)
    area = d.area()
    top, right = d.window().height - area.y - area.height, area.x + area.width
    with Image.open(d.OUT / f"{name}.png") as whole:
        part = whole.convert("RGB").crop((right - left, top, right, top + area.height))
    part.quantize(COLOURS).save(d.OUT / f"docs-{name}.png", optimize=True)


def chosen(name, provider="offline"):
    settings = bpy.context.scene.img3d
    settings.picture = bpy.data.images.load(str(d.ROOT / "examples" / f"{name}.png"), check_existing=True)
    settings.provider = provider
    d.module("blender.pressing").clear()
    d.region().tag_redraw()


def pressed():
    with bpy.context.temp_override(window=d.window(), area=d.area(), region=d.region()):
        bpy.ops.img3d.generate("INVOKE_DEFAULT")


def steps():
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    bpy.context.scene.img3d.after.size = 3.0
    yield from d.open_sidebar()
    d.area().spaces.active.shading.type = "MATERIAL"
    chosen("duck")
    yield from d.wait(known, 60.0, what="a look at the picture")
    yield from away()
    picture("sidebar", left=530)
    pressed()
    yield from d.wait(ours, 90.0, what="the object")
    yield from seen()
    assert ours()[0].data.materials, "the object has no material to be seen"
    yield from away()
    picture("result", left=1050)
    yield from several_jobs()
    yield from away()
    picture("running", left=396)


def known():
    d.region().tag_redraw()
    return d.module("blender.pictures.facts").known(bpy.context.scene.img3d.picture, bpy.context.scene).seen


def away():
    """Move the mouse out of the picture."""
    yield from d.move((30, 12))
    yield 2.0


def seen():
    """Look at the object from the front, a little from the side."""
    with bpy.context.temp_override(window=d.window(), area=d.area(), region=d.region("WINDOW")):
        bpy.ops.view3d.view_axis(type="FRONT")
        bpy.ops.view3d.view_orbit(angle=0.4, type="ORBITLEFT")
        bpy.ops.view3d.view_selected()
    yield 8.0  # the first drawing of the materials compiles their shaders


def several_jobs():
    """Fill the list: a result, a refusal, an answer that was lost, and a job that waits."""
    bpy.context.preferences.system.use_online_access = True
    for name, scene, state in (("coin", "payment_required", "failed"), ("rocket", "reset", "uncertain")):
        service = d.Service("--scene", scene)
        chosen(name, "stability_spar3d")
        pressed()
        yield from d.wait(lambda wanted=state: newest().state == wanted, 60.0, what=state)
        service.stop()
    d.Service("--delay", "900")
    chosen("vase", "stability_spar3d")
    pressed()
    yield from d.wait(lambda: newest().stage == "submitting", what="the request")
    yield from d.widen_sidebar(110)
    yield 1.0
    yield from d.scroll("WHEELDOWNMOUSE", turns=40)


d.main(steps)
