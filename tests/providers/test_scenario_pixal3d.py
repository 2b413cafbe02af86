# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenario Pixal3D against a strict service that was written from the contract."""

import base64
import json
import logging
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from img3d_addon.core import errors
from img3d_addon.core.files.images import prepare
from img3d_addon.core.http.answer import Answer, Headers
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.jobs.run import run
from img3d_addon.core.jobs.steps import Fetched, Held, Means, Submitted, Uploading
from img3d_addon.core.params import check_all
from img3d_addon.core.values import Order, Running, Task
from img3d_addon.providers.scenario_pixal3d import MOST_BASE64, ScenarioPixal3D
from tests.servers.asking import KEY, asking, keys_of, leaks_of, picture, settings
from tests.servers.base import Reply
from tests.servers.glb import glb
from tests.servers.plain import PlainServer
from tests.servers.scenario import GENERATE, UNITS, ScenarioServer
from tests.servers.scenario_checks import NUMBERS
from tests.servers.scenario_scenes import ERRORS

PIXAL = ScenarioPixal3D()
ALL = set(NUMBERS) | {"generationResolution", "resolution", "remesh"}


class Hasty(ScenarioPixal3D):
    name = "scenario_pixal3d"
    read_timeout = 0.5
    poll_every = 0.02


@pytest.fixture
def server():
    """A service that must have found nothing to complain of when the test ends."""
    with ScenarioServer() as running:
        yield running
        assert running.complaints == []


class Story:
    """A job over real HTTP as the core runs it, on a clock of its own."""

    def __init__(self, server, folder, *, provider=PIXAL, image=None, account=None, key=KEY, **params):
        self.now, self.sleeps, self.steps = 0.0, [], []
        with asking(server.url, folder, provider=provider, account=account, key=key) as api:
            means = Means(
                provider=provider,
                api=api,
                folder=folder / "job",
                sleep=self.sleep,
                clock=lambda: self.now,
                jitter=lambda: 0.0,
            )
            given = image or picture(folder / "own")
            for step in run(means, picture=given, params=check_all(provider.params, params)):
                self.steps.append(step)
        assert isinstance(self.steps[-1], Fetched)

    def sleep(self, seconds):
        self.sleeps.append(seconds)
        self.now += seconds

    @property
    def model(self):
        return self.steps[-1].model

    @property
    def data(self):
        return self.steps[-1].path.read_bytes()

    def of(self, kind):
        return [step for step in self.steps if isinstance(step, kind)]


def failing(server, folder, kind, *, words=None, **given):
    with pytest.raises(kind, match=words) as caught:
        Story(server, folder, **given)
    return caught.value


def sent(server):
    """Return the inputs of the one job that was asked for."""
    (request,) = server.seen("POST", GENERATE)
    return request.json


def large(folder):
    """Return a picture above the limit of base64 uploads."""
    return padded(picture(folder), 6_500_000)


# the way to the model


def test_a_job_goes_from_the_picture_to_the_model(tmp_path, server):
    story = Story(server, tmp_path)
    assert story.data == glb()
    assert (story.model.cost.amount, story.model.cost.unit, story.model.seed) == (60, "creative units", None)
    assert [type(step) for step in story.steps[:1]] == [Uploading]
    running = story.of(Running)
    assert [state.fraction for state in running] == [None, None, 0.42, 0.8, 0.9]
    assert [state.message for state in running] == ["In the queue", "The service starts up", "", "", "Finalizing"]
    assert server.units == 412 - UNITS
    assert 3 <= min(story.sleeps) <= max(story.sleeps) <= 5, "every 3 to 5 s"
    assert [request.path for request in server.requests if "/v1/" in request.path] == [
        "/v1/assets",
        GENERATE,
        *["/v1/jobs/job_1"] * 6,
        "/v1/assets/get-bulk",
    ]


def test_key_and_secret_are_one_pair_and_go_to_the_service_only(tmp_path, server):
    Story(server, tmp_path)
    pair = base64.b64encode(f"{KEY}:{KEY}-2".encode()).decode()
    asked = {request.headers.get("authorization") for request in server.requests if request.path.startswith("/v1/")}
    stores = {request.headers.get("authorization") for request in server.requests if "/cdn/" in request.path}
    assert asked == {f"Basic {pair}"}
    assert stores == {None}


def test_all_inputs_of_the_contract_are_parameters_with_its_defaults(tmp_path, server):
    """18 of them; the image is the picture. `seed` is left out for a random one."""
    assert {param.name for param in PIXAL.params} == ALL
    Story(server, tmp_path)
    assert sent(server) == {
        "image": "asset_1",
        "ssGuidanceStrength": 7.5,
        "ssGuidanceRescale": 0.7,
        "ssSamplingSteps": 36,
        "shapeSlatGuidanceStrength": 7.5,
        "shapeSlatGuidanceRescale": 0.5,
        "shapeSlatSamplingSteps": 36,
        "shapeSlatRescaleT": 3,
        "texSlatGuidanceStrength": 1,
        "texSlatGuidanceRescale": 0,
        "texSlatSamplingSteps": 36,
        "texSlatRescaleT": 3,
        "meshScale": 1,
        "maxNumTokens": 49152,
        "decimationTarget": 200000,
        "generationResolution": 1536,
        "resolution": 4096,
        "remesh": True,
    }


