# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole jobs of Vtrix spark_3d: engine, journal and download over real HTTP."""

import threading
import time
from contextlib import closing

import pytest
from PIL import Image

from img3d_addon.core import errors
from img3d_addon.core.files.sniff import kind_of
from img3d_addon.core.jobs import retry
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.values import Order
from img3d_addon.providers.vtrix_spark3d import VtrixSpark3D
from tests.servers.asking import KEY, settings
from tests.servers.glb import glb
from tests.servers.vtrix import CREATE, SIGNED, VtrixServer
from tests.servers.vtrix_words import SAD


class Quick(VtrixSpark3D):
    name = "vtrix_spark3d"
    poll_every = 0.01


class Hasty(Quick):
    name = "vtrix_spark3d"
    read_timeout = 0.3


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(retry, "FIRST", 0.01)
    with VtrixServer() as running:
        yield running
        assert running.complaints == []


def engine(server, tmp_path, provider=None):
    chosen = settings(tmp_path / "home", base_urls={"VTRIX": server.url}, keys={"VTRIX_API_KEY": KEY})
    return closing(Engine(chosen, {"vtrix_spark3d": provider or Quick()}))


def order(tmp_path, **params):
    Image.linear_gradient("L").save(tmp_path / "chair.png")
    return Order(provider="vtrix_spark3d", image=tmp_path / "chair.png", params=params)


def drive(server, tmp_path, *, job=None, again=False, provider=None, **params):
    """Run a job to its end; return it as the journal has it, and its error."""
    found = None
    with engine(server, tmp_path, provider) as running:
        try:
            for event in running.drive(job or order(tmp_path, **params), again=again):
                job = event.job
        except errors.Img3dError as error:
            found = error
        done = running.job(job)
    for file in (tmp_path / "home").rglob("*"):
        assert file.is_dir() or KEY.encode() not in file.read_bytes(), file
    return done, found


def submits(server):
    return len(server.seen("POST", CREATE))


def test_the_engine_delivers_the_model_and_keeps_its_cost(tmp_path, server):
    job, error = drive(server, tmp_path)
    assert (job.state, error) == ("ready", None)
    assert job.path.read_bytes() == glb()
    assert job.cost.usd == 0.35
    assert job.task.id == "task_0001"
    assert submits(server) == 1
    (fetched,) = [request for request in server.requests if request.path.startswith("/cdn/")]
    assert fetched.target.endswith(f"?{SIGNED}"), "the signed query is as it was given"


@pytest.mark.parametrize(
    ("wanted", "kind", "suffix"),
    [("glb", "glb", ".glb"), ("obj", "obj", ".obj"), ("usd", "usda", ".usda"), ("usdz", "usdz", ".usdz")],
)
def test_every_file_format_is_delivered(tmp_path, server, wanted, kind, suffix):
    job, error = drive(server, tmp_path, fileformat=wanted)
    assert error is None
    assert (job.kind, job.path.suffix) == (kind, suffix)


@pytest.mark.parametrize(
    ("scene", "kind"),
    [
        ("zip", "glb"),
        ("obj_zip", "obj"),
        ("wrong_name", "glb"),
        ("several", "glb"),
        ("outputs", "glb"),
        ("at_once", "glb"),
    ],
)
def test_the_content_tells_what_a_file_is(tmp_path, server, scene, kind):
    """Section 8, row 9; whether the vendor unpacks what it gets is unknown."""
    server.play(scene)
    job, error = drive(server, tmp_path)
    assert error is None
    assert job.kind == kind_of(job.path) == kind


@pytest.mark.parametrize("scene", ["request_id", "number_id", "at_once_no_id", "at_once_unknown", "states"])
def test_other_shapes_of_answers_end_well(tmp_path, server, scene):
    server.play(scene)
    job, error = drive(server, tmp_path)
    assert (job.state, error) == ("ready", None)
    assert submits(server) == 1


@pytest.mark.parametrize("scene", ["poll_bad_gateway", "poll_reset", "poll_500"])
def test_trouble_on_the_way_is_survived(tmp_path, server, scene):
    server.play(scene)
    job, error = drive(server, tmp_path)
    assert (job.state, error) == ("ready", None)
    assert submits(server) == 1


def test_a_link_that_is_over_is_asked_for_anew(tmp_path, server):
    server.play("expired")
    job, error = drive(server, tmp_path)
    assert (job.state, error) == ("ready", None)
    fetched = [request.target for request in server.requests if request.path.startswith("/cdn/")]
    assert len(set(fetched)) == 2
    assert submits(server) == 1


def test_a_link_may_lead_to_another_one(tmp_path, server):
    server.play("redirect")
    job, error = drive(server, tmp_path)
    assert (job.state, error) == ("ready", None)
    assert "moved.bin" in server.requests[-1].target


