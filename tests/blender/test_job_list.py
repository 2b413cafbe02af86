# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of jobs as the interface has it, and what the buttons of a job do, without a window."""

import time
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest

import img3d_addon
from img3d_addon.blender import job_list, job_operators, pressing, properties, pump, reloading, session, thumbnails
from img3d_addon.blender.job_states import WORDS, state_of
from img3d_addon.blender.measuring import width_of_text
from img3d_addon.core.jobs.job import MOVES, JobView
from img3d_addon.core.values import Price

from .meshes import empty_scene

DUCK = Path(__file__).parent.parent.parent / "examples" / "duck.png"


@pytest.fixture
def duck(home):
    empty_scene()
    img3d_addon.register()
    settings = properties.settings_of(bpy.context.scene)
    settings.picture = bpy.data.images.load(str(DUCK))
    settings.offline.faces = 2000
    settings.offline.texture_size = "512"
    yield settings
    img3d_addon.unregister()


def a_view(number=1, **values):
    values = {
        "id": f"job{number}",
        "provider": "offline",
        "name": f"chair {number}",
        "image": Path("chair.png"),
        "state": "ready",
        "params": {},
        "after": {},
        "created": float(number),
        "updated": float(number),
        **values,
    }
    return JobView(**values)


def rows():
    return [row.name for row in job_list.jobs_of(bpy.context.window_manager).rows]


@pytest.fixture
def shown(duck, monkeypatch):
    """Return a function that has the engine show these jobs, the newest first."""

    def show(*views):
        monkeypatch.setattr(session, "engine_views", lambda: views)
        job_list.sync()

    return show


def chosen():
    view = job_list.selected(job_list.views_by_id())
    return view and view.id


def test_the_rows_are_the_jobs_and_the_selection_stays_with_its_job(shown):
    old, middle, new = a_view(1), a_view(2), a_view(4)
    shown(middle)
    jobs = job_list.jobs_of(bpy.context.window_manager)
    assert (rows(), chosen()) == (["job2"], "job2")
    shown(middle, old)
    assert (rows(), chosen(), jobs.at) == (["job2", "job1"], "job2", 0)
    jobs.at = 1  # as a click does
    assert chosen() == "job1"
    shown(new, middle, old)
    assert (chosen(), jobs.at) == ("job4", 0)  # what was just begun
    jobs.at = 1
    shown(new, a_view(3), middle, old)
    assert (chosen(), jobs.at) == ("job2", 2)
    shown(new, old)
    assert chosen() == "job1"
    shown()
    assert (rows(), chosen()) == ([], None)


def test_rows_that_a_file_brings_along_are_replaced(shown):
    shown(a_view(1))
    job_list.jobs_of(bpy.context.window_manager).rows.add().name = "of another day"
    job_list.sync()
    assert rows() == ["job1"]


def test_each_state_has_a_word_and_what_is_left_undone_is_unfinished(duck):
    found = {state: state_of(a_view(state=state), bringing=False) for state in MOVES}
    assert set(found.values()) <= set(WORDS)
    assert found["remote"] == found["submitting"] == "interrupted"
    assert state_of(a_view(running=True), bringing=False) == "running"
    assert state_of(a_view(running=True), bringing=True) == "importing"

    def unfinished(**values):
        return job_list.is_shown(a_view(**values), text="", unfinished=True)

    assert unfinished(state="remote") and unfinished(state="uncertain") and unfinished(state="ready")
    assert not unfinished(state="imported") and not unfinished(state="cancelled", resumable=True)
    assert unfinished(state="failed", resumable=True) and not unfinished(state="failed")


def test_search_looks_at_name_provider_and_error(duck):
    view = a_view(error="No credits are left", state="failed")
    assert [job_list.is_shown(view, text=text, unfinished=False) for text in ("CHAIR", "offline", "credits", "x")] == [
        True,
        True,
        True,
        False,
    ]


