# SPDX-License-Identifier: GPL-3.0-or-later
"""AIML API TripoSR against a strict service that was written from the contract."""

import logging
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from img3d_addon.core import errors
from img3d_addon.core.files.images import prepare
from img3d_addon.core.files.sniff import kind_of
from img3d_addon.core.jobs.control import Control
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.values import Order
from img3d_addon.providers.aiml_triposr import AimlTripoSR
from tests.servers.aiml import BILLING, ERRORS, GENERATE, LEGACY, AimlServer
from tests.servers.asking import KEY, asking, picture, settings
from tests.servers.base import Reply
from tests.servers.glb import glb
from tests.servers.plain import PlainServer
from tests.servers.playing import submitted

TRIPO = AimlTripoSR()
ADDRESS = "https://example.com/chair.png?size=2"


class Hasty(AimlTripoSR):
    name = "aiml_triposr"
    read_timeout = 0.5


@pytest.fixture(autouse=True)
def no_waits(monkeypatch):
    """Ask again at once: how long it waits is tested where the waits are made."""
    monkeypatch.setattr(Control, "sleep", lambda control, _seconds: control.check())


@pytest.fixture
def server():
    with AimlServer() as running:
        yield running
    assert running.complaints == []


def submit(server, folder, *, key=KEY, image=None, **params):
    with asking(server.url, folder, provider=TRIPO, key=key) as api:
        return submitted(TRIPO, api, picture=image or picture(folder / "own"), params=params)


def test_the_request_is_as_the_contract_wants_it(tmp_path, server):
    given = {"output_format": "obj", "do_remove_background": False, "foreground_ratio": 0.55, "mc_resolution": 512}
    submit(server, tmp_path, **given)
    submit(server, tmp_path)
    first, second = (dict(request.json) for request in server.requests)
    assert first.pop("image_url").startswith("data:image/png;base64,")
    assert first == {"model": "triposr", **given}
    assert set(second) == {"model", "image_url", *given}, "defaults are sent, too: that of the background is unknown"
    assert server.requests[0].headers["content-type"] == "application/json"


def test_the_price_is_known_afterwards_only(tmp_path, server):
    assert TRIPO.estimate(None, {}) is None
    cost = submit(server, tmp_path).cost
    assert (cost.amount, cost.unit, cost.usd) == (182000, "credits", 0.091)
    assert str(cost) == "182000 credits (0.09 USD)"


@pytest.mark.parametrize(("name", "values"), [(p.name, (p.min, p.max)) for p in TRIPO.params if hasattr(p, "min")])
def test_the_ends_of_each_range_are_taken(tmp_path, server, name, values):
    for value in values:
        submit(server, tmp_path, **{name: value})
        assert server.requests[-1].json[name] == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("output_format", "stl"),
        ("foreground_ratio", 0.49),
        ("foreground_ratio", 1.01),
        ("mc_resolution", 31),
        ("mc_resolution", 1025),
        ("image_url", "chair.png"),
        ("image_url", "file:///tmp/chair.png"),
        ("image_url", "https://example.com/a b.png"),
        ("model", "other"),
    ],
)
def test_what_the_service_would_refuse_is_never_sent(tmp_path, server, name, value):
    with pytest.raises(errors.BadInput, match=name):
        submit(server, tmp_path, **{name: value})
    assert server.requests == []


@pytest.mark.parametrize("size", [(64, 64), (6000, 4000), (900, 300), (300, 900), (30, 3000)])
def test_pictures_of_every_size_are_prepared(tmp_path, server, size):
    Image.linear_gradient("L").resize(size).save(tmp_path / "a.png")
    image = prepare(tmp_path / "a.png", TRIPO.image, folder=tmp_path / "job")
    assert min(image.width, image.height) >= 640
    assert max(image.width, image.height) <= 2048
    submit(server, tmp_path, image=image)


def test_a_picture_of_noise_stays_within_ten_megabytes(tmp_path, server):
    Image.merge("RGBA", [Image.effect_noise((1500, 1500), 99) for _ in range(4)]).save(tmp_path / "a.png")
    submit(server, tmp_path, image=prepare(tmp_path / "a.png", TRIPO.image, folder=tmp_path / "job"))
    assert 3_000_000 < len(server.requests[0].body) <= 10_000_000


# Sources disagree: rows 13 to 15 of the contract.


