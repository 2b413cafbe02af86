# SPDX-License-Identifier: GPL-3.0-or-later
"""ModelsLab image to 3D against a strict service that was written from the contract."""

import base64
import io
import json
import logging
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from img3d_addon.core import errors
from img3d_addon.core.files.images import prepare
from img3d_addon.core.jobs.control import Control
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.values import Model, Order, Running, Task
from img3d_addon.providers.modelslab_image_to_3d import ModelsLabImageTo3D
from tests.servers.asking import KEY, asking, picture, settings
from tests.servers.base import Reply
from tests.servers.glb import glb
from tests.servers.modelslab import ENTERPRISE, ERRORS, SUBMIT, UPLOAD, ModelsLabServer
from tests.servers.plain import PlainServer
from tests.servers.playing import journalled, submitted, uploaded

LAB = ModelsLabImageTo3D()
FETCH = "/api/v6/3d/fetch/98765"
DECLARED = {param.name: param for param in LAB.params}
KINDS = {
    "bad_request": errors.RequestRefused,
    "unable_to_fetch": errors.RequestRefused,
    "unauthorized": errors.AuthError,
    "payment_required": errors.CreditsError,
    "forbidden": errors.PlanError,
    "not_found": errors.NotFound,
    "rate_limited": errors.RateLimited,
    "internal_error": errors.ServerError,
    "unavailable": errors.ServerError,
    "unheard_of": errors.ProviderError,
    "flagged": errors.ModerationError,
}


class Hasty(ModelsLabImageTo3D):
    name = "modelslab_image_to_3d"
    read_timeout = 1.0


@pytest.fixture(autouse=True)
def no_waits(monkeypatch):
    """Ask again at once: how long it waits is tested where the waits are made."""
    monkeypatch.setattr(Control, "sleep", lambda control, _seconds: control.check())


@pytest.fixture
def server():
    with ModelsLabServer() as running:
        yield running
    assert running.complaints == []


@pytest.fixture
def foreign():
    """Return a host of somebody else, which must never be asked for anything."""
    with PlainServer() as other:
        yield other
    assert other.requests == []


def ordered(server, folder, *, image=None, line="standard", key=KEY, **params):
    """Bring the picture to the service, submit, and return what came."""
    with asking(server.url, folder, provider=LAB, key=key, account={"line": line}) as api:
        ready = uploaded(LAB, api, image or picture(folder / "own"))
        return submitted(LAB, api, picture=ready, params=params)


def polled(server, folder, task, *, line="standard"):
    """Ask once how a task is, as it comes out of the journal."""
    with asking(server.url, folder, provider=LAB, account={"line": line}) as api:
        return LAB.poll(api, journalled(LAB, task))


def made(server, folder, *, line="standard", **params):
    """Run a job to its model."""
    state = task = ordered(server, folder, line=line, **params)
    for _ in range(9):
        if isinstance(state, Model):
            return state
        state = polled(server, folder, task, line=line)
    raise AssertionError("no end")


def test_picture_order_and_polls_are_one_after_the_other(tmp_path, server):
    model = made(server, tmp_path, seed=7)
    assert [request.path for request in server.requests] == [UPLOAD, SUBMIT, FETCH, FETCH, FETCH]
    assert {request.method for request in server.requests} == {"POST"}, "a GET for fetching is not answered"
    assert model.urls == (f"{server.url}/files/98765.glb",)
    assert (model.seed, model.cost) == (7, None)
    assert model.facts == {"request_id": "98765", "seconds": 41.2}


def test_the_key_is_in_each_body_and_in_no_header_address_or_log(tmp_path, server, caplog):
    caplog.set_level(logging.DEBUG)
    made(server, tmp_path)
    for request in server.requests:
        assert request.json["key"] == KEY
        assert KEY not in request.target + json.dumps(request.headers)
        assert "authorization" not in request.headers
    assert KEY not in caplog.text


def test_polling_begins_when_the_service_thinks_it_is_done_or_after_half_a_minute(tmp_path):
    for scene, wait in {"success": 12, "long_eta": 30, "no_eta": 0, "odd_eta": 0}.items():
        with ModelsLabServer() as server:
            server.play(scene)
            assert ordered(server, tmp_path).wait == wait, scene
            assert server.complaints == []
    assert 5 <= LAB.poll_every <= LAB.poll_every * 1.25 <= 10, "the core adds up to a quarter"
    assert (LAB.deadline, LAB.result_ttl) == (20 * 60, 24 * 3600)


