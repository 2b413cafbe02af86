# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole jobs of fal.ai through the engine, over all that a wire and a queue can do wrong."""

from contextlib import closing

import pytest
from PIL import Image

from img3d_addon.core import errors
from img3d_addon.core.jobs import retry
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.values import Order
from img3d_addon.providers.fal import Fal
from tests.servers.asking import KEY, settings
from tests.servers.fal import POLLS, FalServer
from tests.servers.glb import archive, glb, mtl, obj, png

from .test_fal import TRIPOSR


class Hasty(Fal):
    name = "fal"
    poll_every = 0.01
    read_timeout = 2.0


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    """The core's own waits are tested with the core."""
    monkeypatch.setattr(retry, "FIRST", 0.01)


@pytest.fixture
def server():
    with FalServer() as running:
        yield running


def drive(server, tmp_path, *, job=None, again=False, **params):
    """Run a job through the engine; return its id, its state, its error and the file."""
    Image.linear_gradient("L").save(tmp_path / "chair.png")
    chosen = settings(tmp_path / "home", base_urls={"FAL": server.url}, keys={"FAL_KEY": KEY})
    found, path = None, None
    with closing(Engine(chosen, {"fal": Hasty()})) as engine:
        try:
            order = Order(provider="fal", image=tmp_path / "chair.png", params=params)
            for event in engine.drive(job or order, again=again):
                job, path = event.job, event.path or path
        except errors.Img3dError as error:
            found = error
        state = engine.job(job).state
    for file in (tmp_path / "home").rglob("*"):
        assert file.is_dir() or KEY.encode() not in file.read_bytes(), file
    return job, state, found, path


@pytest.mark.parametrize(
    ("scene", "content"),
    [("success", glb), ("as_zip", obj), ("as_obj", obj), *((scene, glb) for scene in (*POLLS, "result_502"))],
)
def test_the_engine_delivers_the_model_over_all_trouble_of_polls(tmp_path, server, scene, content):
    server.play(scene)
    _job, state, error, path = drive(server, tmp_path)
    assert error is None
    assert state == "ready"
    assert path.read_bytes() == content()
    assert server.complaints == []
    assert len(server.tasks) == 1


def test_an_obj_comes_with_its_material_and_its_texture_beside_it(tmp_path, server):
    server.play("as_obj")
    *_, path = drive(server, tmp_path)
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == {
        "model.obj": obj(),
        "model.mtl": mtl(),
        "texture.png": png(),
    }


def test_the_archive_of_seed3d_is_kept_as_it_came(tmp_path, server):
    _job, state, error, path = drive(server, tmp_path, model="fal-ai/bytedance/seed3d/image-to-3d")
    assert (state, error) == ("ready", None)
    assert path.name == "model.obj"
    assert archive() in [file.read_bytes() for file in path.parents[2].rglob("*.zip")]


@pytest.mark.parametrize("scene", ["file_expired", "file_cut", "file_redirected"])
def test_a_link_that_is_over_is_fetched_anew_and_nothing_is_paid_twice(tmp_path, server, scene):
    server.play(scene)
    _job, state, error, path = drive(server, tmp_path)
    assert (state, error) == ("ready", None)
    assert path.read_bytes() == glb()
    assert server.complaints == []
    assert len(server.tasks) == 1


@pytest.mark.parametrize("scene", ["result_nothing", "file_to_disk", "file_html", "file_truncated"])
def test_a_result_that_is_no_model_can_be_fetched_again(tmp_path, server, scene):
    server.play(scene)
    job, state, error, _path = drive(server, tmp_path)
    assert isinstance(error, errors.BadResult)
    assert state == "failed"
    for task in server.tasks.values():
        task["scene"] = "success"
    _job, state, error, _path = drive(server, tmp_path, job=job)
    assert (state, error) == ("ready", None)
    assert len(server.tasks) == 1


@pytest.mark.parametrize("scene", ["reset", "gateway", "hold"])
def test_a_lost_answer_is_uncertain_and_not_repeated_by_itself(tmp_path, server, scene):
    server.play(scene, "success")
    job, state, error, _path = drive(server, tmp_path)
    assert isinstance(error, errors.Uncertain)
    assert state == "uncertain"
    _job, state, error, _path = drive(server, tmp_path, job=job, again=True)
    assert (state, error) == ("ready", None)
    assert len(server.seen("POST", f"/{TRIPOSR}")) == 2
