# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators, pump and what a panel is told, without a window: `tick` is called in a loop, as timers would."""

import time
from pathlib import Path

import bpy
import pytest

import img3d_addon
from img3d_addon.blender import orders, properties, pump, session
from img3d_addon.core.errors import Cancelled
from tests.servers.stability import StabilityServer

from .meshes import empty_scene

DUCK = Path(__file__).parent.parent.parent / "examples" / "duck.png"
KEY = StabilityServer.keys[0]


@pytest.fixture
def settings(home):
    empty_scene()
    img3d_addon.register()
    yield properties.settings_of(bpy.context.scene)
    bpy.context.preferences.system.use_online_access = False
    img3d_addon.unregister()


@pytest.fixture
def duck(settings):
    settings.picture = bpy.data.images.load(str(DUCK))
    settings.offline.faces = 2000
    settings.offline.texture_size = "512"
    return settings


@pytest.fixture
def spar3d(duck, monkeypatch):
    """Choose SPAR3D at a server of our own; yields (settings, server)."""
    with StabilityServer() as server:
        monkeypatch.setenv("IMG3D_STABILITY_URL", server.url)
        monkeypatch.setenv("STABILITY_API_KEY", KEY)
        bpy.context.preferences.system.use_online_access = True
        duck.provider = "stability_spar3d"
        yield duck, server


def ticked(until, limit=30.0):
    """Call `tick` as the timer would; return the events and the longest call in seconds."""
    events, longest, end = [], 0.0, time.monotonic() + limit
    while not until(events):
        assert time.monotonic() < end, events
        begun = time.perf_counter()
        events += pump.tick()
        longest = max(longest, time.perf_counter() - begun)
        time.sleep(0.01)
    return events, longest


def ours():
    return [item for item in bpy.data.objects if "img3d_job" in item]


def test_a_script_generates_and_gets_one_undo_step(duck):
    bpy.ops.ed.undo_push(message="start")
    assert bpy.ops.img3d.generate("EXEC_DEFAULT", True) == {"FINISHED"}  # as a button does, with undo
    (item,) = ours()
    assert item.name == "duck"
    assert session.engine().job(item["img3d_job"]).state == "imported"
    assert len(item.data.polygons) == pytest.approx(2000, rel=0.1)
    bpy.ops.ed.undo()
    assert not ours()
    bpy.ops.ed.redo()
    assert [one.name for one in ours()] == ["duck"]


def test_the_pump_imports_a_background_job_and_goes_idle(duck):
    job = session.engine().submit(orders.order_of(bpy.context.scene))
    pump.watch(job, bpy.context.scene)
    assert pump.busy()
    events, _ = ticked(lambda _events: ours())
    assert events[-1].kind == "downloaded"
    assert not pump.busy()
    (view,) = session.engine_views()
    assert (view.id, view.state, view.running) == (job, "imported", False)


def test_the_result_goes_to_the_scene_it_was_asked_for(duck):
    other = bpy.data.scenes.new("other")
    job = session.engine().submit(orders.order_of(bpy.context.scene))
    pump.watch(job, other)
    ticked(lambda _events: ours())
    assert [item.name for item in other.objects if "img3d_job" in item] == ["duck"]
    assert not [item for item in bpy.context.scene.objects if "img3d_job" in item]
    assert bpy.context.window.scene != other


def test_a_scene_that_got_another_name_gets_its_result(duck):
    job = session.engine().submit(orders.order_of(bpy.context.scene))
    pump.watch(job, bpy.context.scene)
    bpy.context.scene.name = "Act 2"
    bpy.data.scenes.new("Scene")
    ticked(lambda _events: ours())
    assert [item.name for item in bpy.data.scenes["Act 2"].objects if "img3d_job" in item] == ["duck"]


def test_the_result_for_a_removed_scene_is_offered_and_not_pushed_into_another(duck):
    other = bpy.data.scenes.new("other")
    job = session.engine().submit(orders.order_of(bpy.context.scene))
    pump.watch(job, other)
    bpy.data.scenes.remove(other)
    ticked(lambda events: events and events[-1].last and not pump.busy())
    assert not ours()
    assert session.engine().job(job).state == "ready"


def test_a_job_that_nobody_watches_is_not_imported(duck):
    session.engine().submit(orders.order_of(bpy.context.scene))
    ticked(lambda events: events and events[-1].last)
    pump.tick()
    assert not ours()


def test_after_a_file_load_the_result_is_offered_and_not_pushed_in(duck):
    job = session.engine().submit(orders.order_of(bpy.context.scene))
    pump.watch(job, bpy.context.scene)
    empty_scene()
    ticked(lambda events: events and events[-1].last)
    pump.tick()
    assert not ours()
    assert bpy.ops.img3d.import_result(job=job) == {"FINISHED"}
    assert len(ours()) == 1