@pytest.mark.parametrize(
    "scene",
    ["success", "created", "data_url", "data_url_only_older", "both_places", "first_is_lost", "deep", "nulls_but_deep"],
)
def test_every_shape_of_the_answer_leads_to_the_model(tmp_path, server, scene):
    server.play(scene)
    model = submit(server, tmp_path)
    assert model.urls[0].startswith(f"{server.url}/flamingo/files/")
    assert (model.cost is None) is (scene == "nulls_but_deep")
    _job, state, error, path = drive(server, tmp_path)
    assert (state, error) == ("ready", None)
    assert path.read_bytes() == glb()


def test_the_newer_place_counts_before_the_older_and_links_before_base64(tmp_path, server):
    server.play("both_places")
    first, second = submit(server, tmp_path).urls
    assert first.endswith("_model.glb")
    assert second.endswith("lost.glb")


def test_a_signed_link_found_anywhere_is_left_as_it_is(tmp_path, server):
    server.play("deep")
    assert submit(server, tmp_path).urls[0].endswith("_model.glb?Signature=a%2Bb")
    drive(server, tmp_path)
    assert server.requests[-1].target.endswith("_model.glb?Signature=a%2Bb")


def test_a_model_in_base64_is_written_down(tmp_path, server):
    server.play("b64_json")
    model = submit(server, tmp_path)
    assert model.urls == ()
    assert model.path.read_bytes() == glb()
    assert kind_of(model.path) == "glb"
    assert model.cost.amount == 182000
    _job, state, error, path = drive(server, tmp_path)
    assert (state, error) == ("ready", None)
    assert path.read_bytes() == glb()


def test_base64_that_is_none_is_a_bad_result(tmp_path):
    with PlainServer() as plain:
        plain.on(GENERATE, Reply.of_json({"data": [{"b64_json": "$$$$"}]}))
        with pytest.raises(errors.BadResult, match="not base64"):
            submit(plain, tmp_path)


@pytest.mark.parametrize("scene", ["no_meta", "odd_meta"])
def test_a_model_counts_without_its_cost(tmp_path, server, scene):
    server.play(scene)
    model = submit(server, tmp_path)
    assert model.urls
    assert model.cost is None


@pytest.mark.parametrize(
    "odd",
    [
        {"meta": {"usage": {"credits_used": 10**400}}},
        {"meta": []},
        {"data": 5},
        {"data": {"url": 1}},
        {"data": "no"},
        {"requestId": None},
    ],
)
def test_whatever_else_stands_in_the_answer_a_paid_model_counts(tmp_path, odd):
    with PlainServer() as plain:
        plain.on(GENERATE, Reply.of_json({"strange": ["http://[", "https://c.invalid/a.GLB#x"], **odd}))
        model = submit(plain, tmp_path)
    assert (model.urls, model.cost) == (("https://c.invalid/a.GLB#x",), None)


def test_numbers_for_the_support_are_kept(tmp_path, server):
    assert submit(server, tmp_path).facts == {"request_id": "019d2ee5-1", "inference_id": "inf-7"}
    server.play("internal_error")
    with pytest.raises(errors.ServerError) as caught:
        submit(server, tmp_path)
    assert caught.value.task_id == "inf-8"


@pytest.mark.parametrize(("scene", "kind"), [("success", "glb"), ("obj", "obj"), ("zip", "obj"), ("redirect", "glb")])
def test_the_content_decides_what_a_file_of_octets_is(tmp_path, server, scene, kind):
    server.play_file(scene)
    _job, state, error, path = drive(server, tmp_path)
    assert (state, error) == ("ready", None)
    assert path.suffix == f".{kind}"


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        ("data_null", "credits_used"),
        ("data_null_meta_null", '“{"data": null'),
        ("queued", "queued"),
        ("words", "no model today"),
        ("html", "a web page"),
        ("empty", "empty"),
    ],
)
def test_success_without_a_model_is_a_bad_result_in_the_words_of_the_service(tmp_path, server, scene, words):
    server.play(scene)
    _job, state, error, _path = drive(server, tmp_path)
    assert state == "failed"
    assert isinstance(error, errors.BadResult)
    assert words in str(error)
    assert "may have been charged" in str(error)
    assert len(server.seen("POST", GENERATE)) == 1


def test_a_signed_address_is_not_shown(tmp_path):
    with PlainServer() as plain:
        plain.on(GENERATE, Reply.of_json({"preview": "https://c.invalid/a.png?Signature=s3cr3t"}))
        with pytest.raises(errors.BadResult, match=r"c\.invalid/a\.png") as caught:
            submit(plain, tmp_path)
    assert "s3cr3t" not in str(caught.value)


# What is unknown: whether the service takes a picture from disk.