def test_sorting(duck):
    usd = Price(amount=0.5, unit="USD", usd=0.5)
    views = [
        a_view(3, name="b", state="imported"),
        a_view(2, name="C", state="failed", cost=usd, provider="zeta"),
        a_view(1, name="a", running=True, state="remote", cost=Price(amount=4, unit="credits", usd=0.04)),
    ]

    def order(sort):
        return [view.created for view in sorted(views, key=lambda view: job_list.sort_key(view, sort))]

    assert order("NEWEST") == [3, 2, 1]
    assert order("NAME") == [1, 3, 2]
    assert order("STATE") == [1, 2, 3]
    assert order("COST") == [2, 1, 3]
    assert order("PROVIDER") == [3, 1, 2]


def made(duck):
    assert bpy.ops.img3d.generate() == {"FINISHED"}
    job_list.sync()
    return session.engine_views()[0]


def test_the_settings_of_a_job_come_back_with_the_seed_that_was_used(duck):
    duck.after.quads, duck.after.quad_faces, duck.after.size = False, 700, 2.0
    duck.after.decimate_by, duck.after.decimate_ratio = "ratio", 0.25
    duck.offline.depth = 0.4
    before = properties.values(duck.offline, session.providers()["offline"].params)
    after = properties.after_values(duck)
    view = made(duck)
    duck.offline.depth, duck.after.decimate_by, duck.after.size = 0.1, "none", 1.0
    duck.provider, duck.picture = "stability_spar3d", None
    assert bpy.ops.img3d.reload_settings(job=view.id) == {"FINISHED"}
    assert duck.provider == "offline"
    assert properties.values(duck.offline, session.providers()["offline"].params) == before
    assert properties.after_values(duck) == after
    assert Path(bpy.path.abspath(duck.picture.filepath)) == DUCK
    seeded = a_view(provider="stability_spar3d", params={"seed": 0}, seed=4294967294, image=DUCK)
    assert reloading.reload_settings(bpy.context.scene, seeded) == []
    assert duck.stability_spar3d.seed == "4294967294"


def test_a_picture_that_is_gone_comes_from_the_library_without_its_place(duck, tmp_path):
    gone = a_view(image=tmp_path / "gone.png", picture=DUCK)
    duck.picture = None
    assert reloading.reload_settings(bpy.context.scene, gone) == []
    assert duck.picture.packed_file and duck.picture.name == "chair 1"
    assert str(DUCK.parent) not in duck.picture.filepath_raw
    assert reloading.order_again(gone).image == DUCK
    assert reloading.reload_settings(bpy.context.scene, a_view(image=tmp_path / "gone.png")) == ["the picture"]


def test_try_again_makes_another_job_of_the_same(duck):
    first = made(duck)
    duck.offline.faces = 500
    assert bpy.ops.img3d.try_again(job=first.id) == {"FINISHED"}
    assert session.engine().wait_idle(30)
    second = session.engine_views()[0]
    assert second.id != first.id
    assert (second.params, second.after, second.name) == (first.params, first.after, first.name)


def test_a_double_click_on_try_again_makes_one_job(duck, monkeypatch):
    monkeypatch.setattr(pressing, "TWICE", 60.0)  # on a busy machine a second is short
    pressed = SimpleNamespace(job=made(duck).id, report=lambda _kind, _words: None)
    pressed.execute = lambda context: reloading.IMG3D_OT_try_again.execute(pressed, context)
    assert reloading.IMG3D_OT_try_again.invoke(pressed, bpy.context, None) == {"FINISHED"}
    assert reloading.IMG3D_OT_try_again.invoke(pressed, bpy.context, None) == {"CANCELLED"}
    assert len(session.engine_views()) == 2
    assert session.engine().wait_idle(30)


def test_objects_are_selected_in_the_scene_that_has_them(duck):
    view = made(duck)
    (item,) = [item for item in bpy.data.objects if item.get("img3d_job") == view.id]
    item.select_set(False)
    assert bpy.ops.img3d.select_objects(job=view.id) == {"FINISHED"}
    assert bpy.context.view_layer.objects.active == item and item.select_get()
    item.hide_set(True)
    assert bpy.ops.img3d.select_objects(job=view.id) == {"FINISHED"}
    assert not item.select_get()
    assert bpy.ops.img3d.select_objects(job="another") == {"CANCELLED"}
    other = bpy.data.scenes.new("other")
    item.hide_set(False)
    bpy.context.scene.collection.children[0].objects.unlink(item)
    other.collection.objects.link(item)
    bpy.ops.img3d.select_objects(job=view.id)
    assert item.select_get(view_layer=other.view_layers[0])