def test_a_poll_tells_the_time_that_is_left(tmp_path, server):
    assert polled(server, tmp_path, ordered(server, tmp_path)) == Running(message="processing", eta=7)


# Sources disagree: rows 10 to 12 of the contract.


@pytest.mark.parametrize("field", ["", "image", "init_image"])
def test_the_picture_is_in_both_fields_of_the_standard_line_so_that_either_reader_finds_it(tmp_path, field):
    with ModelsLabServer(image_field=field) as server:
        made(server, tmp_path)
        body = server.seen("POST", SUBMIT)[0].json
        assert body["image"] == body["init_image"] == f"{server.url}/files/picture-1.png"
        assert server.complaints == []


def test_the_enterprise_line_has_its_own_addresses_and_one_field(tmp_path, server):
    made(server, tmp_path, line="enterprise")
    paths = [request.path for request in server.requests]
    assert paths[:3] == [UPLOAD, ENTERPRISE, "/api/v1/enterprise/3d/fetch/98765"]
    assert "init_image" not in server.requests[1].json


@pytest.mark.parametrize("line", ["standard", "enterprise"])
@pytest.mark.parametrize("kind", LAB.formats)
def test_the_format_is_always_sent_for_the_lines_have_different_defaults(tmp_path, server, line, kind):
    model = made(server, tmp_path, line=line, output_format=kind)
    assert server.requests[1].json["output_format"] == kind
    assert model.urls == (f"{server.url}/files/98765.{kind}",)


@pytest.mark.parametrize("kind", ["messege", "fields"])
def test_both_spellings_and_lists_by_field_are_read(tmp_path, server, kind):
    server.play(kind)
    with pytest.raises(errors.RequestRefused) as caught:
        ordered(server, tmp_path)
    said = {
        "messege": ERRORS["bad_request"][1],
        "fields": "init_image: The init image must be a valid URL.; seed: The seed must be an integer.",
    }[kind]
    assert caught.value.said == said
    assert said in str(caught.value)


# Parameters


def test_all_parameters_are_sent_under_their_names_and_nothing_else(tmp_path, server):
    ordered(server, tmp_path)
    sent = server.seen("POST", SUBMIT)[0].json
    assert set(sent) == {"key", "image", "init_image", *DECLARED} - {"webhook", "track_id"}
    assert (sent["seed"], sent["temp"], sent["render"]) == (0, "no", False)
    ordered(server, tmp_path, webhook="https://example.com/done?a=1", track_id="chair 1", temp="yes")
    sent = server.seen("POST", SUBMIT)[1].json
    assert (sent["webhook"], sent["track_id"], sent["temp"]) == ("https://example.com/done?a=1", "chair 1", "yes")


@pytest.mark.parametrize(("name", "values"), [(p.name, (p.min, p.max)) for p in LAB.params if hasattr(p, "min")])
def test_the_ends_of_each_range_are_taken(tmp_path, server, name, values):
    for value in values:
        ordered(server, tmp_path, **{name: value})
        assert server.requests[-1].json[name] == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("output_format", "fbx"),
        ("resolution", 513),
        ("ss_sampling_steps", 0),
        ("ss_sampling_steps", 51),
        ("slat_guidance_strength", 10.5),
        ("slat_sampling_steps", 51),
        ("mesh_simplify", 0.89),
        ("mesh_simplify", 0.99),
        ("chunk_size", 12001),
        ("seed", -1),
        ("temp", "maybe"),
        ("temp", True),
        ("webhook", "example.com/done"),
        ("webhook", "ftp://example.com"),
        ("prompt", "a chair"),
    ],
)
def test_what_the_service_would_refuse_is_never_sent(tmp_path, server, name, value):
    with asking(server.url, tmp_path, provider=LAB) as api, pytest.raises(errors.BadInput, match=name):
        submitted(LAB, api, picture=picture(tmp_path / "own"), params={name: value})
    assert server.requests == []


# The picture


