# SPDX-License-Identifier: GPL-3.0-or-later
"""Vtrix spark_3d against a strict service that was written from the contract: requests, settings, key test."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from img3d_addon.core import errors
from img3d_addon.core.files.images import prepare
from img3d_addon.core.params import check_all
from img3d_addon.core.settings import Settings
from tests.providers.vtrix_calls import VTRIX, bodies, follow, made, submit
from tests.servers.asking import KEY, asking, picture
from tests.servers.base import HTML, Reply
from tests.servers.plain import PlainServer
from tests.servers.vtrix import CREATE, VtrixServer


@pytest.fixture
def server():
    with VtrixServer() as running:
        yield running
        assert running.complaints == []


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