def test_the_steps_are_those_of_this_vendor_and_not_of_another(tmp_path, server):
    """Row 18 of the disagreements: another seller of the same model has 12 steps."""
    Story(server, tmp_path)
    assert [sent(server)[f"{stage}SamplingSteps"] for stage in ("ss", "shapeSlat", "texSlat")] == [36, 36, 36]


@pytest.mark.parametrize("end", ["min", "max"])
def test_both_ends_of_every_range_are_taken(tmp_path, server, end):
    ends = {param.name: getattr(param, end) for param in PIXAL.params if hasattr(param, end)}
    ends |= {"seed": 0 if end == "min" else 2147483647}
    ends |= {"generationResolution": 1024, "resolution": 1024 if end == "min" else 2048, "remesh": end == "max"}
    assert set(ends) == ALL
    Story(server, tmp_path, **ends)
    assert sent(server) == {"image": "asset_1", **ends}
    limits = {name: NUMBERS[name][end == "max"] for name in NUMBERS if name != "seed"}
    assert {name: ends[name] for name in limits} == limits, "all of the range, not less"


def test_numbers_are_numbers_and_whole_where_they_count(tmp_path, server):
    Story(server, tmp_path, seed=7, ssSamplingSteps="12", remesh="no", resolution="1024", meshScale="0.5")
    found = sent(server)
    assert json.dumps([found["seed"], found["ssSamplingSteps"], found["resolution"]]) == "[7, 12, 1024]"
    assert (found["remesh"], found["meshScale"]) == (False, 0.5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ssGuidanceStrength", 10.1),
        ("ssGuidanceRescale", 1.1),
        ("shapeSlatSamplingSteps", 0),
        ("texSlatSamplingSteps", 51),
        ("texSlatSamplingSteps", 12.5),
        ("shapeSlatRescaleT", 0.9),
        ("meshScale", 0.05),
        ("maxNumTokens", 4095),
        ("decimationTarget", 2000001),
        ("generationResolution", 512),
        ("resolution", 4097),
        ("remesh", "quads"),
        ("seed", -2),
        ("Seed", 1),
        ("prompt", "a chair"),
    ],
)
def test_what_the_service_would_refuse_is_never_sent(tmp_path, server, name, value):
    failing(server, tmp_path, errors.BadInput, words=name, **{name: value})
    assert server.requests == []


def test_the_project_is_named_in_every_question_also_after_it_was_changed(tmp_path):
    with ScenarioServer(project="proj_x") as strict:
        Story(strict, tmp_path, account={"projectId": "proj_x"})
        asked = [request for request in strict.requests if request.path.startswith("/v1/")]
        assert {request.query["projectId"] for request in asked} == {"proj_x"}
        with asking(strict.url, tmp_path, provider=PIXAL, account={"projectId": "proj_y"}) as api:
            task = Task("job_1", {"projectId": "proj_x", "seed": -1})
            assert PIXAL.poll(api, task).urls, "a job stays where it is"
        with asking(strict.url, tmp_path, provider=PIXAL, account={"projectId": "proj_x"}) as api:
            assert PIXAL.balance(api).amount == strict.units
            assert PIXAL.estimate(api, check_all(PIXAL.params, {}), replace(picture(tmp_path), remote="asset_1"))
            assert "may still charge" in PIXAL.cancel(api, task)
        assert strict.complaints == []


def test_without_its_project_the_advice_names_the_setting(tmp_path):
    with ScenarioServer(project="proj_x") as strict:
        error = failing(strict, tmp_path, errors.NotFound, words="which project")
        assert "SCENARIO_PROJECT_ID" in error.advice
        assert strict.units == 412


# the picture


def test_a_small_picture_goes_as_raw_base64_and_hidden(tmp_path, server):
    """Row 4 of the disagreements: raw base64 is sent; the server takes a data URL, too."""
    given = picture(tmp_path / "own")
    Story(server, tmp_path, image=given)
    (request,) = server.seen("POST", "/v1/assets")
    wanted = base64.b64encode(given.path.read_bytes()).decode()
    assert request.json == {"image": wanted, "name": "input.png", "hide": True}
    with asking(server.url, tmp_path, provider=PIXAL) as api:
        asset = api.post("assets", json={"image": f"data:image/png;base64,{wanted}", "name": "a.png"}).json["asset"]
    assert server.assets[asset["id"]].data == given.path.read_bytes()


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("padding", [0, 5_000_000])
def test_each_format_goes_both_ways(tmp_path, server, kind, padding):
    given = picture(tmp_path / "own", kind=kind)
    given = padded(given, given.size + padding)
    Story(server, tmp_path, image=given)
    assert server.assets["asset_1"].data == given.path.read_bytes()


