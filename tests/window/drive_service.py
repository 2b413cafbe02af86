# SPDX-License-Identifier: GPL-3.0-or-later
"""In a window, against a SPAR3D service of our own: Esc, refusals, an uncertain submit, a result, the preferences.

Started with --enable-event-simulate.
"""

import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))
import driver as d
from driver import newest, ours, views


def settled(limit=30.0):
    yield from d.wait(lambda: views() and not newest().running, limit, what="the end of the job")
    yield 1.0


def steps():
    settings = bpy.context.scene.img3d
    settings.picture = bpy.data.images.load(str(d.ROOT / "examples" / "rocket.png"))
    settings.provider = "stability_spar3d"
    yield from d.open_sidebar()
    yield 0.8
    d.shot("1-online-access-off")
    yield from without_key()
    watch, heart = d.Stopwatch(), d.Heartbeat()
    yield from escape()
    yield from refused()
    yield from uncertain()
    yield from handed_over()
    yield from file_load()
    yield from preferences()
    watch.check()
    d.log(f"longest gap of the main loop, drawing included: {heart.stop():.2f} s")


def without_key():
    yield from d.press("userpref_allow_online")
    yield 0.5
    assert bpy.app.online_access
    d.region().tag_redraw()
    yield 0.5
    d.shot("2-key-missing")
    yield from d.press("img3d.generate")
    assert not views(), "a job without a key"


def escape():
    """Esc during a slow answer, with the mouse elsewhere: the job ends at once and the scene is as it was."""
    service = d.Service("--scene", "hold")
    before = sorted(item.name for item in bpy.data.objects)
    d.region().tag_redraw()
    yield 0.5
    d.shot("3-price")
    yield from d.press("img3d.generate")
    yield from d.wait(lambda: views() and newest().stage == "submitting", what="the request")
    yield 2.0
    d.shot("4-waiting")
    assert any(one.bl_idname == "IMG3D_OT_generate" for one in d.window().modal_operators)
    yield from d.move(d.view_3d())
    yield from d.key("ESC")
    yield from settled(2.0)
    assert not d.window().modal_operators
    assert newest().state in ("cancelled", "uncertain"), newest()
    assert sorted(item.name for item in bpy.data.objects) == before
    d.shot("5-escaped")
    service.stop()


def refused():
    """Errors are readable in a narrow sidebar, and can be copied whole."""
    service = d.Service("--scene", "payment_required")
    yield from d.press("img3d.generate")
    yield from settled()
    assert newest().state == "failed"
    assert newest().error_kind == "credits"
    yield from d.widen_sidebar(-60)
    d.shot("6-refused-narrow")
    yield from d.widen_sidebar(60)
    yield from d.press("img3d.copy_error")
    assert "credits" in bpy.context.window_manager.clipboard
    service.stop()


def uncertain():
    """A lost answer is shown with two ways out; submitting again is asked about, and ends in an object."""
    service = d.Service("--scene", "reset", "--scene", "success")
    yield from d.press("img3d.generate")
    yield from settled()
    assert newest().state == "uncertain", newest()
    d.shot("7-uncertain")
    yield from d.press("img3d.resume")
    yield 0.5
    d.shot("8-submit-again")
    yield from d.key("RET")
    yield from d.wait(ours, what="the object")
    yield 1.0
    d.shot("9-imported")
    (item,) = ours()
    assert item.name == "rocket"
    assert newest().state == "imported"
    service.stop()


def handed_over():
    """A long job leaves its modal operator, which would hold up auto-save, and ends in an object all the same."""
    d.module("blender.operators").HAND_OVER = 1.0
    service = d.Service("--delay", "4")
    had = len(ours())
    yield from d.press("img3d.generate")
    yield from d.wait(lambda: newest().running and d.window().modal_operators, what="the modal operator")
    yield from d.wait(lambda: not d.window().modal_operators, 3.0, what="its end")
    assert newest().running
    yield from d.wait(lambda: len(ours()) > had, what="the object")
    d.module("blender.operators").HAND_OVER = 30.0
    service.stop()


def file_load():
    """A file is loaded while a job runs: the modal operator ends, the job goes on, its result is offered."""
    service = d.Service("--delay", "4")
    yield from d.press("img3d.generate")
    yield from d.wait(lambda: newest().running and newest().stage == "submitting", what="the request")
    picture = bpy.context.scene.img3d.picture.filepath
    bpy.ops.wm.read_homefile(app_template="")
    yield 1.0
    assert not d.window().modal_operators
    bpy.context.scene.img3d.picture = bpy.data.images.load(picture)
    yield from d.open_sidebar()
    yield from settled()
    assert newest().state == "ready", newest()
    assert not ours()
    d.shot("10-offered-after-file-load")
    yield from d.press("img3d.import_result")
    yield from d.wait(ours, what="the object")
    yield from d.move(d.view_3d())
    yield from d.key("Z", ctrl=True)
    yield 0.5
    assert not ours()
    service.stop()


def preferences():
    area = d.area()
    d.show_preferences(area)
    yield 1.0
    d.shot("11-preferences")
    area.type = "VIEW_3D"
    yield 0.5


d.main(steps)
