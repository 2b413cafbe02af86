# SPDX-License-Identifier: GPL-3.0-or-later
"""Which previews and assets the helper is asked for, and when; a helper of our own notes it."""

from pathlib import Path

import bpy
import pytest

import img3d_addon
from img3d_addon.blender import bringing, gallery_operators, result_previews, session, thumbnails
from img3d_addon.core.errors import ImportFailed
from img3d_addon.core.helper.work import Work
from img3d_addon.core.jobs.job import JobView

from .meshes import empty_scene


class FakeHelper:
    def __init__(self):
        self.works = []

    def submit(self, request, *, limit):
        self.works.append(Work(request, limit=limit))
        return self.works[-1]


@pytest.fixture
def helper(home, monkeypatch):
    empty_scene()
    img3d_addon.register()
    made = FakeHelper()
    monkeypatch.setattr(bringing, "usable", lambda: True)
    monkeypatch.setattr(result_previews, "helper", lambda: made)
    yield made
    img3d_addon.unregister()


@pytest.fixture
def view(home):
    return a_view(home, 1)


def a_view(home, number, **values):
    path = home / f"made{number}.glb"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"glTF")
    values = {
        "id": f"job{number}",
        "provider": "offline",
        "name": "chair",
        "image": Path("chair.png"),
        "state": "imported",
        "params": {},
        "after": {"quad": 5000},
        "created": 0.0,
        "updated": 0.0,
        "path": path,
        **values,
    }
    return JobView(**values)


def test_a_result_that_is_shown_gets_a_preview_once_when_there_is_nothing_else_to_do(helper, view):
    for _ in range(2):
        result_previews.want(view)
    assert result_previews.waiting()
    assert not result_previews.step(idle=False) and not helper.works
    assert not result_previews.step(idle=True)
    (work,) = helper.works
    assert work.request["path"] == str(view.path)
    assert work.request["target"] == str(thumbnails.preview_file(view.id))
    assert work.request["after"] == {}, "quads for a thumbnail would take minutes"
    assert "part" not in work.request
    assert not result_previews.step(idle=True), "one at a time"
    work.answered({})
    assert result_previews.step(idle=False)
    assert not result_previews.waiting()
    result_previews.want(view)
    assert not result_previews.waiting()


def test_what_is_large_or_has_one_or_is_no_result_is_left_alone(helper, view, home, monkeypatch):
    result_previews.want(a_view(home, 2, state="failed"))
    assert not result_previews.waiting()
    thumbnails.preview_file(view.id).parent.mkdir(parents=True)
    thumbnails.preview_file(view.id).write_bytes(b"PNG")
    gone = a_view(home, 3)
    gone.path.unlink()
    large = a_view(home, 4)
    for one in (view, gone, large):
        result_previews.want(one)
    monkeypatch.setattr(result_previews, "LARGEST", 1)
    while result_previews.waiting():
        result_previews.step(idle=True)
    assert not helper.works


def test_a_preview_that_fails_is_let_go(helper, view):
    result_previews.want(view)
    result_previews.step(idle=True)
    helper.works[0].failed(ImportFailed("broken"))
    assert result_previews.step(idle=True)
    assert not result_previews.waiting()


def test_results_are_offered_as_assets_in_a_library_of_the_preferences(helper, view, home, monkeypatch):
    other = a_view(home, 2)
    folder = result_previews.asset_folder()
    with pytest.raises(RuntimeError, match="no results yet"):
        bpy.ops.img3d.offer_assets()
    monkeypatch.setattr(session, "engine_views", lambda: (other, view))
    try:
        assert bpy.ops.img3d.offer_assets() == {"FINISHED"}
        library = gallery_operators.library_of(folder)
        assert library.name == "Image to 3D"
        assert library.import_method.startswith("APPEND"), "what is linked cannot be edited"
        with pytest.raises(RuntimeError, match="being written"):
            bpy.ops.img3d.offer_assets()
        for left in (2, 1):
            assert result_previews.left() == left
            result_previews.step(idle=True)
            work = helper.works[-1]
            assert work.request["part"] == str(folder / f"{work.request['file']}.blend")
            Path(work.request["part"]).write_bytes(b"BLENDER")
            work.answered({})
            result_previews.step(idle=True)
        assert bpy.ops.img3d.offer_assets() == {"FINISHED"}
        assert (result_previews.left(), len(helper.works)) == (0, 2)
        libraries = bpy.context.preferences.filepaths.asset_libraries
        assert sum(one.name == "Image to 3D" for one in libraries) == 1
        result_previews.forget(view.id)
        assert [path.name for path in folder.iterdir()] == ["job2.blend"]
    finally:
        bpy.context.preferences.filepaths.asset_libraries.remove(gallery_operators.library_of(folder))