@pytest.mark.parametrize("size", [(64, 64), (6000, 4000), (900, 300), (300, 900), (30, 3000)])
def test_pictures_of_every_size_are_brought_within_the_limits(tmp_path, server, size):
    Image.linear_gradient("L").resize(size).save(tmp_path / "a.png")
    image = prepare(tmp_path / "a.png", LAB.image, folder=tmp_path / "job")
    assert min(image.width, image.height) >= 640
    assert max(image.width, image.height) <= 2048
    ordered(server, tmp_path, image=image)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_picture_of_noise_is_a_data_uri_of_at_most_five_megabytes(tmp_path, server, mode):
    Image.merge(mode, [Image.effect_noise((1400, 1400), 99) for _ in mode]).save(tmp_path / "a.png")
    ordered(server, tmp_path, image=prepare(tmp_path / "a.png", LAB.image, folder=tmp_path / "job"))
    uri = server.seen("POST", UPLOAD)[0].json["base64_string"]
    assert 1_000_000 < len(uri) <= 5_000_000
    with Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))) as sent:
        assert sent.mode == mode, "alpha is kept"


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_each_format_is_sent_under_its_own_type(tmp_path, server, kind):
    ordered(server, tmp_path, image=picture(tmp_path / "own", kind=kind))
    assert server.requests[0].json["base64_string"].startswith(f"data:image/{kind};base64,")


def test_the_picture_may_be_taken_in_later(tmp_path, server):
    server.play_upload("processing")
    ordered(server, tmp_path)
    assert [request.path for request in server.requests] == [UPLOAD, *["/api/v6/fetch/1"] * 3, SUBMIT]


@pytest.mark.parametrize("scene", ["bare", "foreign"])
def test_a_picture_that_is_taken_in_nobody_says_where_is_sent_again(tmp_path, server, foreign, scene):
    server.foreign = foreign.url
    server.play_upload(scene)
    with asking(server.url, tmp_path, provider=LAB) as api, pytest.raises(errors.ServerError) as caught:
        LAB.upload(api, picture(tmp_path / "own"))
    assert caught.value.retry, "by the core: it costs nothing"
    assert "not taken the picture in yet" in str(caught.value)


@pytest.mark.parametrize("scene", ["processing", "bare", "bad_gateway", "unavailable"])
def test_trouble_with_the_picture_does_not_end_the_job(tmp_path, server, scene):
    server.play_upload(scene, "success")
    _job, state, error, path = drive(server, tmp_path)
    assert (state, error) == ("ready", None)
    assert path.read_bytes() == glb()
    assert len(server.seen("POST", SUBMIT)) == 1


def test_an_address_that_is_no_list_is_one_address(tmp_path):
    with PlainServer() as plain:
        plain.on(UPLOAD, Reply.of_json({"status": "success", "output": "https://c.invalid/a.png"}))
        with asking(plain.url, tmp_path, provider=LAB) as api:
            assert LAB.upload(api, picture(tmp_path / "own")) == "https://c.invalid/a.png"


def test_a_picture_without_an_address_is_not_understood(tmp_path, server):
    server.play_upload("nothing")
    _job, state, error, _path = drive(server, tmp_path)
    assert state == "failed"
    assert isinstance(error, errors.BadResult)
    assert server.seen("POST", SUBMIT) == []


@pytest.mark.parametrize("scene", ["echo_key", "redirect"])
def test_the_key_is_not_repeated_at_the_upload(tmp_path, server, foreign, scene, caplog):
    caplog.set_level(logging.DEBUG)
    server.foreign = foreign.url
    server.play_upload(scene)
    with pytest.raises(errors.ProviderError) as caught:
        ordered(server, tmp_path)
    assert KEY not in str(caught.value) + caught.value.said + caplog.text


# Errors


@pytest.mark.parametrize("as_200", [False, True])
@pytest.mark.parametrize("at", ["upload", "submit"])
@pytest.mark.parametrize("scene", ERRORS)
def test_each_error_has_its_kind_and_the_words_of_the_service_also_with_http_200(tmp_path, server, scene, at, as_200):
    server.as_200 = as_200
    getattr(server, {"upload": "play_upload", "submit": "play"}[at])(scene)
    with pytest.raises(errors.ProviderError) as caught:
        ordered(server, tmp_path)
    status, words = ERRORS[scene]
    assert type(caught.value) is KINDS[scene]
    assert caught.value.status == (200 if as_200 else status)
    assert caught.value.said == words
    assert words in str(caught.value)
    assert len(server.requests) == {"upload": 1, "submit": 2}[at]
    assert server.balance == 43.6


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (403, "Insufficient credits", errors.CreditsError),
        (403, "No", errors.PlanError),
        (400, "Invalid API key", errors.AuthError),
        (400, "Generation failed, try again", errors.RequestRefused),
        (500, "Invalid request to our own database", errors.ServerError),
    ],
)
def test_the_sentence_counts_where_the_status_says_little(tmp_path, status, words, kind):
    with PlainServer() as plain:
        plain.on(SUBMIT, Reply.of_json({"status": "error", "message": words}, status=status))
        with asking(plain.url, tmp_path, provider=LAB) as api, pytest.raises(errors.ProviderError) as caught:
            submitted(LAB, api, picture=picture(tmp_path / "own"))
    assert type(caught.value) is kind