@pytest.mark.parametrize(
    ("scene", "kind", "words"),
    [
        ("gone", errors.NotFound, "HTTP 403"),
        ("truncated", errors.BadResult, "cut short"),
        ("cut", errors.BadResult, "broke"),
        ("html_file", errors.BadResult, "web page"),
        ("json_file", errors.BadResult, "not ready"),
        ("empty_file", errors.BadResult, "empty"),
        ("empty_zip", errors.BadResult, "no model in the archive"),
        ("evil_zip", errors.BadResult, "evil"),
        ("redirect_file", errors.BadResult, "“file:”"),
        ("redirect_ftp", errors.BadResult, "“ftp:”"),
    ],
)
def test_what_is_no_model_keeps_the_paid_task_for_another_try(tmp_path, server, scene, kind, words, monkeypatch):
    monkeypatch.setattr(Quick, "deadline", 3.0)
    server.play(scene)
    job, error = drive(server, tmp_path)
    assert isinstance(error, (kind, errors.TimedOut))
    assert words in str(error)
    assert job.state == "failed"
    assert job.resumable
    _job, error = drive(server, tmp_path, job=job.id)
    assert isinstance(error, (kind, errors.TimedOut)), "asked again, for it may be mended"
    assert submits(server) == 1, "and not paid again"


@pytest.mark.parametrize("scene", ["reset", "cut_answer", "bad_gateway", "hold", "http_504_message"])
def test_a_lost_answer_is_uncertain_and_only_the_users_word_repeats_it(tmp_path, server, scene):
    server.play(scene, "success")
    job, error = drive(server, tmp_path, provider=Hasty() if scene == "hold" else None)
    assert isinstance(error, errors.Uncertain)
    assert job.state == "uncertain"
    job, error = drive(server, tmp_path, job=job.id)
    assert job.state == "uncertain"
    assert submits(server) == 1, "not repeated by itself"
    job, error = drive(server, tmp_path, job=job.id, again=True)
    assert (job.state, error) == ("ready", None)
    assert submits(server) == 2


@pytest.mark.parametrize("scene", ["submit_003020099", "no_id_003020099", "http_500_object", "missing_id"])
def test_a_refusal_in_the_services_own_words_is_not_in_doubt(tmp_path, server, scene):
    server.play(scene)
    job, error = drive(server, tmp_path)
    assert isinstance(error, errors.ServerError)
    assert job.state == "failed"
    assert submits(server) == 1


def test_a_failed_task_is_asked_once_more_only_by_the_user(tmp_path, server):
    server.play("failed_object")
    job, error = drive(server, tmp_path)
    assert isinstance(error, errors.TaskFailed)
    assert SAD in str(error)
    assert error.task_id == "task_0001"
    polls = len(server.seen("GET", f"{CREATE}/task/task_0001"))
    assert polls == 3
    assert job.state == "failed"


def test_a_task_without_end_ends_with_the_time_limit_and_stays_known(tmp_path, server, monkeypatch):
    monkeypatch.setattr(Quick, "deadline", 0.2)
    server.play("forever")
    job, error = drive(server, tmp_path)
    assert isinstance(error, errors.TimedOut)
    assert job.task.id == "task_0001"
    assert job.resumable


@pytest.mark.parametrize("steps", range(2, 8))
def test_a_job_that_is_left_at_any_step_is_taken_up_with_one_submit(tmp_path, server, steps):
    with engine(server, tmp_path) as first:
        events = first.drive(order(tmp_path))
        for _ in range(steps):
            event = next(events)
        events.close()
    job, error = drive(server, tmp_path, job=event.job, again=submits(server) == 0)
    assert (job.state, error) == ("ready", None)
    assert submits(server) == 1
    assert server.spent == 1


def test_a_cancel_says_that_the_service_cannot_be_told_to_stop(tmp_path, server):
    server.play("forever")
    with engine(server, tmp_path) as running:
        job = running.submit(order(tmp_path))
        until = time.monotonic() + 20
        while running.job(job).state != "remote" and time.monotonic() < until:
            threading.Event().wait(0.02)
        said = running.cancel(job, wait=20)
    assert "cannot be told to stop and may still charge it" in said
    assert {request.method for request in server.requests} <= {"POST", "GET"}


@pytest.mark.parametrize("takes", ["flat", "neither"])
def test_the_other_form_is_tried_within_one_submit(tmp_path, monkeypatch, takes):
    with VtrixServer(takes=takes) as server:
        job, error = drive(server, tmp_path)
        assert job.submits == 1
        assert submits(server) == 2
        assert job.state == ("ready" if takes == "flat" else "failed")
        assert (error is None) is (takes == "flat")
        assert server.complaints == []
