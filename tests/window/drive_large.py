# SPDX-License-Identifier: GPL-3.0-or-later
"""In a window: half a million and a million triangles with 4K textures come in, and are made quads, without a stall.

Also a helper that is killed in the middle, and an import and a remesh that are stopped. Started with
--enable-event-simulate.
"""

import importlib.util
import os
import signal
import sys
import tempfile
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).parent))
import driver as d
from driver import newest, ours, views

from bench import models

FOLDER = Path(tempfile.mkdtemp())


def bringing():
    return d.module("blender.bringing").under_way()


def remeshing():
    return d.module("blender.remeshing").under_way()


def faces(item):
    return len(item.data.polygons)


def steps():
    models.CACHE = FOLDER
    bpy.context.preferences.system.use_online_access = True
    settings = bpy.context.scene.img3d
    settings.picture = bpy.data.images.load(str(d.ROOT / "examples" / "rocket.png"))
    settings.provider = "stability_spar3d"
    bpy.ops.ed.undo_push(message="What a user would have chosen")
    yield from d.open_sidebar()
    yield 2.0
    yield from imported("500k", 0.05)
    yield from imported("1M", 0.1)
    yield from killed_and_stopped()
    yield from quads()


def imported(size, limit):
    """Generate; the longest of our callbacks, the append in it, is below `limit` seconds."""
    os.environ["IMG3D_TEST_MODEL"] = str(models.model(size, texture=4096))
    service = d.Service()
    d.region().tag_redraw()
    yield 1.0
    watch = d.Stopwatch()
    before = len(ours())
    yield from d.press("img3d.generate")
    yield from d.wait(bringing, 120, what="the helper")
    d.region().tag_redraw()
    yield 0.5
    d.shot(f"1-{size}-importing")
    yield from d.wait(lambda: len(ours()) > before, 200, what="the object")
    yield 2.0
    d.shot(f"2-{size}-imported")
    watch.check(limit)
    assert faces(ours()[-1]) >= {"500k": 450_000, "1M": 900_000}[size]
    assert newest().state == "imported"
    service.stop()
    yield from d.move(d.view_3d())
    yield from d.key("Z", ctrl=True)
    yield from d.wait(lambda: len(ours()) == before, what="undo")
    assert views(), "the undo took the jobs away"


def helper_child():
    return d.module("blender.helper.starting").helper()._child


def killed_and_stopped():
    """A helper that dies loses nothing; an import that is stopped leaves its result in the library."""
    yield from d.press("img3d.import_result")
    yield from d.wait(lambda: bringing() and helper_child() and helper_child().alive, what="the helper")
    yield 0.3
    os.kill(helper_child()._child.pid, signal.SIGKILL)
    yield from d.wait(lambda: not bringing(), what="the news of its death")
    yield 1.0
    d.shot("3-helper-killed")
    assert "helper Blender ended" in d.module("blender.pump").errors[newest().id]
    assert not ours()
    yield from d.press("img3d.import_result")
    yield from d.wait(lambda: bringing() and helper_child() and helper_child().alive, what="the helper")
    os.kill(helper_child()._child.pid, signal.SIGSTOP)  # it hangs
    d.region().tag_redraw()
    yield 0.5
    yield from d.press("img3d.cancel")
    yield from d.wait(lambda: not bringing(), 2.0, what="the stop")
    assert not ours()
    os.environ["IMG3D_TEST_MODEL"] = str(models.model("200k", texture=1024))
    service = d.Service()
    yield from d.press("img3d.generate")
    yield from d.wait(ours, 200, what="the object")
    yield 1.0
    service.stop()


def quads():
    """A remesh that is stopped leaves the object alone; one that is not brings quads, and undo takes them away."""
    (item,) = ours()
    watch = d.Stopwatch()
    for stop in (True, False):
        yield from d.press("img3d.quad_remesh")
        yield 1.0
        if stop:
            d.shot("4-quads-asked")
        yield from d.key("RET")
        yield from d.wait(remeshing, what="the remesh")
        yield 5.0
        d.region().tag_redraw()
        yield 0.5
        d.shot("5-quads-being-made")
        if stop:
            yield from d.press("img3d.stop_quads")
            yield from d.wait(lambda: not remeshing(), 2.0, what="the stop")
            assert ours() == [item]
    yield from d.wait(lambda: len(ours()) == 2, 250, what="the quads")
    yield 2.0
    d.shot("6-quads")
    made = next(one for one in ours() if one != item)
    assert {len(face.vertices) for face in made.data.polygons} == {4}
    assert item.hide_viewport
    watch.check(0.05)
    yield from d.move(d.view_3d())
    yield from d.key("Z", ctrl=True)
    yield from d.wait(lambda: len(ours()) == 1, what="undo")
    assert not ours()[0].hide_viewport
    # A background Blender without extensions clears away what they have installed, where it may.
    assert Path(importlib.util.find_spec("PIL").origin).is_file()


d.main(steps)
