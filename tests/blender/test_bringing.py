# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports through the helper process: the same result as in this one, and what happens when the helper fails."""

import time
from pathlib import Path

import bpy
import numpy as np
import pytest

import img3d_addon
from img3d_addon.blender import bringing, importing, properties, pump, session
from img3d_addon.blender.helper import starting
from img3d_addon.core.errors import ImportFailed
from img3d_addon.core.helper.helper import Helper
from tests.core.helper import test_helper

from .meshes import empty_scene, projected_blob, textured
from .test_importing import FACTS, counts, wedge, written

DUCK = Path(__file__).parent.parent.parent / "examples" / "duck.png"


@pytest.fixture
def addon(home, monkeypatch):
    """The add-on as in a window: `tick` uses the helper."""
    empty_scene()
    monkeypatch.setattr(bringing, "usable", lambda: not starting.refused())
    img3d_addon.register()
    yield
    img3d_addon.unregister()


def ticked(condition):
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        pump.tick()
        time.sleep(0.02)


def made_job():
    """Generate by the engine alone: the result waits in the library."""
    settings = properties.settings_of(bpy.context.scene)
    settings.picture = bpy.data.images.load(str(DUCK))
    settings.offline.faces = 500
    *_, last = session.engine().drive(img3d_addon.blender.orders.order_of(bpy.context.scene))
    return last.job


def ours():
    return [item for item in bpy.data.objects if "img3d_job" in item]


def positions(mesh):
    place = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", place)
    return place


def test_the_helper_makes_what_this_process_makes(home, tmp_path):
    empty_scene()
    textured(projected_blob(16), tmp_path)
    wedge(at=(3, 0, 0))
    path = written(tmp_path)
    options = bringing.check({"size": 2.0, "facing": "+X", "decimate": 0.5})
    bpy.context.scene.cursor.location = (1, 2, 3)
    here = bringing.import_result(bpy.context, path, options, FACTS)
    there = bringing._through_helper(bpy.context, path, options, FACTS)
    assert len(here.objects) == len(there.objects) == 3
    assert not bpy.data.libraries
    for one, other in zip(here.objects, there.objects, strict=True):
        assert one.type == other.type
        assert np.allclose(one.matrix_world, other.matrix_world, atol=1e-6)
        assert [slot.type for slot in one.modifiers] == [slot.type for slot in other.modifiers]
        assert dict(one.items()).keys() == dict(other.items()).keys()
        if one.type == "MESH":
            assert np.array_equal(positions(one.data), positions(other.data))
            assert [layer.name for layer in one.data.uv_layers] == [layer.name for layer in other.data.uv_layers]
            assert [slot.name.split(".")[0] for slot in one.data.materials] == [
                slot.name.split(".")[0] for slot in other.data.materials
            ]
    starting.close()


def test_a_result_comes_in_by_the_pump(addon):
    job = made_job()
    bringing.begin(job, bpy.context.scene)
    assert pump.busy()
    ticked(ours)
    (item,) = ours()
    assert item.name == "duck"
    assert not bringing.under_way()
    assert session.engine().job(job).state == "imported"
    assert not list(bringing.handover_file().parent.iterdir())


def test_a_stopped_import_leaves_the_result_in_the_library(addon):
    job = made_job()
    before = counts()
    bringing.begin(job, bpy.context.scene)
    assert bpy.ops.img3d.cancel(job=job) == {"FINISHED"}
    assert not bringing.under_way()
    assert session.engine().job(job).state == "ready"
    assert counts() == before
    bringing.begin(job, bpy.context.scene)
    ticked(ours)


def test_a_crash_of_the_helper_is_told_and_nothing_is_lost(addon, monkeypatch):
    job = made_job()
    before = counts()
    monkeypatch.setitem(starting._state, "helper", Helper(test_helper.COMMAND))
    monkeypatch.setattr(bringing, "_request", lambda *_: {"task": "crash", "about": "duck"})
    bringing.begin(job, bpy.context.scene)
    ticked(lambda: not bringing.under_way())
    assert "ended while it worked on duck" in pump.errors[job]
    assert counts() == before
    assert session.engine().job(job).state == "ready"
    starting.close()
    monkeypatch.undo()
    monkeypatch.setattr(bringing, "usable", lambda: not starting.refused())
    bringing.begin(job, bpy.context.scene)
    ticked(ours)
    assert job not in pump.errors


def test_what_blender_refuses_at_the_end_is_told_and_leaves_nothing(addon, monkeypatch):
    def refused(*_arguments, **_options):
        raise RuntimeError("the scene is linked")

    job = made_job()
    before = counts()
    monkeypatch.setattr(importing, "finish", refused)
    bringing.begin(job, bpy.context.scene)
    ticked(lambda: not bringing.under_way())
    assert "the scene is linked" in pump.errors[job]
    assert counts() == before


def test_no_place_for_the_hand_over_is_told(addon, monkeypatch, tmp_path):
    job = made_job()
    starting.close()
    monkeypatch.setattr(starting.tempfile, "tempdir", str(tmp_path / "gone"))
    pump.watch(job, bpy.context.scene)
    pump._hand_over(job, bpy.context.scene)
    assert "no place" in pump.errors[job]


def test_where_no_helper_can_be_started_this_process_imports_and_it_is_remembered(addon, monkeypatch):
    job = made_job()
    monkeypatch.setitem(starting._state, "helper", Helper(("/nowhere/blender",)))
    bringing.begin(job, bpy.context.scene)
    ticked(ours)
    assert not bringing.usable()
    starting.close()
    assert starting.refused(), "not remembered for the next session"
    monkeypatch.setattr(starting, "_build", lambda: "another Blender")
    starting.close()
    assert not starting.refused()


def test_what_the_helper_refuses_is_said_in_the_same_words(home, tmp_path):
    empty_scene()
    path = tmp_path / "points.obj"
    path.write_text("v 0 0 0\nv 1 0 0\n")
    said = []
    for bring in (bringing.import_result, bringing._through_helper):
        with pytest.raises(ImportFailed) as error:
            bring(bpy.context, path, bringing.check({}), FACTS)
        said.append(str(error.value))
    assert said[0] == said[1]
    starting.close()


def test_a_new_file_stops_what_was_meant_for_the_old_one(addon):
    job = made_job()
    bringing.begin(job, bpy.context.scene)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    assert not bringing.under_way()
    for _again in range(5):
        pump.tick()
    assert not ours()
    assert session.engine().job(job).state == "ready"