@pytest.mark.parametrize("as_200", [False, True])
@pytest.mark.parametrize(
    ("scene", "wait"), [("rate_limited", 30), ("rate_limited_untold", None), ("rate_limited_reset", 17)]
)
def test_a_full_queue_is_waited_out_as_told(tmp_path, server, scene, wait, as_200):
    server.as_200 = as_200
    server.play(scene)
    with pytest.raises(errors.RateLimited, match="Maximum 5 queued requests allowed") as caught:
        ordered(server, tmp_path)
    assert caught.value.wait == wait


def test_the_end_of_a_limit_may_be_a_time_of_day(tmp_path):
    with PlainServer() as plain:
        soon = str(int(time.time()) + 40)
        plain.on(
            "/v6/base64_to_url", Reply.of_json({"status": "error", "message": "slow"}, 429, x_ratelimit_reset=soon)
        )
        with asking(plain.url, tmp_path, provider=LAB) as api, pytest.raises(errors.RateLimited) as caught:
            LAB.upload(api, picture(tmp_path / "own"))
    assert 35 <= caught.value.wait <= 41


@pytest.mark.parametrize(
    ("scene", "kind", "words"),
    [
        ("html", errors.BadResult, "a web page"),
        ("bad_gateway", errors.ServerError, "HTTP 502"),
        ("cut", errors.NetworkError, "broke"),
        ("reset", errors.NetworkError, "broken off"),
    ],
)
def test_other_ends_of_an_order(tmp_path, server, scene, kind, words):
    server.play(scene)
    with pytest.raises(kind, match=words):
        ordered(server, tmp_path)
    assert len(server.seen("POST", SUBMIT)) == 1


@pytest.mark.parametrize("scene", ["words", "no_id"])
def test_a_success_without_a_number_is_not_understood_and_may_have_been_charged(tmp_path, server, scene):
    server.play(scene)
    _job, state, error, _path = drive(server, tmp_path)
    assert state == "failed"
    assert isinstance(error, errors.BadResult)
    assert "may have been charged" in str(error)
    assert len(server.seen("POST", SUBMIT)) == 1


@pytest.mark.parametrize("at", ["submit", "fetch"])
@pytest.mark.parametrize("scene", ["echo_key", "redirect"])
def test_a_key_in_an_answer_is_masked_and_a_redirect_not_followed(tmp_path, server, foreign, scene, at, caplog):
    caplog.set_level(logging.DEBUG)
    server.foreign = foreign.url
    getattr(server, {"submit": "play", "fetch": "play_fetch"}[at])(scene)
    with pytest.raises(
        errors.ProviderError, match={"echo_key": r"\*\*\*", "redirect": "not followed"}[scene]
    ) as caught:
        made(server, tmp_path)
    assert KEY not in str(caught.value) + caught.value.said + caplog.text


# Fetching


def test_the_key_is_not_sent_to_a_foreign_address_for_fetching(tmp_path, server, foreign):
    server.foreign = foreign.url
    server.play("foreign_fetch")
    assert made(server, tmp_path).urls
    assert server.requests[-1].path == "/v6/3d/fetch/98765", "built from the base URL"


def test_an_address_for_fetching_is_built_where_none_is_given(tmp_path, server):
    server.play("no_fetch_result")
    assert made(server, tmp_path, line="enterprise").urls
    assert server.requests[-1].path == "/v1/enterprise/3d/fetch/98765"


def test_a_task_is_fetched_from_its_own_line_after_the_setting_was_changed(tmp_path, server):
    server.play("no_fetch_result")
    task = ordered(server, tmp_path, line="enterprise")
    assert isinstance(polled(server, tmp_path, task, line="standard"), Running)
    assert server.requests[-1].path == "/v1/enterprise/3d/fetch/98765"