def padded(given, size):
    """Return the picture with bytes after its end, which readers pass over, so that its size is just this."""
    with given.path.open("ab") as stream:
        stream.write(b"\0" * (size - given.size))
    return replace(given, size=given.path.stat().st_size)


def test_a_large_picture_goes_as_a_file_to_the_store_without_the_key(tmp_path, server):
    given = large(tmp_path / "own")
    assert given.size > 6_000_000
    story = Story(server, tmp_path, image=given)
    assert server.seen("POST", "/v1/assets") == []
    (begin,) = server.seen("POST", "/v1/uploads")
    assert begin.json == {
        "fileName": "input.png",
        "contentType": "image/png",
        "kind": "image",
        "parts": 1,
        "fileSize": given.size,
    }
    (put,) = [request for request in server.requests if request.method == "PUT"]
    assert put.body == given.path.read_bytes()
    assert "authorization" not in put.headers
    assert put.target.endswith("?" + server.signed("").partition("?")[2]), "the signed query is untouched"
    (end,) = server.seen("POST", "/v1/uploads/upload_1/action")
    assert end.json == {"action": "complete"}
    assert sent(server)["image"] == "asset_1"
    assert len(server.seen("GET", "/v1/uploads/upload_1")) == 3
    assert story.of(Uploading)[-1].message == "The service checks the picture"
    assert server.assets["asset_1"].data == given.path.read_bytes()


