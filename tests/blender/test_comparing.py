# SPDX-License-Identifier: GPL-3.0-or-later
"""The same picture at several providers, and results that go to places of their own, without a window."""

import json
import time
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from mathutils import Vector

import img3d_addon
from img3d_addon.blender import arriving, bringing, comparing, job_list, pressing, properties, pump, session
from img3d_addon.blender.compare_operators import IMG3D_OT_compare
from img3d_addon.blender.placing import IMG3D_OT_place_result
from img3d_addon.core.errors import KeyMissing
from tests.servers.stability import StabilityServer

from .meshes import empty_scene

DUCK = Path(__file__).parent.parent.parent / "examples" / "duck.png"


@pytest.fixture
def duck(home, monkeypatch):
    """Have the settings of a scene with the offline provider and SPAR3D at a server of our own."""
    empty_scene()
    img3d_addon.register()
    settings = properties.settings_of(bpy.context.scene)
    settings.picture = bpy.data.images.load(str(DUCK))
    settings.offline.faces = 500
    settings.offline.texture_size = "512"
    with StabilityServer() as server:
        monkeypatch.setenv("IMG3D_STABILITY_URL", server.url)
        monkeypatch.setenv("STABILITY_API_KEY", StabilityServer.keys[0])
        bpy.context.preferences.system.use_online_access = True
        yield settings
        bpy.context.preferences.system.use_online_access = False
        img3d_addon.unregister()


def tick(*names):
    ticks = bpy.context.window_manager.img3d_compare
    for name in names:
        setattr(ticks, name, True)


def arrived():
    """Wait for all jobs, and for their objects."""
    end = time.monotonic() + 60
    waited = True
    while waited:
        assert time.monotonic() < end
        waited = pump.busy()
        pump.tick()  # once more after the end: what came last may have come after a tick
        time.sleep(0.01)
    bpy.context.view_layer.update()


def row():
    (found,) = [one for one in bpy.data.collections if comparing.ROW in one]
    return found


def roots():
    return {item["img3d_provider"]: item for item in bpy.data.objects if "img3d_image" in item}


def labels():
    return {item.data.body.splitlines()[0]: item for item in bpy.data.objects if item.type == "FONT"}


def span(item):
    xs = [(item.matrix_world @ Vector(corner)).x for corner in item.bound_box]
    return min(xs), max(xs)


def test_what_is_missing_is_said(duck, monkeypatch):
    with pytest.raises(RuntimeError, match="at least two"):
        bpy.ops.img3d.compare()
    tick("offline", "stability_spar3d")
    monkeypatch.delenv("STABILITY_API_KEY")
    with pytest.raises(RuntimeError, match="SPAR3D: Key missing"):
        bpy.ops.img3d.compare()
    duck.picture = None
    with pytest.raises(RuntimeError, match="Choose a picture"):
        bpy.ops.img3d.compare()


def test_the_results_stand_in_a_row_with_labels_in_a_collection_of_their_own(duck):
    bpy.context.scene.cursor.location = (3.0, 1.0, 0.5)
    tick("offline", "stability_spar3d")
    assert bpy.ops.img3d.compare() == {"FINISHED"}
    arrived()
    home = row()
    assert home.name == "Compare duck"
    assert {item.name for item in home.all_objects} == {item.name for item in bpy.data.objects}
    assert not [one for one in bpy.data.collections if one.name == "Image to 3D"]
    first, second = roots()["offline"], roots()["stability_spar3d"]
    assert span(first)[1] < span(second)[0]
    assert (sum(span(first)) / 2, first.location.y, first.location.z) == pytest.approx((3.0, 1.0, 0.5), abs=0.01)
    assert second.location.z == pytest.approx(0.5, abs=0.01)
    named = labels()
    assert set(named) == {"Offline", "Stability AI SPAR3D"}
    assert "4 credits" in named["Stability AI SPAR3D"].data.body
    for item, label in ((first, named["Offline"]), (second, named["Stability AI SPAR3D"])):
        low, high = span(item)
        assert low < label.location.x < high
        assert label.location.y < min((item.matrix_world @ Vector(corner)).y for corner in item.bound_box)


def test_the_order_is_that_of_the_providers_whoever_comes_first_and_a_failure_leaves_no_gap(duck):
    tick("offline", "stability_spar3d", "stability_sf3d")
    jobs = comparing.start(bpy.context.scene, [session.providers()[name] for name in ORDER])
    assert session.engine().wait_idle(60)
    for job in reversed(jobs):
        assert bpy.ops.img3d.import_result("EXEC_DEFAULT", True, job=job) == {"FINISHED"}
    found = roots()
    spans = [span(found[name]) for name in ORDER]
    assert spans == sorted(spans)
    bpy.data.objects.remove(found["stability_spar3d"])  # as if it had failed
    bpy.context.view_layer.update()
    comparing.line_up(row(), jobs)
    bpy.context.view_layer.update()
    found = roots()
    gap = span(found["stability_sf3d"])[0] - span(found["offline"])[1]
    assert 0.0 < gap < max(high - low for low, high in map(span, found.values()))


ORDER = ("offline", "stability_spar3d", "stability_sf3d")


def test_each_import_is_one_undo_step(duck):
    jobs = comparing.start(bpy.context.scene, [session.providers()[name] for name in ORDER[:2]])
    assert session.engine().wait_idle(60)
    bpy.ops.ed.undo_push(message="start")
    for job in jobs:
        bpy.ops.img3d.import_result("EXEC_DEFAULT", True, job=job)
    bpy.ops.ed.undo()
    assert (set(roots()), len(labels())) == ({"offline"}, 1)
    bpy.ops.ed.undo()
    assert not roots() and not labels() and not bpy.data.collections.get("Compare duck")