def test_a_number_is_no_path(tmp_path, server):
    data = {"fetch": "", "line": "standard", "format": "glb", "seed": 0}
    with PlainServer() as plain:
        plain.on("/v6/3d/fetch/..%2F..%2Fwallet", Reply.of_json({"status": "processing"}))
        assert isinstance(polled(plain, tmp_path, Task("../../wallet", data)), Running)


@pytest.mark.parametrize(
    ("scene", "kind", "words"),
    [
        ("failed", errors.TaskFailed, "Generation failed"),
        ("error", errors.TaskFailed, "Failed to generate, try again"),
        ("failed_for_the_image", errors.RequestRefused, "Unable to fetch image"),
        ("failed_for_the_rate", errors.TaskFailed, "Too many requests on this server"),
        ("payment_required", errors.CreditsError, "Insufficient credits"),
        ("unauthorized", errors.AuthError, "Invalid API key"),
        ("forbidden", errors.PlanError, "premium"),
        ("not_found", errors.NotFound, "Request not found"),
        ("flagged", errors.ModerationError, "NSFW"),
    ],
)
@pytest.mark.parametrize("as_200", [False, True])
def test_a_task_that_failed_is_not_asked_for_again(tmp_path, server, scene, kind, words, as_200):
    server.as_200 = as_200
    task = ordered(server, tmp_path)
    server.play_fetch(scene)
    with pytest.raises(errors.ProviderError, match=words) as caught:
        polled(server, tmp_path, task)
    assert type(caught.value) is kind
    assert not caught.value.retry
    assert words in caught.value.said


@pytest.mark.parametrize("as_200", [False, True])
def test_too_many_questions_are_asked_again_later(tmp_path, server, as_200):
    server.as_200 = as_200
    task = ordered(server, tmp_path)
    server.play_fetch("rate_limited")
    with pytest.raises(errors.RateLimited) as caught:
        polled(server, tmp_path, task)
    assert (caught.value.retry, caught.value.wait) == (True, 30)


def test_an_unknown_word_is_running(tmp_path, server):
    task = ordered(server, tmp_path)
    server.play_fetch("unknown_word")
    assert polled(server, tmp_path, task).message == "waiting for gpu"


@pytest.mark.parametrize("scene", ["bad_gateway", "unavailable", "internal_error", "reset", "cut", "hold"])
def test_trouble_at_a_poll_is_survived(tmp_path, server, scene):
    server.play_fetch(scene, "success")
    _job, state, error, path = drive(server, tmp_path)
    assert (state, error) == ("ready", None)
    assert path.read_bytes() == glb()
    assert len(server.seen("POST", SUBMIT)) == 1


def test_a_web_page_at_a_poll_keeps_the_paid_task(tmp_path, server):
    server.play_fetch("html", "html", "html", "success")
    job, state, error, _path = drive(server, tmp_path)
    assert isinstance(error, errors.BadResult)
    assert state == "failed"
    _job, state, error, _path = drive(server, tmp_path, job=job)
    assert (state, error) == ("ready", None)
    assert len(server.seen("POST", SUBMIT)) == 1


# Results


def file_names(model):
    return [url.rpartition("/")[2] for url in model.urls]


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize(
    ("scene", "names"),
    [
        ("several", ["98765.glb"]),
        ("proxy", ["lost.glb", "98765.glb"]),
        ("only_links", ["98765.glb"]),
        ("bare_name", ["98765?name=x.png"]),
        ("text_output", ["98765.glb"]),
    ],
)
def test_the_model_is_chosen_among_the_files(tmp_path, server, scene, names, at_once):
    server.play(f"immediate_{scene}" if at_once else scene)
    assert file_names(made(server, tmp_path)) == names


def test_the_wanted_format_comes_first(tmp_path):
    files = ["https://c.invalid/a.MP4", "https://c.invalid/a.glb", "https://c.invalid/b", "https://c.invalid/a.obj?X=1"]
    with PlainServer() as plain:
        plain.on("/v6/3d/image_to_3d", Reply.of_json({"status": "SUCCESS", "id": 1, "output": [*files, None]}))
        with asking(plain.url, tmp_path, provider=LAB) as api:
            model = submitted(LAB, api, picture=picture(tmp_path / "own"), params={"output_format": "obj"})
    assert file_names(model) == ["a.obj?X=1", "a.glb", "b"]