def test_removing_keeps_the_files_unless_their_deletion_is_asked_for(duck):
    kept, gone = made(duck), made(duck)
    folders = [session.engine().folder(view.id) for view in (kept, gone)]
    bpy.ops.img3d.remove_job(job=kept.id)
    bpy.ops.img3d.remove_job(job=gone.id, files=True)
    assert not session.engine_views()
    end = time.monotonic() + 20
    while folders[1].exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    assert (folders[0] / "request.json").is_file()
    session.close()
    job_list.refresh(older=False)
    while job_list.reading():
        assert time.monotonic() < end
        time.sleep(0.02)
    assert not session.engine_views()


@pytest.mark.parametrize(
    ("state", "path", "files", "words"),
    [
        ("remote", None, False, "may have made"),
        ("uncertain", None, True, "may have made"),
        ("failed", None, True, ""),
        ("ready", DUCK, False, "stays in the library"),
        ("ready", DUCK, True, "without paying"),
    ],
)
def test_before_a_job_is_removed_what_is_lost_is_said_whole(duck, monkeypatch, state, path, files, words):
    view = a_view(state=state, path=path, cost=Price(amount=4, unit="credits"))
    monkeypatch.setattr(job_operators, "view_of", lambda _job: view)
    drawn = []

    class Layout:
        def __getattr__(self, _name):
            return lambda *_given, **_more: self

        def label(self, *, text="", **_more):
            drawn.append(text)

    asking = SimpleNamespace(layout=Layout(), job="job1", files=files)
    job_operators.IMG3D_OT_remove_job.draw(asking, bpy.context)
    assert words in " ".join(drawn[1:])
    assert bool(words) == bool(drawn[1:])
    assert max(map(width_of_text, drawn)) < 300


def test_what_a_job_cannot_do_is_said(duck):
    view = made(duck)
    with pytest.raises(RuntimeError, match="not at the service"):
        bpy.ops.img3d.stop_waiting(job=view.id)
    with pytest.raises(RuntimeError, match="no files yet"):
        bpy.ops.img3d.open_folder(job="another")
    with pytest.raises(RuntimeError, match="not in the list"):
        bpy.ops.img3d.try_again(job="another")


def test_pictures_of_jobs_are_taken_up_after_they_were_drawn(duck, monkeypatch, tmp_path):
    """Without a window Blender has no icons: a number stands for each."""
    found = []
    monkeypatch.setattr(thumbnails, "_icon", lambda _name, path: found.append(path) or len(found))
    view = a_view(picture=DUCK)
    assert (thumbnails.icon_of(view), thumbnails.wishes(), pump.busy()) == (0, True, True)
    assert thumbnails.load_some()
    assert (thumbnails.icon_of(view), thumbnails.wishes(), found) == (1, False, [DUCK])
    preview = thumbnails.preview_file(view.id)
    preview.parent.mkdir(parents=True)
    preview.write_bytes(DUCK.read_bytes())
    thumbnails.renew(view.id)
    assert (thumbnails.icon_of(view), thumbnails.load_some(), thumbnails.icon_of(view)) == (0, True, 2)
    assert found[1] == preview
    nothing = a_view(2, image=Path("nowhere.png"))
    assert (thumbnails.icon_of(nothing), thumbnails.load_some(), thumbnails.icon_of(nothing)) == (0, True, 0)
    assert not thumbnails.wishes()
    begun = a_view(3, image=tmp_path / "soon.png", running=True)
    assert (thumbnails.icon_of(begun), thumbnails.load_some()) == (0, True)
    thumbnails.icon_of(begun)
    assert thumbnails.wishes()  # its picture is written later