def test_a_job_of_another_day_finds_its_row_and_a_copy_is_no_part_of_it(duck):
    jobs = comparing.start(bpy.context.scene, [session.providers()[name] for name in ORDER[:2]])
    assert session.engine().wait_idle(60)
    bpy.ops.img3d.import_result("EXEC_DEFAULT", True, job=jobs[0])
    session.close()
    bpy.ops.img3d.import_result("EXEC_DEFAULT", True, job=jobs[1])
    assert len(labels()) == 2
    bpy.ops.img3d.import_result("EXEC_DEFAULT", True, job=jobs[0])
    (copy,) = bpy.data.collections["Image to 3D"].objects
    assert copy["img3d_job"] == jobs[0]
    (session.engine().folder(jobs[0]) / "compare.json").write_text(json.dumps(["damaged"]))
    bpy.ops.img3d.import_result("EXEC_DEFAULT", True, job=jobs[0])
    assert len(bpy.data.collections["Image to 3D"].objects) == 2


def test_a_result_that_was_hidden_and_a_label_that_is_a_mesh_now_keep_no_other_from_its_row(duck):
    jobs = comparing.start(bpy.context.scene, [session.providers()[name] for name in ORDER])
    assert session.engine().wait_idle(60)
    bpy.ops.img3d.import_result("EXEC_DEFAULT", True, job=jobs[0])
    first = roots()["offline"]
    first.hide_viewport = True
    (label,) = labels().values()
    letters = bpy.data.objects.new("letters", bpy.data.meshes.new("letters"))
    letters["img3d_label"] = label["img3d_label"]  # as Convert to Mesh leaves it
    row().objects.link(letters)
    bpy.data.objects.remove(label)
    place = first.location.copy()
    for job in jobs[1:]:
        assert bpy.ops.img3d.import_result("EXEC_DEFAULT", True, job=job) == {"FINISHED"}
    found = roots()
    assert first.location == place
    assert span(found["stability_spar3d"])[1] < span(found["stability_sf3d"])[0]
    assert len(labels()) == 2


def test_a_double_click_makes_the_jobs_once(duck, monkeypatch):
    monkeypatch.setattr(pressing, "TWICE", 60.0)  # on a busy machine a second is short
    tick("offline", "stability_spar3d")
    said = []
    pressed = SimpleNamespace(report=lambda _kind, words: said.append(words))
    pressed.execute = lambda context: IMG3D_OT_compare.execute(pressed, context)
    assert IMG3D_OT_compare.invoke(pressed, bpy.context, None) == {"FINISHED"}
    assert IMG3D_OT_compare.invoke(pressed, bpy.context, None) == {"CANCELLED"}
    assert len(session.engine_views()) == 2
    assert said[-1].startswith("Pressed twice")
    assert session.engine().wait_idle(60)


def test_one_that_is_refused_stops_the_others(duck, monkeypatch):
    monkeypatch.delenv("STABILITY_API_KEY")
    with pytest.raises(KeyMissing):
        comparing.start(bpy.context.scene, [session.providers()[name] for name in ORDER[:2]])
    assert session.engine().wait_idle(60)
    assert all(view.state in ("cancelled", "ready") for view in session.engine_views())


def test_a_dropped_result_stands_where_it_was_dropped_whatever_the_settings_say(duck):
    assert bpy.ops.img3d.generate() == {"FINISHED"}
    job = session.engine_views()[0].id
    bpy.context.scene.cursor.location = (9.0, 9.0, 9.0)
    duck.after.location = "keep"
    arriving.drop_at(job, (1.0, 2.0, 0.25))
    bpy.ops.img3d.import_result("EXEC_DEFAULT", True, job=job, as_set=True)
    newest = bpy.context.view_layer.objects.active
    assert newest.location.to_tuple() == pytest.approx((1.0, 2.0, 0.25), abs=1e-4)
    assert not arriving.is_dropped(job)


def test_a_result_that_is_placed_at_once_is_one_undo_step(duck):
    assert bpy.ops.img3d.generate() == {"FINISHED"}
    job = session.engine_views()[0].id
    bpy.data.objects.remove(roots()["offline"])
    bpy.data.objects.new("before", None).use_fake_user = True
    bpy.ops.ed.undo_push(message="before")
    pressed = SimpleNamespace(job=job)
    assert IMG3D_OT_place_result._place(pressed, bpy.context, Vector((1.0, 2.0, 0.25))) == {"FINISHED"}
    assert roots()
    bpy.ops.ed.undo()
    assert not roots() and "before" in bpy.data.objects


def test_an_import_that_is_stopped_forgets_where_it_was_dropped(duck, monkeypatch):
    arriving.drop_at("job", (1.0, 2.0, 0.25))
    monkeypatch.setattr(bringing, "stop", lambda _job: True)
    assert bpy.ops.img3d.cancel(job="job") == {"FINISHED"}
    assert not arriving.is_dropped("job")


def test_the_gallery_turns_its_pages(duck):
    jobs = job_list.jobs_of(bpy.context.window_manager)
    bpy.ops.img3d.gallery_page(to=2)
    assert jobs.page == 2
    bpy.ops.img3d.gallery_page(to=-1)
    assert jobs.page == 0