@pytest.mark.parametrize("scene", ["immediate", "several", "proxy", "only_links", "bare_name", "no_fetch_result"])
def test_the_engine_delivers_the_model(tmp_path, server, scene):
    server.play(scene)
    _job, state, error, path = drive(server, tmp_path)
    assert (state, error) == ("ready", None)
    assert path.read_bytes() == glb()
    assert len(server.seen("POST", SUBMIT)) == 1
    assert server.balance == 43.35


@pytest.mark.parametrize("scene", ["nothing", "immediate_nothing"])
def test_a_success_without_a_model_keeps_the_task(tmp_path, server, scene):
    server.play(scene)
    job, state, error, _path = drive(server, tmp_path)
    assert state == "failed"
    assert isinstance(error, errors.BadResult)
    assert "no model among its files" in str(error)
    server.jobs["98765"]["scene"] = "success"
    _job, state, error, _path = drive(server, tmp_path, job=job)
    assert (state, error) == ("ready", None)
    assert len(server.seen("POST", SUBMIT)) == 1


@pytest.mark.parametrize(("scene", "kind"), [("obj", "obj"), ("zip", "obj"), ("redirect", "glb")])
def test_the_content_decides_what_the_file_is(tmp_path, server, scene, kind):
    server.play_file(scene)
    _job, state, error, path = drive(server, tmp_path)
    assert (state, error) == ("ready", None)
    assert path.suffix == f".{kind}"


@pytest.mark.parametrize("scene", ["cut", "bad_gateway", "gone"])
def test_a_file_that_does_not_come_at_once_is_fetched_again(tmp_path, server, scene):
    server.play_file(scene, "success")
    _job, state, error, path = drive(server, tmp_path)
    assert (state, error) == ("ready", None)
    assert path.read_bytes() == glb()


@pytest.mark.parametrize("scene", ["truncated", "html", "words", "evil_zip", "empty_zip", "redirect_file", "nothing"])
def test_a_file_that_is_no_model_keeps_the_paid_task(tmp_path, server, scene):
    server.play_file(scene)
    job, state, error, _path = drive(server, tmp_path)
    assert (state, error.kind) == ("failed", "bad_result")
    server.play_file("success")
    _job, state, error, path = drive(server, tmp_path, job=job)
    assert (state, error) == ("ready", None)
    assert path.read_bytes() == glb()
    assert len(server.seen("POST", SUBMIT)) == 1


def test_each_result_address_is_asked_without_the_key(tmp_path, server):
    drive(server, tmp_path)
    asked = [request for request in server.requests if request.path.startswith("/files/")]
    assert asked
    assert all(request.body == b"" and "authorization" not in request.headers for request in asked)


@pytest.mark.parametrize("scene", ["reset", "cut", "bad_gateway", "hold"])
def test_a_lost_answer_is_uncertain_and_only_the_users_word_repeats_it(tmp_path, server, scene):
    server.play(scene, "success")
    job, state, error, _path = drive(server, tmp_path)
    assert isinstance(error, errors.Uncertain)
    assert state == "uncertain"
    _job, state, error, _path = drive(server, tmp_path, job=job)
    assert state == "uncertain"
    assert len(server.seen("POST", SUBMIT)) == 1, "not repeated by itself"
    _job, state, error, path = drive(server, tmp_path, job=job, again=True)
    assert (state, error) == ("ready", None)
    assert path.read_bytes() == glb()
    assert len(server.seen("POST", SUBMIT)) == 2


def test_broken_off_after_any_step_there_is_one_order_and_one_result(tmp_path):
    ends = set()
    for steps in range(2, 30):
        with ModelsLabServer(polls=1) as server:
            job, state, error, _path = drive(server, tmp_path / str(steps), steps=steps)
            ends.add(state)
            if state == "uncertain":
                continue  # broken off while the order was under way
            _job, after, error, path = drive(server, tmp_path / str(steps), job=job)
            assert (after, error) == ("ready", None), (steps, state)
            assert path.read_bytes() == glb()
            assert len(server.seen("POST", SUBMIT)) == 1, (steps, state)
            assert server.complaints == []
        if state == "ready":
            break
    assert ends >= {"remote", "downloading", "ready"}


# The account