def test_a_service_that_wants_an_address_gets_one_from_the_user_and_no_picture(tmp_path, server):
    server.refuses_data = True
    with pytest.raises(errors.RequestRefused, match="This provider wants a public image URL") as caught:
        submit(server, tmp_path)
    assert "image_url" in caught.value.advice
    assert caught.value.said == "Invalid url"
    image = picture(tmp_path / "own")
    image.path.unlink()
    assert submit(server, tmp_path, image=image, image_url=ADDRESS).urls
    assert server.requests[-1].json["image_url"] == ADDRESS
    assert len(server.requests[-1].body) < 500, "the picture stays here"


def test_the_help_says_that_the_picture_is_not_sent_then():
    (param,) = [param for param in TRIPO.params if param.name == "image_url"]
    assert param.advanced
    assert "only the address is sent" in param.help


def test_a_refusal_of_something_else_asks_for_no_address(tmp_path, server):
    server.play("validation")
    with pytest.raises(errors.RequestRefused) as caught:
        submit(server, tmp_path)
    assert "public image URL" not in str(caught.value)


# Errors

KINDS = {
    "validation": errors.RequestRefused,
    "unauthorized": errors.AuthError,
    "no_credits": errors.CreditsError,
    "not_allowed": errors.PlanError,
    "unknown_model": errors.NotFound,
    "too_many": errors.RateLimited,
    "internal_error": errors.ServerError,
    "bad_gateway_said": errors.ServerError,
    "unavailable": errors.ServerError,
    "timeout": errors.ServerError,
}


@pytest.mark.parametrize("shape", ["", "_nested", "_detail"])
@pytest.mark.parametrize("scene", ERRORS)
def test_each_error_is_told_in_the_words_of_the_service_and_costs_nothing(tmp_path, server, scene, shape):
    server.play(f"{scene}{shape}")
    with pytest.raises(errors.ProviderError) as caught:
        submit(server, tmp_path)
    status, words = ERRORS[scene]
    assert type(caught.value) is KINDS[scene]
    assert caught.value.status == status
    assert caught.value.said == words
    assert words in str(caught.value)
    assert len(server.requests) == 1
    assert server.credits == 24_680_000


@pytest.mark.parametrize(("scene", "wait"), [("too_many", None), ("too_many_told", 9)])
def test_too_many_requests_wait_as_told(tmp_path, server, scene, wait):
    server.play(scene)
    with pytest.raises(errors.RateLimited) as caught:
        submit(server, tmp_path)
    assert caught.value.wait == wait


@pytest.mark.parametrize(
    ("scene", "kind", "words"),
    [
        ("bad_gateway", errors.ServerError, "HTTP 502"),
        ("cut", errors.NetworkError, "broke"),
        ("reset", errors.NetworkError, "broken off"),
    ],
)
def test_other_ends(tmp_path, server, scene, kind, words):
    server.play(scene)
    with pytest.raises(kind, match=words):
        submit(server, tmp_path)
    assert len(server.requests) == 1


@pytest.mark.parametrize("scene", ["echo_key", "redirect"])
def test_a_key_in_an_answer_is_masked_and_a_redirect_not_followed(tmp_path, server, scene, caplog):
    caplog.set_level(logging.DEBUG)
    server.play(scene)
    with PlainServer() as elsewhere:
        server.elsewhere = elsewhere.url
        with pytest.raises(
            errors.ProviderError, match={"echo_key": r"Bearer \*\*\*", "redirect": "not followed"}[scene]
        ) as caught:
            submit(server, tmp_path)
        assert elsewhere.requests == []
    assert KEY not in str(caught.value) + caught.value.said + caplog.text


def test_a_wrong_key_is_an_auth_error_everywhere(tmp_path, server):
    with pytest.raises(errors.AuthError, match="Invalid API key"):
        submit(server, tmp_path, key="aiml-wrong-key")
    with asking(server.url, tmp_path, provider=TRIPO, key="aiml-wrong-key") as api:
        for ask in (TRIPO.balance, TRIPO.check_key):
            with pytest.raises(errors.AuthError, match="Invalid API key"):
                ask(api)


# The account


@pytest.mark.parametrize("has_v2", [True, False])
def test_the_bill_is_read_the_newer_or_the_older_way_and_costs_nothing(tmp_path, server, has_v2):
    server.has_v2 = has_v2
    with asking(server.url, tmp_path, provider=TRIPO) as api:
        balance = TRIPO.balance(api)
        assert (balance.amount, balance.unit) == (12.34, "USD")
        assert "12.34 USD" in TRIPO.check_key(api)
    ways = [BILLING] if has_v2 else [BILLING, LEGACY]
    assert [request.path for request in server.requests] == ways * 2
    assert server.credits == 24_680_000