@pytest.mark.parametrize(("more", "ways"), [(-3, "assets"), (0, "uploads")])
def test_the_border_of_six_megabytes_counts_what_is_sent(tmp_path, server, more, ways):
    """Base64 is a third longer than the picture: 4.5 MB of it are 6 MB on the wire."""
    given = padded(picture(tmp_path / "own"), MOST_BASE64 // 4 * 3 + more)
    Story(server, tmp_path, image=given)
    assert [request.path for request in server.requests if request.method == "POST"][0] == f"/v1/{ways}"
    (request,) = server.seen("POST", f"/v1/{ways}")
    if ways == "assets":
        assert len(request.json["image"]) == MOST_BASE64 - 4


@pytest.mark.parametrize("size", [(64, 64), (640, 640), (6000, 4000), (300, 900), (2700, 900), (900, 2700)])
def test_pictures_of_every_shape_are_prepared_safely(tmp_path, server, size):
    Image.linear_gradient("L").resize(size).save(tmp_path / "a.png")
    given = prepare(tmp_path / "a.png", PIXAL.image, folder=tmp_path / "job")
    assert min(given.width, given.height) >= 640
    assert max(given.width, given.height) <= 2048
    assert given.size <= PIXAL.image.max_bytes
    Story(server, tmp_path, image=given)


def test_a_picture_of_fifty_megabytes_keeps_its_alpha_and_goes_as_a_file(tmp_path, server):
    noise = [Image.effect_noise((4600, 2800), 120) for _ in range(2)]
    Image.merge("RGBA", [*noise, *noise]).save(tmp_path / "a.tif")
    assert (tmp_path / "a.tif").stat().st_size > 50_000_000
    given = prepare(tmp_path / "a.tif", PIXAL.image, folder=tmp_path / "job")
    assert given.has_alpha
    assert 6_000_000 < given.size <= 24_000_000
    Story(server, tmp_path, image=given)
    assert server.seen("POST", "/v1/assets") == []
    assert server.assets["asset_1"].data == given.path.read_bytes()


def test_a_store_that_refuses_a_part_gets_a_fresh_upload(tmp_path, server):
    server.play("store_refuses", "success")
    story = Story(server, tmp_path, image=large(tmp_path / "own"))
    assert len(server.seen("POST", "/v1/uploads")) == 2
    assert any("store of Scenario" in step.message for step in story.of(Uploading))
    assert len(server.seen("POST", GENERATE)) == 1


def test_a_picture_that_the_service_cannot_use_is_told_in_its_words_and_costs_nothing(tmp_path, server):
    server.play("upload_failed", "success")
    error = failing(server, tmp_path, errors.RequestRefused, image=large(tmp_path / "own"))
    assert "could not be validated" in str(error)
    assert error.said == "The file could not be validated"
    assert error.retry is False
    assert server.units == 412


def test_an_upload_that_ends_with_the_word_complete_has_its_asset(tmp_path, server):
    server.play("upload_complete", "success")
    assert Story(server, tmp_path, image=large(tmp_path / "own")).data == glb()


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("scene", ["upload_limited", "upload_bad_gateway", "upload_reset"])
def test_trouble_with_the_upload_is_repeated_and_nothing_is_paid_twice(tmp_path, server, scene, is_large):
    server.play(scene, "success")
    story = Story(server, tmp_path, image=large(tmp_path / "own") if is_large else None)
    assert story.data == glb()
    assert len(server.seen("POST", "/v1/uploads" if is_large else "/v1/assets")) == 2
    assert server.units == 412 - UNITS


@pytest.mark.parametrize(
    ("scene", "kind"), [("upload_bad_request", errors.RequestRefused), ("upload_unauthorized", errors.AuthError)]
)
def test_a_refused_upload_is_not_repeated(tmp_path, server, scene, kind):
    server.play(scene)
    failing(server, tmp_path, kind)
    assert len(server.requests) == 1


# the job


def test_odd_and_unknown_words_for_the_state_are_running(tmp_path, server, caplog):
    server.play("odd_words")
    story = Story(server, tmp_path)
    assert [state.fraction for state in story.of(Running)] == [None, 0, 0]
    assert story.data == glb()
    told = [record for record in caplog.records if "wandering" in record.getMessage()]
    assert len(told) == 1


@pytest.mark.parametrize("scene", ["failure", "failed", "error"])
def test_a_failed_job_is_told_with_its_hint_and_is_not_asked_for_again(tmp_path, server, scene):
    server.play(scene)
    error = failing(server, tmp_path, errors.TaskFailed, words="“The input image could not be processed”")
    assert error.said == "The input image could not be processed"
    assert "Try another image. Failed jobs are normally refunded" in str(error)
    assert error.retry is False
    assert len(server.seen("GET", "/v1/jobs/job_1")) <= 2


def test_a_job_that_is_never_refunded_promises_no_refund(tmp_path):
    metadata = {"error": "It broke", "assetIds": []}
    job = {"jobId": "job_1", "status": "failure", "metadata": metadata, "billing": {"disableRefund": True}}
    with PlainServer() as plain, asking(plain.url, tmp_path, provider=PIXAL) as api:
        plain.on("/jobs/job_1", Reply.of_json({"job": job}))
        with pytest.raises(errors.TaskFailed, match="It broke") as caught:
            PIXAL.poll(api, Task("job_1"))
    assert "are normally refunded" not in str(caught.value)


def test_a_reason_that_is_an_object_is_told_in_its_words(tmp_path):
    metadata = {"error": {"code": 7, "message": "The mesh is empty"}, "hint": {}, "assetIds": []}
    with PlainServer() as plain, asking(plain.url, tmp_path, provider=PIXAL) as api:
        plain.on("/jobs/job_1", Reply.of_json({"job": {"jobId": "job_1", "status": "failure", "metadata": metadata}}))
        with pytest.raises(errors.TaskFailed, match="failed: “The mesh is empty”") as caught:
            PIXAL.poll(api, Task("job_1"))
    assert "{" not in str(caught.value)


def test_a_job_cancelled_elsewhere_ends(tmp_path, server):
    server.play("canceled")
    error = failing(server, tmp_path, errors.TaskFailed, words="was cancelled at Scenario")
    assert "Submit it again" in error.advice


@pytest.mark.parametrize("scene", ["poll_bad_gateway", "poll_limited", "poll_reset", "poll_unavailable"])
def test_trouble_on_a_poll_is_survived_without_a_second_submit(tmp_path, server, scene):
    server.play(scene)
    story = Story(server, tmp_path)
    assert story.data == glb()
    assert len(server.seen("POST", GENERATE)) == 1
    if scene == "poll_limited":
        assert 9 in story.sleeps, "as remainingSeconds says"


@pytest.mark.parametrize(("scene", "kind"), [("poll_html", errors.BadResult), ("poll_not_found", errors.NotFound)])
def test_a_job_that_cannot_be_read_ends_with_its_id_kept(tmp_path, server, scene, kind):
    server.play(scene)
    failing(server, tmp_path, kind)
    assert len(server.seen("POST", GENERATE)) == 1


def test_an_endless_job_ends_at_the_deadline(tmp_path, server):
    server.play("endless")
    brief = type("Brief", (ScenarioPixal3D,), {"deadline": 40.0})()
    failing(server, tmp_path, errors.TimedOut, provider=brief, words="40 seconds")
    assert PIXAL.deadline == 1200


KINDS = {
    "bad_request": errors.RequestRefused,
    "reason_first": errors.RequestRefused,
    "error_key": errors.RequestRefused,
    "detail_key": errors.RequestRefused,
    "nested": errors.RequestRefused,
    "unauthorized": errors.AuthError,
    "no_units": errors.CreditsError,
    "no_units_403": errors.CreditsError,
    "plan": errors.PlanError,
    "plan_402": errors.PlanError,
    "forbidden": errors.PlanError,
    "not_found": errors.NotFound,
    "too_large": errors.TooLarge,
    "limited": errors.RateLimited,
    "limited_seconds": errors.RateLimited,
    "limited_header": errors.RateLimited,
    "limited_jobs": errors.RateLimited,
    "internal": errors.ServerError,
    "unavailable": errors.ServerError,
}
WAITS = {"limited": None, "limited_seconds": 9, "limited_header": 7, "limited_jobs": None}


@pytest.mark.parametrize("scene", ERRORS)
def test_each_error_is_told_in_the_words_of_the_service_and_costs_nothing(tmp_path, server, scene):
    server.play(scene)
    status, _key, words, _more, _headers = ERRORS[scene]
    words = words["message"] if isinstance(words, dict) else words
    with asking(server.url, tmp_path, provider=PIXAL) as api:
        given = replace(picture(tmp_path), remote=PIXAL.upload(api, picture(tmp_path)))
        with pytest.raises(errors.ProviderError) as caught:
            PIXAL.submit(api, given, check_all(PIXAL.params, {}))
    error = caught.value
    assert type(error) is KINDS[scene]
    assert error.status == status
    assert error.said.startswith(words)
    assert f"“{words}" in str(error)
    assert "(trace trace-77)" in error.said
    assert error.advice
    assert server.units == 412
    assert len(server.seen("POST", GENERATE)) == 1
    if scene in WAITS:
        assert error.wait == WAITS[scene]


def test_the_advice_fits_the_refusal(server):
    told = {
        scene: str(PIXAL.explain(_answer(server.error(scene)))) for scene in ("unauthorized", "limited_jobs", "limited")
    }
    assert "SCENARIO_SDK_API_SECRET" in told["unauthorized"]
    assert "(parallelCustomJobs: 3)" in told["limited_jobs"]
    assert "other jobs of this account" in told["limited_jobs"]
    assert "other jobs" not in told["limited"]


def _answer(reply):
    return Answer(status=reply.status, headers=Headers(reply.headers), text=reply.body.decode())


@pytest.mark.parametrize(
    "body",
    [b"[]", b"null", b'"no"', b"{}", b'{"message": 5}', b'{"details": [1]}', b'{"details": {"actionName": {}}}', b"{"],
)
def test_refusals_without_a_sentence_are_told_nevertheless(body):
    error = PIXAL.explain(_answer(Reply(429, body, {"Content-Type": "application/json"})))
    assert isinstance(error, errors.RateLimited)
    assert "HTTP 429" in str(error)


@pytest.mark.parametrize(("scene", "wait"), [("limited", 60), ("limited_seconds", 9), ("limited_header", 7)])
def test_a_submit_refused_for_too_many_requests_is_sent_again_after_the_told_time(tmp_path, server, scene, wait):
    server.play(scene, "success")
    story = Story(server, tmp_path)
    assert wait in story.sleeps
    assert len(story.of(Held)) == 1
    assert len(story.of(Submitted)) == 1
    assert server.units == 412 - UNITS


@pytest.mark.parametrize("scene", ["reset", "bad_gateway", "hold"])
def test_a_lost_submit_is_uncertain_and_not_repeated(tmp_path, server, scene):
    server.play(scene)
    failing(server, tmp_path, errors.Uncertain, provider=Hasty())
    assert len(server.seen("POST", GENERATE)) == 1


@pytest.mark.parametrize("scene", ["html", "empty", "half", "list"])
def test_an_answer_to_the_submit_that_is_none_is_not_understood(tmp_path, server, scene):
    server.play(scene)
    error = failing(server, tmp_path, errors.BadResult, words="not understood")
    assert "charged" in error.advice
    assert len(server.seen("POST", GENERATE)) == 1


def test_keys_in_the_words_of_the_service_are_masked(tmp_path, server, caplog):
    caplog.set_level(logging.DEBUG)
    server.play("echo_key")
    error = failing(server, tmp_path, errors.RequestRefused, words=r"Basic \*\*\*")
    seen = str(error) + error.said + caplog.text
    assert [leak for leak in leaks_of(PIXAL) if leak in seen] == []


# the model among the assets


@pytest.mark.parametrize("scene", ["many_assets", "glb_mime", "asset_pending"])
def test_the_model_is_chosen_among_the_assets(tmp_path, server, scene):
    server.play(scene)
    story = Story(server, tmp_path)
    chosen = server.assets[story.model.facts["asset_id"]]
    assert chosen.mime in ("model/gltf-binary", "model/glb")
    assert story.data == chosen.data
    stored = [state for state in story.of(Running) if state.message == "The model is being stored"]
    assert len(stored) == (1 if scene == "asset_pending" else 0)
    assert not [request for request in server.requests if request.path.endswith("/download")]


def test_a_pending_preview_does_not_keep_the_model_back(tmp_path):
    preview = {"id": "a", "kind": "image", "mimeType": "image/png", "status": "pending", "url": ""}
    model = {"id": "b", "kind": "3d", "mimeType": "model/glb", "status": "success", "url": "https://cdn.invalid/b"}
    assert polled(tmp_path, [preview, model]).urls == ("https://cdn.invalid/b",)
    assert isinstance(polled(tmp_path, [preview]), Running)
    assert isinstance(polled(tmp_path, [], names=["late"]), Running), "an asset that is not there yet"


def test_assets_are_asked_for_one_by_one_where_there_is_no_call_for_several(tmp_path):
    preview = {"id": "a", "kind": "image", "mimeType": "image/png", "status": "success", "url": "https://cdn.invalid/a"}
    model = {"id": "b", "kind": "3d", "mimeType": "model/glb", "status": "success", "url": "https://cdn.invalid/b"}
    assert polled(tmp_path, [preview, model], bulk=False).urls == ("https://cdn.invalid/b",)
    assert isinstance(polled(tmp_path, [preview], names=["a", "late"], bulk=False), Running)


def polled(folder, assets, *, names=None, bulk=True, **billing):
    """Return what a poll of a finished job with these assets gives."""
    names = names or [asset["id"] for asset in assets]
    job = {"jobId": "job_1", "status": "success", "metadata": {"assetIds": names}, **billing}
    with PlainServer() as plain, asking(plain.url, folder, provider=PIXAL) as api:
        plain.on("/jobs/job_1", Reply.of_json({"job": job}))
        if bulk:
            plain.on("/assets/get-bulk", Reply.of_json({"assets": assets}))
        for asset in assets:
            plain.on(f"/assets/{asset['id']}", Reply.of_json({"asset": asset}))
        return PIXAL.poll(api, Task("job_1", {"creativeUnitsCost": 60, "creativeUnitsDiscount": 0, "seed": 5}))


def test_the_cost_is_what_was_billed_else_what_was_announced(tmp_path):
    model = {"id": "b", "kind": "3d", "mimeType": "model/glb", "status": "success", "url": "https://cdn.invalid/b"}
    billed = polled(tmp_path, [model], billing={"cuCost": 45, "cuDiscount": 15})
    assert (billed.cost.amount, billed.cost.note) == (45, "with a discount of 15")
    assert billed.seed == 5
    announced = polled(tmp_path, [model])
    assert (announced.cost.amount, announced.cost.note) == (60, "")


@pytest.mark.parametrize("billing", [None, {}, {"cuCost": None}, {"cuCost": "free"}, {"cuCost": "NaN"}, [1], "none"])
def test_a_bill_that_cannot_be_read_does_not_cost_the_model(tmp_path, billing):
    model = {"id": "b", "kind": "3d", "mimeType": "model/glb", "url": "https://cdn.invalid/b"}
    found = polled(tmp_path, [model], billing=billing)
    assert found.urls == ("https://cdn.invalid/b",)
    assert found.cost.amount == 60


@pytest.mark.parametrize(
    ("progress", "fraction"), [(None, None), ("half", None), (-1, 0), (42, 1), (0.5, 0.5), ([], None)]
)
def test_odd_progress_is_no_reason_to_stop(tmp_path, progress, fraction):
    job = {"jobId": "job_1", "status": "in-progress", "progress": progress, "metadata": {}}
    with PlainServer() as plain, asking(plain.url, tmp_path, provider=PIXAL) as api:
        plain.on("/jobs/job_1", Reply.of_json({"job": job}))
        assert PIXAL.poll(api, Task("job_1")) == Running(fraction)


@pytest.mark.parametrize(
    ("scene", "kind", "words"),
    [
        ("no_model", errors.BadResult, "2 assets, and none is a model"),
        ("no_assets", errors.BadResult, "0 assets"),
        ("asset_error", errors.TaskFailed, "could not store the model"),
        ("zip_evil", errors.BadResult, "evil"),
        ("zip_empty", errors.BadResult, "holds nothing"),
    ],
)
def test_a_success_without_a_model_says_so(tmp_path, server, scene, kind, words):
    server.play(scene)
    error = failing(server, tmp_path, kind, words=words)
    assert error.retry is False


@pytest.mark.parametrize(
    ("scene", "kind"), [("obj_only", "glb"), ("conversion_refused", "obj"), ("original_refused", "zip"), ("zip", "zip")]
)
def test_a_model_that_is_no_glb_comes_converted_or_as_it_is(tmp_path, server, scene, kind):
    server.play(scene)
    story = Story(server, tmp_path)
    made = server.assets[story.model.facts["asset_id"]].data
    original = story.steps[-1].original
    assert original.suffix == f".{kind}"
    assert original.read_bytes() == (glb() if kind == "glb" else made)
    asked = [request.json for request in server.requests if request.path.endswith("/download")]
    assert asked == ([{"targetFormat": "glb"}] if kind == "glb" else [{"targetFormat": "glb"}, {}])


def test_textures_and_materials_are_never_taken_for_the_model(tmp_path):
    parts = [
        {"id": "a", "kind": "3d", "mimeType": "model/mtl", "status": "success", "url": "", "source": "3d:texture:mtl"},
        {"id": "b", "kind": "3d", "mimeType": "image/png", "status": "success", "url": "", "source": "3d:texture"},
    ]
    with pytest.raises(errors.BadResult, match="none is a model"):
        polled(tmp_path, parts)


@pytest.mark.parametrize(
    ("scene", "links", "fetches"),
    [
        ("link_over", 2, 2),
        ("cut_once", 1, 2),
        ("truncated_once", 1, 2),
        ("redirect", 1, 2),
        ("wrong_extension", 1, 1),
        ("link_limited_once", 1, 2),
    ],
)
def test_links_that_are_over_or_break_are_survived(tmp_path, server, scene, links, fetches):
    """Signed queries come back letter by letter and without the key, or the server complains."""
    server.play(scene)
    story = Story(server, tmp_path)
    assert story.data == glb()
    assert server.assets[story.model.facts["asset_id"]].links == links
    assert len([request for request in server.requests if request.path.startswith("/cdn/")]) == fetches
    assert len(server.seen("POST", GENERATE)) == 1


@pytest.mark.parametrize(
    ("scene", "kind"),
    [
        ("link_over_always", errors.NotFound),
        ("truncated", errors.BadResult),
        ("redirect_to_file", errors.BadResult),
    ],
)
def test_a_model_that_never_comes_keeps_the_paid_job(tmp_path, server, scene, kind):
    server.play(scene)
    failing(server, tmp_path, kind)
    assert len(server.seen("POST", GENERATE)) == 1


def test_a_page_instead_of_the_model_is_followed_by_a_fresh_link(tmp_path, server):
    server.play("link_page")
    assert Story(server, tmp_path).data == glb()


# price, account, cancel


@pytest.mark.parametrize("scene", ["success", "price_with_job"])
def test_a_dry_run_names_the_price_and_starts_nothing(tmp_path, server, scene):
    """Row 5 of the disagreements: its status is 269; whether there is a job in it is not known."""
    server.play(scene)
    with asking(server.url, tmp_path, provider=PIXAL) as api:
        given = replace(picture(tmp_path), remote=PIXAL.upload(api, picture(tmp_path)))
        price = PIXAL.estimate(api, check_all(PIXAL.params, {"seed": 3}), given)
    assert (price.amount, price.unit, price.usd) == (60, "creative units", None)
    (request,) = server.seen("POST", GENERATE)
    assert request.query == {"dryRun": "true"}
    assert request.json["image"] == "asset_1"
    assert request.json["seed"] == 3
    assert (server.units, server.jobs) == (412, {})


def test_a_dry_run_that_starts_a_job_is_told(tmp_path, server):
    server.play("price_runs")
    with asking(server.url, tmp_path, provider=PIXAL) as api:
        given = replace(picture(tmp_path), remote=PIXAL.upload(api, picture(tmp_path)))
        with pytest.raises(errors.BadResult, match="started the job job_1 instead") as caught:
            PIXAL.estimate(api, check_all(PIXAL.params, {}), given)
    assert "charged" in caught.value.advice


def test_a_price_as_an_ordinary_200_is_taken(tmp_path):
    with PlainServer() as plain, asking(plain.url, tmp_path, provider=PIXAL) as api:
        plain.on("/generate/custom/model_pixal3d", Reply.of_json({"creativeUnitsCost": 60, "creativeUnitsDiscount": 6}))
        price = PIXAL.estimate(api, check_all(PIXAL.params, {}), replace(picture(tmp_path), remote="asset_1"))
    assert (price.amount, price.note) == (60, "with a discount of 6")


def test_a_price_needs_a_picture_and_says_so(tmp_path, server):
    params = check_all(PIXAL.params, {})
    with asking(server.url, tmp_path, provider=PIXAL) as api:
        for given in (None, picture(tmp_path)):
            with pytest.raises(errors.BadInput, match="only for a picture"):
                PIXAL.estimate(api, params, given)
    assert PIXAL.estimate(None, params) is None
    assert server.requests == []


def test_a_price_may_be_refused(tmp_path, server):
    server.play("price_no_units")
    with asking(server.url, tmp_path, provider=PIXAL) as api:
        given = replace(picture(tmp_path), remote=PIXAL.upload(api, picture(tmp_path)))
        with pytest.raises(errors.CreditsError, match="12 are left"):
            PIXAL.estimate(api, check_all(PIXAL.params, {}), given)


def test_balance_and_key_test_cost_nothing(tmp_path, server):
    for project, team in (("", "Nobody's"), ("proj_x", "Example Studio"), ("proj_z", "Nobody's")):
        with asking(server.url, tmp_path, provider=PIXAL, account={"projectId": project}) as api:
            balance = PIXAL.balance(api)
            assert (balance.amount, balance.unit) == (412, "creative units")
            assert balance.note == f"{team}, plan cu-pro"
            assert team in PIXAL.check_key(api)
    assert server.units == 412


def test_a_team_of_which_no_plan_is_told_is_named_without_one(tmp_path):
    with PlainServer() as plain, asking(plain.url, tmp_path, provider=PIXAL) as api:
        plain.on("/teams", Reply.of_json({"teams": [{"id": "team_1", "name": "Ours"}]}))
        assert PIXAL.check_key(api) == "The key works; it belongs to the team Ours."


@pytest.mark.parametrize(
    ("scene", "kind"), [("account_unauthorized", errors.AuthError), ("no_teams", errors.PlanError)]
)
def test_a_key_that_does_not_work_is_told(tmp_path, server, scene, kind):
    server.play(scene)
    with asking(server.url, tmp_path, provider=PIXAL) as api:
        for ask in (PIXAL.check_key, PIXAL.balance):
            with pytest.raises(kind):
                ask(api)


def test_a_wrong_secret_is_an_auth_error(tmp_path, server):
    failing(server, tmp_path, errors.AuthError, words="Invalid API key or secret", account={"secret": "shh-wrong"})
    failing(server, tmp_path, errors.AuthError, key="sk-wrong-key", account={"secret": f"{KEY}-2"})
    failing(server, tmp_path, errors.AuthError, key=f"{KEY}-2", account={"secret": KEY})


@pytest.mark.parametrize("units", ["NaN", "null", '"many"', "{}"])
def test_a_balance_that_is_none_is_not_understood(tmp_path, units):
    body = f'{{"limits": {{"creativeUnits": {units}}}, "values": {{"creativeUnits": 1}}, "plan": "free"}}'
    with PlainServer() as plain, asking(plain.url, tmp_path, provider=PIXAL) as api:
        plain.on("/teams", Reply.of_json({"teams": [{"id": "team_1"}]}))
        plain.on("/teams/team_1/limits", Reply(200, body.encode(), {"Content-Type": "application/json"}))
        with pytest.raises((ValueError, TypeError)):
            PIXAL.balance(api)


@pytest.mark.parametrize(
    ("scene", "words"),
    [("success", "cannot stop jobs of this kind and may still charge it"), ("cancellable", "may still be spent")],
)
def test_a_cancel_is_honest_about_the_bill(tmp_path, server, scene, words):
    server.play(scene)
    with asking(server.url, tmp_path, provider=PIXAL) as api:
        given = replace(picture(tmp_path), remote=PIXAL.upload(api, picture(tmp_path)))
        task = PIXAL.submit(api, given, check_all(PIXAL.params, {}))
        assert words in PIXAL.cancel(api, task)
        (request,) = server.seen("POST", "/v1/jobs/job_1/action")
        assert request.json == {"action": "cancel"}
        if scene == "cancellable":
            with pytest.raises(errors.TaskFailed, match="was cancelled"):
                PIXAL.poll(api, task)


@pytest.mark.parametrize("name", ["", "../users", "a/b", "a?b", None, 7])
def test_an_id_that_is_none_never_gets_into_an_address(tmp_path, name):
    with PlainServer() as plain, asking(plain.url, tmp_path, provider=PIXAL) as api:
        plain.on("/assets", Reply.of_json({"asset": {"id": name}}))
        plain.on("/generate/custom/model_pixal3d", Reply.of_json({"job": {"jobId": name}}))
        with pytest.raises(ValueError, match="no id"):
            PIXAL.upload(api, picture(tmp_path))
        with pytest.raises(ValueError, match="no id"):
            PIXAL.submit(api, replace(picture(tmp_path), remote="asset_1"), check_all(PIXAL.params, {}))


# through the engine, and as a program


def drive(server, tmp_path, *, job=None):
    """Run a job through the engine; return its id, its state, its error and the file."""
    Image.linear_gradient("L").save(tmp_path / "chair.png")
    chosen = settings(tmp_path / "home", base_urls={"SCENARIO": server.url}, keys=keys_of(PIXAL))
    found, path = None, None
    with closing(Engine(chosen, {PIXAL.name: Hasty()})) as engine:
        try:
            for event in engine.drive(job or Order(provider=PIXAL.name, image=tmp_path / "chair.png")):
                job, path = event.job, event.path or path
        except errors.Img3dError as error:
            found = error
        state = engine.job(job).state
    for file in (tmp_path / "home").rglob("*"):
        content = b"" if file.is_dir() else file.read_bytes()
        assert not [leak for leak in leaks_of(PIXAL) if leak.encode() in content], file
    return job, state, found, path


def test_the_engine_delivers_the_model(tmp_path, server):
    _job, state, error, path = drive(server, tmp_path)
    assert (state, error) == ("ready", None)
    assert path.read_bytes() == glb()


def test_a_job_taken_up_again_is_neither_uploaded_nor_paid_twice(tmp_path, server):
    server.play("poll_html")
    job, state, error, _path = drive(server, tmp_path)
    assert (state, error.kind) == ("failed", "bad_result")
    server.jobs["job_1"].scene = "success_at_once"
    _job, state, error, path = drive(server, tmp_path, job=job)
    assert (state, error) == ("ready", None)
    assert path.read_bytes() == glb()
    assert len(server.seen("POST", GENERATE)) == len(server.seen("POST", "/v1/assets")) == 1


def test_the_service_runs_as_a_program(tmp_path):
    record = tmp_path / "record.jsonl"
    command = [sys.executable, "-m", "tests.servers.scenario", "--port", "0", "--scene", "failure"]
    root = Path(__file__).parent.parent.parent
    with subprocess.Popen([*command, "--record", str(record)], stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            url = process.stdout.readline().strip()
            assert url.endswith("/v1")
            with asking(url, tmp_path, provider=PIXAL) as api:
                given = replace(picture(tmp_path), remote=PIXAL.upload(api, picture(tmp_path)))
                task = PIXAL.submit(api, given, check_all(PIXAL.params, {}))
                assert PIXAL.poll(api, task) == Running(0.3)
                with pytest.raises(errors.TaskFailed):
                    PIXAL.poll(api, task)
        finally:
            process.terminate()
    assert record.read_text().count(GENERATE) == 1