def test_the_wallet_and_the_test_of_the_key_cost_nothing(tmp_path, server):
    with asking(server.url, tmp_path, provider=LAB) as api:
        balance = LAB.balance(api)
        assert (balance.amount, balance.unit) == (43.6, "USD")
        assert "43.6 USD" in LAB.check_key(api)
    assert {request.path for request in server.requests} == {"/wallet_balance"}
    assert server.balance == 43.6


@pytest.mark.parametrize("as_200", [False, True])
def test_a_wrong_key_is_an_auth_error_everywhere(tmp_path, server, as_200):
    server.as_200 = as_200
    with asking(server.url, tmp_path, provider=LAB, key="ml-wrong-key") as api:
        task = Task("98765", {"fetch": "", "line": "standard", "format": "glb", "seed": 0})
        for ask in (LAB.balance, LAB.check_key, lambda api: LAB.poll(api, task)):
            with pytest.raises(errors.AuthError, match="Invalid API key"):
                ask(api)
    with pytest.raises(errors.AuthError, match="Invalid API key"):
        ordered(server, tmp_path, key="ml-wrong-key")


@pytest.mark.parametrize("data", [{"balance": float("nan")}, {"balance": None}, {"balance": "many"}, {}, None])
def test_a_balance_that_is_none_is_not_understood(tmp_path, data):
    with PlainServer() as plain:
        plain.on("/wallet_balance", Reply.of_json({"status": "success", "data": data}))
        chosen = settings(tmp_path, base_urls={"MODELSLAB": plain.url}, keys={"MODELSLAB_API_KEY": KEY})
        with (
            closing(Engine(chosen, {LAB.name: LAB})) as engine,
            pytest.raises(errors.BadResult, match="not understood"),
        ):
            engine.balance(LAB.name)


@pytest.mark.parametrize(
    "odd",
    [
        {"eta": 10**400},
        {"output": 5, "meta": None, "future_links": {"a": 1}},
        {"future_links": ["http://[", ""], "proxy_links": None},
        {"status": None},
    ],
)
def test_whatever_else_stands_in_the_answer_a_paid_task_is_kept(tmp_path, odd):
    with PlainServer() as plain:
        plain.on("/v6/3d/image_to_3d", Reply.of_json({"status": "processing", "id": 5, **odd}))
        with asking(plain.url, tmp_path, provider=LAB) as api:
            assert submitted(LAB, api, picture=picture(tmp_path / "own")).id == "5"


def test_there_is_no_price_and_no_way_to_cancel_and_both_are_said(tmp_path, server):
    assert LAB.estimate(None, {}) is None
    assert not LAB.cancellable
    chosen = {"base_urls": {"MODELSLAB": server.url}, "keys": {"MODELSLAB_API_KEY": KEY}}
    job, state, _error, _path = drive(server, tmp_path, steps=5)
    assert state == "remote"
    with closing(Engine(settings(tmp_path / "home", **chosen), {LAB.name: LAB})) as engine:
        assert "cannot be told to stop" in engine.cancel(job, wait=10)


def drive(server, tmp_path, *, job=None, again=False, steps=0):
    """Run a job through the engine, `steps` events far; return its id, its state, its error and the file."""
    tmp_path.mkdir(exist_ok=True)
    Image.linear_gradient("L").save(tmp_path / "chair.png")
    given = {"base_urls": {"MODELSLAB": server.url}, "keys": {"MODELSLAB_API_KEY": KEY}}
    found, path = None, None
    with closing(Engine(settings(tmp_path / "home", **given), {LAB.name: Hasty()})) as engine:
        events = engine.drive(job or Order(provider=LAB.name, image=tmp_path / "chair.png"), again=again)
        try:
            for number, event in enumerate(events, 1):
                job, path = event.job, event.path or path
                if number == steps:
                    break
        except errors.Img3dError as error:
            found = error
        events.close()
        state = engine.job(job).state
    for file in (tmp_path / "home").rglob("*"):
        assert file.is_dir() or KEY.encode() not in file.read_bytes(), file
    return job, state, found, path


def test_the_service_runs_as_a_program(tmp_path):
    """As window and kill tests start it."""
    command = [sys.executable, "-m", "tests.servers.modelslab", "--port", "0", "--scene", "immediate"]
    root = Path(__file__).parent.parent.parent
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            url = process.stdout.readline().strip()
            with asking(url, tmp_path, provider=LAB) as api:
                ready = uploaded(LAB, api, picture(tmp_path / "own"))
                assert submitted(LAB, api, picture=ready).urls
        finally:
            process.terminate()