def test_the_jobs_of_an_earlier_session_are_shown(duck):
    assert bpy.ops.img3d.generate() == {"FINISHED"}
    session.close()
    assert not session.engine_views()
    end = time.monotonic() + 10
    while (pause := pump._look()) is not None:
        assert time.monotonic() < end
        time.sleep(pause)
    assert [(view.name, view.state) for view in session.engine_views()] == [("duck", "imported")]


def test_what_is_missing_is_said_by_poll(settings, monkeypatch):
    assert "Choose a picture" in orders.blocked(settings)[1]
    with pytest.raises(RuntimeError, match="Choose a picture"):
        bpy.ops.img3d.generate()
    settings.picture = bpy.data.images.new("x", 4, 4)
    assert orders.blocked(settings) == ("", "")
    settings.provider = "stability_spar3d"
    assert orders.blocked(settings)[0] == orders.ONLINE
    bpy.context.preferences.system.use_online_access = True
    assert orders.blocked(settings)[0] == orders.KEY
    monkeypatch.setenv("STABILITY_API_KEY", KEY)
    assert orders.blocked(settings) == ("", "")
    settings.stability_spar3d.seed = "many"
    assert "seed" in orders.blocked(settings)[1]


def test_the_price_is_known_without_asking(settings):
    assert orders.price_of(settings).amount == 0
    settings.provider = "stability_spar3d"
    assert str(orders.price_of(settings)) == "4 credits (0.04 USD)"


def test_a_service_gets_the_sidebar_s_settings_and_the_seed_whole(spar3d):
    settings, server = spar3d
    settings.stability_spar3d.seed = "4294967294"
    settings.stability_spar3d.texture_resolution = "512"
    settings.after.size = 2.0
    assert bpy.ops.img3d.generate() == {"FINISHED"}
    (item,) = ours()
    assert max(item.dimensions) == pytest.approx(2.0, abs=1e-4)
    assert '"seed": 4294967294' in item["img3d_settings"]
    (request,) = [one for one in server.requests if one.method == "POST"]
    fields, _files = request.form()
    assert (fields["seed"], fields["texture_resolution"]) == ("4294967294", "512")
    assert not server.complaints


def test_a_refusal_reaches_the_script_as_a_sentence_and_the_scene_is_clean(spar3d):
    _settings, server = spar3d
    server.play("payment_required")
    with pytest.raises(RuntimeError, match="credits"):
        bpy.ops.img3d.generate()
    assert not ours()


def test_ticks_stay_short_while_a_service_is_slow_and_a_cancel_ends_it(spar3d):
    _settings, server = spar3d
    server.play("hold")
    job = session.engine().submit(orders.order_of(bpy.context.scene))
    pump.watch(job, bpy.context.scene)
    events, longest = ticked(lambda events: any(event.stage == "submitting" for event in events))
    assert longest < 0.05
    begun = time.perf_counter()
    assert bpy.ops.img3d.cancel(job=job) == {"FINISHED"}
    assert time.perf_counter() - begun < 0.05
    events, longest = ticked(lambda events: events and events[-1].last)
    assert longest < 0.05
    assert isinstance(events[-1].error, Cancelled) or events[-1].kind in ("cancelled", "uncertain")
    assert not ours()


def test_an_import_that_fails_is_said_and_kept_for_the_sidebar(duck):
    job = session.engine().submit(orders.order_of(bpy.context.scene))
    ticked(lambda events: events and events[-1].last)
    path = session.engine().job(job).path
    path.write_bytes(path.read_bytes()[:100])
    pump.watch(job, bpy.context.scene)
    with pytest.raises(RuntimeError, match="cut short"):
        bpy.ops.img3d.import_result(job=job)
    assert "cut short" in pump.errors[job]
    assert not ours()


def test_import_again_takes_the_settings_of_the_sidebar(duck):
    assert bpy.ops.img3d.generate() == {"FINISHED"}
    (first,) = ours()
    duck.after.size = 3.0
    assert bpy.ops.img3d.import_result(job=first["img3d_job"], as_set=True) == {"FINISHED"}
    bpy.context.view_layer.update()
    assert max(ours()[-1].dimensions) == pytest.approx(3.0, abs=1e-4)
    assert len(ours()) == 2


def test_keys_stay_out_of_the_blend_and_of_the_texts(spar3d, tmp_path):
    _settings, _server = spar3d
    assert bpy.ops.img3d.generate() == {"FINISHED"}
    path = tmp_path / "saved.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), compress=False)
    assert KEY.encode() not in path.read_bytes()
    assert KEY not in repr(session.settings())