@pytest.mark.parametrize(
    "body", [b'{"current_balance": NaN}', b'{"current_balance": null}', b'{"current_balance": "much"}', b"[]", b"{}"]
)
def test_a_balance_that_is_none_is_not_understood(tmp_path, body):
    with PlainServer() as plain:
        plain.on(BILLING, Reply(200, body, {"Content-Type": "application/json"}))
        chosen = settings(tmp_path, base_urls={"AIML": plain.url}, keys={"AIML_API_KEY": KEY})
        with (
            closing(Engine(chosen, {TRIPO.name: TRIPO})) as engine,
            pytest.raises(errors.BadResult, match="not understood"),
        ):
            engine.balance(TRIPO.name)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("You have run out of credits; top up to regain access", errors.CreditsError),
        ("Complete the verification of your account", errors.PlanError),
        ("No", errors.CreditsError),
    ],
)
def test_a_refusal_for_money_is_told_from_one_for_rights(tmp_path, words, kind):
    with PlainServer() as plain:
        plain.on(GENERATE, Reply.of_json({"message": words}, status=403))
        with pytest.raises(kind) as caught:
            submit(plain, tmp_path)
    assert type(caught.value) is kind


# Through the engine


def drive(server, tmp_path, *, provider=TRIPO, job=None, again=False):
    """Run a job through the engine; return its id, its state, its error and the file."""
    Image.linear_gradient("L").save(tmp_path / "chair.png")
    chosen = settings(tmp_path / "home", base_urls={"AIML": server.url}, keys={"AIML_API_KEY": KEY})
    found, path = None, None
    with closing(Engine(chosen, {provider.name: provider})) as engine:
        try:
            for event in engine.drive(job or Order(provider=provider.name, image=tmp_path / "chair.png"), again=again):
                job, path = event.job, event.path or path
        except errors.Img3dError as error:
            found = error
        state = engine.job(job).state
    for file in (tmp_path / "home").rglob("*"):
        assert file.is_dir() or KEY.encode() not in file.read_bytes(), file
    return job, state, found, path


@pytest.mark.parametrize("scene", ["cut", "bad_gateway"])
def test_a_file_that_does_not_come_at_once_is_fetched_again(tmp_path, server, scene):
    server.play_file(scene, "success")
    _job, state, error, path = drive(server, tmp_path)
    assert (state, error) == ("ready", None)
    assert path.read_bytes() == glb()
    assert len(server.seen("POST", GENERATE)) == 1


@pytest.mark.parametrize(
    "scene", ["gone", "truncated", "html", "words", "evil_zip", "empty_zip", "redirect_file", "nothing"]
)
def test_a_file_that_is_no_model_is_fetched_again_at_the_next_resume(tmp_path, server, scene):
    server.play_file(scene)
    job, state, error, _path = drive(server, tmp_path)
    assert state == "failed"
    assert error.kind == ("not_found" if scene == "gone" else "bad_result")
    server.play_file("success")
    _job, state, error, path = drive(server, tmp_path, job=job)
    assert (state, error) == ("ready", None)
    assert path.read_bytes() == glb()
    assert len(server.seen("POST", GENERATE)) == 1, "the paid answer is kept"


@pytest.mark.parametrize("scene", ["reset", "cut", "bad_gateway", "hold", "timeout"])
def test_a_lost_answer_is_uncertain_and_only_the_users_word_repeats_it(tmp_path, server, scene):
    server.play(scene, "success")
    job, state, error, _path = drive(server, tmp_path, provider=Hasty())
    assert isinstance(error, errors.Uncertain)
    assert state == "uncertain"
    _job, state, error, _path = drive(server, tmp_path, job=job)
    assert state == "uncertain"
    assert len(server.seen("POST", GENERATE)) == 1, "not repeated by itself"
    _job, state, error, path = drive(server, tmp_path, job=job, again=True)
    assert (state, error) == ("ready", None)
    assert path.read_bytes() == glb()
    assert len(server.seen("POST", GENERATE)) == 2


def test_the_service_is_given_three_minutes():
    assert TRIPO.read_timeout == 180
    assert TRIPO.sync


def test_the_service_runs_as_a_program(tmp_path):
    """As window and kill tests start it."""
    command = [sys.executable, "-m", "tests.servers.aiml", "--port", "0", "--scene", "b64_json"]
    root = Path(__file__).parent.parent.parent
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            url = process.stdout.readline().strip()
            with asking(url, tmp_path, provider=TRIPO) as api:
                assert submitted(TRIPO, api, picture=picture(tmp_path / "own")).path.read_bytes() == glb()
        finally:
            process.terminate()
