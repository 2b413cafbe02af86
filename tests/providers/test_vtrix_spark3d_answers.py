# SPDX-License-Identifier: GPL-3.0-or-later
"""Vtrix spark_3d: every shape of answer about a task, and trouble with polls."""

import pytest

from img3d_addon.core import errors
from img3d_addon.core.values import Model, Running, Task
from tests.providers.vtrix_calls import VTRIX, follow, made, submit
from tests.servers.asking import asking
from tests.servers.base import Reply
from tests.servers.plain import PlainServer
from tests.servers.vtrix import CREATE, VtrixServer
from tests.servers.vtrix_words import DONE, STATES


@pytest.fixture
def server():
    with VtrixServer() as running:
        yield running
        assert running.complaints == []


def test_every_word_for_work_is_accepted_in_every_case(tmp_path, server):
    """Section 8, row 7."""
    server.play("states")
    states, _model = follow(server, tmp_path, submit(server, tmp_path))
    assert len(states) == len(STATES) + 2
    assert all(isinstance(state, Running) for state in states)
    assert [state.message for state in states[:3]] == ["pending", "queued", ""]


@pytest.mark.parametrize("word", DONE)
def test_every_word_for_done_is_accepted_in_every_case(tmp_path, server, word):
    server.play(f"done_{word}")
    assert made(server, tmp_path).urls


@pytest.mark.parametrize("value", [True, "0.5", -0.1, 35, None, float("nan")])
def test_a_progress_that_is_none_is_not_shown(tmp_path, value):
    with PlainServer() as plain:
        plain.on(f"{CREATE}/task/t", Reply.of_json({"id": "t", "status": "in_progress", "progress": value}))
        with asking(plain.url, tmp_path, provider=VTRIX) as api:
            assert VTRIX.poll(api, Task("t")).fraction is None


@pytest.mark.parametrize("scene", ["outputs", "request_id", "number_id", "no_progress"])
def test_fields_of_the_twin_platform_are_understood(tmp_path, server, scene):
    """Section 8, row 9b."""
    server.play(scene)
    assert len(made(server, tmp_path).urls) == 1
    assert {request.path.rpartition("/")[0] for request in server.seen("GET", server.requests[-1].path)} == {
        f"{CREATE}/task"
    }


@pytest.mark.parametrize("scene", ["several", "format_first"])
def test_of_several_files_the_model_is_chosen_by_format_before_type(tmp_path, server, scene):
    server.play(scene)
    model = made(server, tmp_path)
    assert [url.partition("?")[0].rpartition("/")[2] for url in model.urls] == ["model.glb"]


def test_the_wanted_kind_comes_first(tmp_path):
    items = [{"type": kind, "url": f"https://cdn.example/{kind}"} for kind in ("obj", "", "usdz", "glb", "webp")]
    done = {
        "id": "t",
        "status": "completed",
        "output": [{"content": items[:2]}, {"content": None}],
        "outputs": items[2:],
    }
    with PlainServer() as plain:
        plain.on(f"{CREATE}/task/t", Reply.of_json(done))
        with asking(plain.url, tmp_path, provider=VTRIX) as api:
            model = VTRIX.poll(api, Task("t", {"fileformat": "usdz"}))
    assert [url.rpartition("/")[2] for url in model.urls] == ["usdz", "obj", "", "glb"]
    assert model.cost is None


@pytest.mark.parametrize("scene", ["only_picture", "no_url", "no_output"])
def test_done_without_a_model_is_a_bad_result(tmp_path, server, scene):
    server.play(scene)
    with pytest.raises(errors.BadResult, match="names no model"):
        made(server, tmp_path)


@pytest.mark.parametrize(
    ("scene", "cost"), [("number_cost", 0.35), ("no_cost", None), ("odd_cost", None), ("outputs", None)]
)
def test_a_model_counts_whatever_stands_for_its_cost(tmp_path, server, scene, cost):
    server.play(scene)
    model = made(server, tmp_path)
    assert (model.cost and model.cost.amount) == cost
    assert model.urls


def test_an_answer_that_is_whole_at_once_is_still_a_task(tmp_path, server):
    """Links end; only a task gives fresh ones."""
    server.play("at_once")
    task = submit(server, tmp_path)
    assert task.wait == 1.0
    states, model = follow(server, tmp_path, task)
    assert states == []
    assert model.urls != tuple(task.data["urls"])
    assert model.cost.amount == 0.35


def test_an_answer_that_is_whole_at_once_counts_where_no_task_is_kept(tmp_path, server):
    server.play("at_once_unknown")
    task = submit(server, tmp_path)
    model = follow(server, tmp_path, task)[1]
    assert model.urls == tuple(task.data["urls"])
    assert model.cost.amount == 0.35


def test_an_answer_that_is_whole_at_once_needs_no_id(tmp_path, server):
    server.play("at_once_no_id")
    model = submit(server, tmp_path)
    assert isinstance(model, Model)
    assert len(model.urls) == 1


@pytest.mark.parametrize(
    ("scene", "kind", "again"),
    [
        ("poll_bad_gateway", errors.ServerError, True),
        ("poll_500", errors.ServerError, True),
        ("poll_429", errors.RateLimited, True),
        ("poll_reset", errors.NetworkError, True),
        ("poll_401", errors.AuthError, False),
        ("poll_404", errors.NotFound, False),
        ("poll_html", errors.BadResult, False),
    ],
)
def test_trouble_with_a_poll_says_whether_to_ask_again(tmp_path, server, scene, kind, again):
    server.play(scene)
    task = submit(server, tmp_path)
    with pytest.raises(kind) as caught:
        follow(server, tmp_path, task)
    assert caught.value.retry is again
    if scene != "poll_429":
        assert follow(server, tmp_path, task)[1].urls, "the task is still there"


@pytest.mark.parametrize(
    "answer", [{}, [], None, {"id": "t"}, {"status": None}, {"id": "t", "status": "completed", "output": 7}]
)
def test_a_poll_that_says_nothing_is_not_understood(tmp_path, answer):
    with PlainServer() as plain:
        plain.on(f"{CREATE}/task/t", Reply.of_json(answer))
        with (
            asking(plain.url, tmp_path, provider=VTRIX) as api,
            pytest.raises((KeyError, AttributeError, TypeError, errors.BadResult)),
        ):
            VTRIX.poll(api, Task("t"))
