# SPDX-License-Identifier: GPL-3.0-or-later
"""Vtrix spark_3d against a strict service that was written from the contract."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from img3d_addon.core import errors
from img3d_addon.core.files.images import prepare
from img3d_addon.core.params import check_all
from img3d_addon.core.settings import Settings
from img3d_addon.core.values import Model, Running, Task
from img3d_addon.providers.vtrix_spark3d import VtrixSpark3D
from tests.servers.asking import KEY, asking, picture
from tests.servers.base import HTML, Reply
from tests.servers.plain import PlainServer
from tests.servers.vtrix import CREATE, VtrixServer
from tests.servers.vtrix_words import BY_REQUEST, CODES, DONE, REFUSED, SAD, STATES, WORDS

VTRIX = VtrixSpark3D()


@pytest.fixture
def server():
    with VtrixServer() as running:
        yield running
        assert running.complaints == []


def submit(server, folder, *, key=KEY, image=None, account=None, **params):
    with asking(server.url, folder, provider=VTRIX, key=key, account=account) as api:
        return VTRIX.submit(api, image or picture(folder / "own"), check_all(VTRIX.params, params))


def follow(server, folder, task, *, account=None, most=20):
    """Poll to the end; return the states on the way and the model."""
    states = []
    with asking(server.url, folder, provider=VTRIX, account=account) as api:
        for _ in range(most):
            state = VTRIX.poll(api, Task(**json.loads(json.dumps(vars(task)))))
            if isinstance(state, Model):
                return states, state
            states.append(state)
    raise AssertionError(f"no end: {states}")


def made(server, folder, **params):
    return follow(server, folder, submit(server, folder, **params))[1]


def bodies(server):
    return [request.json for request in server.seen("POST", CREATE)]


def test_a_task_becomes_a_model_with_its_cost(tmp_path, server):
    task = submit(server, tmp_path)
    assert task.id == "task_0001"
    states, model = follow(server, tmp_path, task)
    assert [state.fraction for state in states] == [None, 0.35]
    assert len(model.urls) == 1
    assert (model.cost.amount, model.cost.unit, model.cost.usd) == (0.35, "USD", 0.35)
    assert server.spent == 1


def test_the_request_is_as_the_contract_wants_it(tmp_path, server):
    submit(server, tmp_path)
    (body,) = bodies(server)
    text, image = body["input"][0]["params"]["content"]
    assert text == {"type": "text", "text": "--subdivisionlevel medium --fileformat glb"}
    assert image["image_url"]["url"].startswith("data:image/png;base64,iVBORw0")
    assert (set(body), body["model"]) == ({"model", "input"}, "spark_3d")
    assert "x-source" not in server.requests[0].headers, "that is the vendor's tool"


@pytest.mark.parametrize("level", ["high", "medium", "low"])
@pytest.mark.parametrize("kind", ["glb", "obj", "usd", "usdz"])
def test_every_choice_is_told_by_its_long_name(tmp_path, server, level, kind):
    submit(server, tmp_path, subdivisionlevel=level, fileformat=kind)
    assert server.commands == [{"subdivisionlevel": level, "fileformat": kind}]


@pytest.mark.parametrize(("name", "value"), [("subdivisionlevel", "ultra"), ("fileformat", "fbx"), ("seed", 1)])
def test_what_the_service_would_refuse_is_never_sent(tmp_path, server, name, value):
    with pytest.raises(errors.BadInput, match=name):
        submit(server, tmp_path, **{name: value})
    assert server.requests == []


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_each_format_is_sent_under_its_own_type_in_lower_case(tmp_path, server, kind):
    submit(server, tmp_path, image=picture(tmp_path / "own", kind=kind))
    assert f'"data:image/{kind};base64,' in server.requests[0].body.decode()


@pytest.mark.parametrize("size", [(64, 64), (6000, 4000), (300, 900), (900, 300), (30, 3000), (3000, 30), (2400, 1000)])
def test_pictures_of_every_shape_are_prepared_to_what_is_taken(tmp_path, server, size):
    Image.linear_gradient("L").resize(size).save(tmp_path / "a.png")
    image = prepare(tmp_path / "a.png", VTRIX.image, folder=tmp_path / "job")
    submit(server, tmp_path, image=image)
    assert min(image.width, image.height) >= 640
    assert max(image.width, image.height) <= 2048


@pytest.mark.parametrize(("mode", "side"), [("RGB", 1620), ("RGBA", 1400)])
def test_a_picture_of_noise_stays_within_ten_megabytes(tmp_path, server, mode, side):
    Image.merge(mode, [Image.effect_noise((side, side), 99) for _ in mode]).save(tmp_path / "a.png")
    submit(server, tmp_path, image=prepare(tmp_path / "a.png", VTRIX.image, folder=tmp_path / "job"))
    assert len(server.requests[0].body) < 10_000_000


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


def failed(server, folder, scene):
    server.play(scene)
    task = submit(server, folder)
    with pytest.raises(errors.ProviderError) as caught:
        follow(server, folder, task)
    assert caught.value.retry is False, "asking again gives the same answer"
    assert len(bodies(server)) == 1, "a failed task is no reason for another submit"
    return caught.value


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        ("failed_object", SAD),
        ("failed_message", SAD),
        ("failed_string", SAD),
        ("failed_int", "003020095"),
        ("failed_short", "003020095"),
        ("failed_provider", SAD),
        ("failed_silent", "does not say why"),
        ("failed_moderation", "The picture was flagged."),
        ("completed_error", SAD),
        ("cancelled", "cancelled"),
    ],
)
def test_a_failed_task_is_told_in_the_words_of_the_service(tmp_path, server, scene, words):
    """Section 8, rows 8 and 9b; how moderation answers is unknown, and its sentence is shown all the same."""
    error = failed(server, tmp_path, scene)
    assert type(error) is errors.TaskFailed
    assert words in str(error)
    assert error.said


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_its_kind_and_its_sentence(tmp_path, server, code):
    error = failed(server, tmp_path, f"code_{code}")
    assert error.kind == ("bad_request" if code in BY_REQUEST else "server")
    assert CODES[code] in str(error)
    assert code in str(error)


@pytest.mark.parametrize("way", ["submit", "no_id"])
@pytest.mark.parametrize("code", CODES)
def test_each_code_may_meet_the_submit(tmp_path, server, code, way):
    server.play(f"{way}_{code}")
    with pytest.raises(errors.ProviderError) as caught:
        submit(server, tmp_path)
    assert caught.value.kind == ("bad_request" if code in BY_REQUEST else "server")
    assert CODES[code] in str(caught.value)
    assert caught.value.said, "so that nobody takes it for a lost answer"
    assert len(bodies(server)) == (2 if code in ("003020001", "003020002") else 1)


@pytest.mark.parametrize("body", [{"error": {"code": 3020004}}, {"code": "3020004"}])
def test_a_code_without_words_is_put_into_words(tmp_path, body):
    with PlainServer() as plain:
        plain.on(CREATE, Reply.of_json(body, status=400))
        with pytest.raises(errors.RequestRefused, match="file format is not taken") as caught:
            submit(plain, tmp_path)
        assert caught.value.said
        assert len(plain.requests) == 1


HTTP_KINDS = {
    "http_401": errors.AuthError,
    "http_403_balance": errors.CreditsError,
    "http_403_permission": errors.PlanError,
    "http_429": errors.RateLimited,
    "http_500": errors.ServerError,
    "http_504": errors.ServerError,
}


@pytest.mark.parametrize("scene", REFUSED)
def test_each_status_is_told_in_the_words_of_the_service(tmp_path, server, scene):
    server.play(scene)
    with pytest.raises(errors.ProviderError) as caught:
        submit(server, tmp_path)
    name = scene.rpartition("_")[0]
    assert type(caught.value) is HTTP_KINDS[name]
    assert caught.value.status == REFUSED[scene][0]
    assert WORDS.get(int(name[5:]) if name[5:].isdecimal() else name[5:]) in str(caught.value)
    assert len(server.requests) == 1
    assert server.spent == 0


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Insufficient permissions", "plan"),
        ("Insufficient funds", "credits"),
        ("Your balance is empty", "credits"),
        ("Forbidden", "plan"),
    ],
)
def test_a_403_is_told_apart_by_its_words(tmp_path, words, kind):
    with PlainServer() as plain:
        plain.on(CREATE, Reply.of_json({"message": words}, status=403))
        with pytest.raises(errors.ProviderError, match=words) as caught:
            submit(plain, tmp_path)
    assert caught.value.kind == kind


def test_too_many_requests_wait_as_told(tmp_path, server):
    server.play("told_429")
    with pytest.raises(errors.RateLimited) as caught:
        submit(server, tmp_path)
    assert caught.value.wait == 7


def test_a_wrong_key_is_an_auth_error(tmp_path, server):
    with pytest.raises(errors.AuthError, match="Invalid API key"):
        submit(server, tmp_path, key="sk-wrong-key")


def test_a_key_in_the_words_of_the_service_is_masked(tmp_path, server):
    server.play("echo_key")
    with pytest.raises(errors.PlanError, match=r"Bearer \*\*\*") as caught:
        submit(server, tmp_path)
    assert KEY not in str(caught.value) + caught.value.said


@pytest.mark.parametrize("in_200", [False, True])
@pytest.mark.parametrize("refuses", ["400", "422", "003020001", "003020002"])
def test_a_refused_wrapper_is_followed_by_one_flat_body(tmp_path, refuses, in_200):
    """Section 8, row 6."""
    with VtrixServer(takes="flat", refuses=refuses, refuses_in_200=in_200) as server:
        assert made(server, tmp_path, fileformat="obj").urls
        assert [set(body) for body in bodies(server)] == [{"model", "input"}, {"model", "content"}]
        assert server.spent == 1
        assert server.complaints == []


@pytest.mark.parametrize("refuses", ["400", "422", "003020001", "003020002"])
def test_where_both_forms_are_refused_the_service_is_asked_no_third_time(tmp_path, refuses):
    with VtrixServer(takes="neither", refuses=refuses) as server:
        with pytest.raises(errors.RequestRefused) as caught:
            submit(server, tmp_path)
        assert len(bodies(server)) == 2
        assert caught.value.said in str(caught.value)
        assert server.complaints == []


def test_both_refusals_are_told_where_they_differ(tmp_path):
    with PlainServer() as plain:
        plain.on(CREATE, Reply.of_json({"message": "one"}, status=400), Reply.of_json({"message": "two"}, status=422))
        with pytest.raises(errors.RequestRefused, match=r"“one” \(HTTP 400\); asked in another form: “two”"):
            submit(plain, tmp_path)


@pytest.mark.parametrize(("status", "kind"), [(403, "credits"), (500, "server"), (429, "rate_limit")])
def test_what_the_other_form_meets_counts_where_its_body_was_read(tmp_path, status, kind):
    with PlainServer() as plain:
        said = Reply.of_json({"message": "insufficient balance"}, status=status)
        plain.on(CREATE, Reply.of_json({"message": "one"}, status=400), said)
        with pytest.raises(errors.ProviderError, match="insufficient balance") as caught:
            submit(plain, tmp_path)
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("scene", "kind"),
    [
        ("html", errors.BadResult),
        ("empty", errors.BadResult),
        ("missing_id_silent", errors.BadResult),
        ("missing_id", errors.TaskFailed),
        ("bad_gateway", errors.ServerError),
        ("reset", errors.NetworkError),
        ("cut_answer", errors.NetworkError),
    ],
)
def test_other_ends_of_a_submit_are_no_reason_for_another_form(tmp_path, server, scene, kind):
    server.play(scene)
    with pytest.raises(kind):
        submit(server, tmp_path)
    assert len(server.requests) == 1


def test_the_form_of_the_body_can_be_set(tmp_path):
    with VtrixServer(takes="flat") as server:
        submit(server, tmp_path, account={"body": "flat"})
        assert [set(body) for body in bodies(server)] == [{"model", "content"}]
        assert server.complaints == []


@pytest.mark.parametrize("path", ["/v2/models/create", "/v2/models/create/"])
def test_the_create_path_can_be_set_and_tasks_are_below_it(tmp_path, path):
    with VtrixServer(create="/v2/models/create") as server:
        account = {"create_path": path.rstrip("/")}
        task = submit(server, tmp_path, account=account)
        assert follow(server, tmp_path, task, account={"create_path": path})[1].urls
        assert server.complaints == []


def test_both_settings_come_from_the_environment_only(tmp_path):
    from img3d_addon.core.http import keys

    environ = {"VTRIX_API_KEY": KEY, "IMG3D_VTRIX_BODY": "flat", "IMG3D_VTRIX_CREATE_PATH": "/x"}
    found = keys.find(VTRIX, Settings(home=tmp_path, online=True, environ=environ))
    assert found == {"key": KEY, "body": "flat", "create_path": "/x"}
    assert all(item.advanced for item in VTRIX.account[1:])
    with pytest.raises(errors.BadInput, match="IMG3D_VTRIX_BODY"):
        keys.find(VTRIX, Settings(home=tmp_path, online=True, environ={**environ, "IMG3D_VTRIX_BODY": "round"}))


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


def test_the_key_test_costs_nothing_and_says_what_it_tested(tmp_path, server):
    with asking(server.url, tmp_path, provider=VTRIX) as api:
        said = VTRIX.check_key(api)
    assert "not refused" in said
    assert "a task that does not exist" in said
    assert [request.method for request in server.requests] == ["GET"]
    assert server.spent == 0
    with asking(server.url, tmp_path, provider=VTRIX, key="sk-wrong-key") as api, pytest.raises(errors.AuthError):
        VTRIX.check_key(api)


@pytest.mark.parametrize("status", [200, 400, 404, 422])
def test_any_refusal_of_the_task_means_that_the_key_was_taken(tmp_path, status):
    with PlainServer() as plain:
        plain.on(f"{CREATE}/task/img3d-key-test", Reply.of_json({"message": "no such task"}, status=status))
        with asking(plain.url, tmp_path, provider=VTRIX) as api:
            assert VTRIX.check_key(api)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(404, HTML, {"Content-Type": "text/html"}), errors.NotFound),
        (Reply(502, HTML, {"Content-Type": "text/html"}), errors.ServerError),
        (Reply(200, HTML, {"Content-Type": "text/html"}), errors.BadResult),
        (Reply.of_json({"message": "slow down"}, status=429), errors.RateLimited),
        (Reply.of_json({"error": "account balance is insufficient"}, status=403), errors.CreditsError),
    ],
)
def test_other_answers_tell_nothing_of_the_key(tmp_path, reply, kind):
    with PlainServer() as plain:
        plain.on(f"{CREATE}/task/img3d-key-test", reply)
        with asking(plain.url, tmp_path, provider=VTRIX) as api, pytest.raises(kind):
            VTRIX.check_key(api)


def test_what_the_vendor_does_not_offer_is_not_pretended(tmp_path):
    """Price, balance and cancel are unknown."""
    assert VTRIX.estimate(None, check_all(VTRIX.params, {})) is None
    assert not (VTRIX.cancellable or VTRIX.has_balance or VTRIX.has_estimate)


def test_the_service_runs_as_a_program(tmp_path):
    """As window and kill tests start it."""
    record = tmp_path / "record.jsonl"
    command = [
        sys.executable,
        "-m",
        "tests.servers.vtrix",
        "--port",
        "0",
        "--scene",
        "http_500_error",
        "--scene",
        "success",
    ]
    root = Path(__file__).parent.parent.parent
    with subprocess.Popen([*command, "--record", str(record)], stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            url = process.stdout.readline().strip()
            with asking(url, tmp_path, provider=VTRIX) as api:
                params = check_all(VTRIX.params, {})
                with pytest.raises(errors.ServerError):
                    VTRIX.submit(api, picture(tmp_path / "own"), params)
                assert VTRIX.submit(api, picture(tmp_path / "own"), params).id
        finally:
            process.terminate()
    assert record.read_text().count(CREATE) == 2
