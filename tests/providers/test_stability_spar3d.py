# SPDX-License-Identifier: GPL-3.0-or-later
"""Stability SPAR3D against a strict service that was written from the contract."""

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
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.params import check_all
from img3d_addon.core.values import Order
from img3d_addon.core.version import version
from img3d_addon.providers.stability_spar3d import StabilitySpar3D
from tests.servers.asking import KEY, asking, picture, settings
from tests.servers.base import Reply
from tests.servers.glb import glb
from tests.servers.plain import PlainServer
from tests.servers.stability import ERRORS, SPAR3D, StabilityServer

SPAR = StabilitySpar3D()


class Hasty(StabilitySpar3D):
    name = "stability_spar3d"
    read_timeout = 0.3


@pytest.fixture
def server():
    with StabilityServer() as running:
        yield running
        assert running.complaints == []


def submit(server, folder, *, provider=SPAR, key=KEY, image=None, **params):
    with asking(server.url, folder, provider=provider, key=key, user_agent="img3d/1.2.3") as api:
        return provider.submit(api, image or picture(folder / "own"), check_all(provider.params, params))


def test_the_answer_is_the_model(tmp_path, server):
    model = submit(server, tmp_path, seed=7)
    assert server.complaints == []
    assert model.path.read_bytes() == glb()
    assert model.seed == 7
    assert (model.cost.amount, model.cost.unit, model.cost.usd) == (4, "credits", 0.04)
    assert len(model.facts["request_id"]) == 16
    assert server.credits == 408.5


def test_the_request_is_as_the_contract_wants_it(tmp_path, server):
    given = {
        "texture_resolution": "2048",
        "foreground_ratio": 1.85,
        "remesh": "quad",
        "target_type": "face",
        "target_count": 20000,
        "guidance_scale": 10,
        "seed": 4294967294,
    }
    submit(server, tmp_path, **given)
    (request,) = server.requests
    fields, files = request.form()
    assert fields == {name: str(value) for name, value in given.items()}
    assert (files["image"].filename, files["image"].mime) == ("input.png", "image/png")
    assert request.headers["stability-client-id"] == "img3d"
    assert request.headers["stability-client-version"] == version()
    assert request.headers["user-agent"] == "img3d/1.2.3"
    assert "stability-client-user-id" not in request.headers, "it would be the person"
    assert "expect" not in request.headers
    assert server.complaints == []


@pytest.mark.parametrize(("name", "values"), [(p.name, (p.min, p.max)) for p in SPAR.params if hasattr(p, "min")])
def test_the_ends_of_each_range_are_taken(tmp_path, server, name, values):
    for value in values:
        submit(server, tmp_path, **{name: value})
    assert server.complaints == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("texture_resolution", "4096"),
        ("foreground_ratio", 0.85),
        ("foreground_ratio", 2.01),
        ("target_count", 99),
        ("target_count", 20001),
        ("guidance_scale", 0.9),
        ("seed", -1),
        ("seed", 4294967295),
        ("remesh", "quads"),
        ("vertex_count", 5),
    ],
)
def test_what_the_service_would_refuse_is_never_sent(tmp_path, server, name, value):
    with pytest.raises(errors.BadInput, match=name):
        submit(server, tmp_path, **{name: value})
    assert server.requests == []


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_each_format_is_sent_under_its_own_type(tmp_path, server, kind):
    submit(server, tmp_path, image=picture(tmp_path / "own", kind=kind))
    assert server.complaints == []


@pytest.mark.parametrize("size", [(64, 64), (512, 512), (6000, 4000), (300, 900), (900, 300), (30, 3000)])
def test_pictures_of_every_size_are_prepared_to_what_is_taken(tmp_path, server, size):
    Image.linear_gradient("L").resize(size).save(tmp_path / "a.png")
    submit(server, tmp_path, image=prepare(tmp_path / "a.png", SPAR.image, folder=tmp_path / "job"))
    assert server.complaints == []


def test_a_picture_of_noise_stays_within_ten_mebibytes(tmp_path, server):
    Image.merge("RGBA", [Image.effect_noise((1650, 1650), 99) for _ in range(4)]).save(tmp_path / "a.png")
    image = prepare(tmp_path / "a.png", SPAR.image, folder=tmp_path / "job")
    submit(server, tmp_path, image=image)
    assert server.complaints == []
    assert len(server.requests[0].body) <= 10 << 20


def test_the_service_of_the_documents_takes_64_pixels_and_the_live_one_says_640(tmp_path, server):
    small = picture(tmp_path / "own", size=(512, 512))
    with pytest.raises(errors.RequestRefused, match="must be at least 640"):
        submit(server, tmp_path, image=small)
    assert server.complaints.pop() == "image: Image width and height must be at least 640"
    with StabilityServer(min_side=64) as documented:
        submit(documented, tmp_path, image=small)
        assert documented.complaints == []


KINDS = {
    "bad_request": errors.RequestRefused,
    "unauthorized": errors.AuthError,
    "payment_required": errors.CreditsError,
    "content_moderation": errors.ModerationError,
    "forbidden": errors.PlanError,
    "not_found": errors.NotFound,
    "payload_too_large": errors.TooLarge,
    "public_figure": errors.RequestRefused,
    "rate_limited": errors.RateLimited,
    "internal_error": errors.ServerError,
}


@pytest.mark.parametrize("scene", ERRORS)
def test_each_error_is_told_in_the_words_of_the_service_and_costs_nothing(tmp_path, server, scene):
    server.play(scene)
    with pytest.raises(errors.ProviderError) as caught:
        submit(server, tmp_path)
    status, _name, words = ERRORS[scene]
    assert type(caught.value) is KINDS[scene]
    assert caught.value.status == status
    assert words in str(caught.value)
    assert len(server.requests) == 1
    assert server.credits == 412.5


@pytest.mark.parametrize(("scene", "wait"), [("rate_limited", 60), ("rate_limited_told", 7)])
def test_too_many_requests_wait_as_told_or_a_minute(tmp_path, server, scene, wait):
    server.play(scene)
    with pytest.raises(errors.RateLimited) as caught:
        submit(server, tmp_path)
    assert caught.value.wait == wait


def test_a_wrong_key_is_an_auth_error(tmp_path, server):
    with pytest.raises(errors.AuthError, match="missing or invalid"):
        submit(server, tmp_path, key="sk-wrong-key")


def test_a_key_in_the_words_of_the_service_is_masked(tmp_path, server, caplog):
    caplog.set_level(logging.DEBUG)
    server.play("echo_key")
    with pytest.raises(errors.RequestRefused, match=r"Bearer \*\*\*") as caught:
        submit(server, tmp_path)
    assert KEY not in str(caught.value) + caught.value.said + caplog.text


@pytest.mark.parametrize(
    ("scene", "kind", "words"),
    [
        ("filtered", errors.ModerationError, "held it back"),
        ("html", errors.BadResult, "a web page"),
        ("words", errors.BadResult, "no model today"),
        ("empty", errors.BadResult, "nothing in it"),
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


def test_words_instead_of_a_model_show_no_signed_query(tmp_path):
    with PlainServer() as plain:
        plain.on(SPAR3D, Reply.of_json({"later": "https://store.invalid/m.glb?X-Amz-Signature=5164"}))
        with pytest.raises(errors.BadResult, match="https://store.invalid/m.glb") as caught:
            submit(plain, tmp_path)
    assert "5164" not in str(caught.value)


def test_a_model_in_json_is_tolerated_and_never_asked_for(tmp_path, server):
    server.play("success_json")
    model = submit(server, tmp_path)
    assert model.path.read_bytes() == glb()
    assert kind_of(model.path) == "glb"
    assert server.requests[0].headers["accept"] == "*/*"


def test_balance_and_key_test_cost_nothing(tmp_path, server):
    with asking(server.url, tmp_path, provider=SPAR) as api:
        balance = SPAR.balance(api)
        assert (balance.amount, balance.unit) == (412.5, "credits")
        assert "artist@example.com" in SPAR.check_key(api)
    assert server.credits == 412.5
    with asking(server.url, tmp_path, provider=SPAR, key="sk-wrong-key") as api, pytest.raises(errors.AuthError):
        SPAR.check_key(api)


def drive(server, tmp_path, *, provider=SPAR, job=None, again=False):
    """Run a job through the engine; return its id, its error and the file."""
    Image.linear_gradient("L").save(tmp_path / "chair.png")
    chosen = settings(tmp_path / "home", base_urls={"STABILITY": server.url}, keys={"STABILITY_API_KEY": KEY})
    found, path = None, None
    with closing(Engine(chosen, {"stability_spar3d": provider})) as engine:
        try:
            for event in engine.drive(job or Order(provider=provider.name, image=tmp_path / "chair.png"), again=again):
                job, path = event.job, event.path or path
        except errors.Img3dError as error:
            found = error
        state = engine.job(job).state
    for file in (tmp_path / "home").rglob("*"):
        assert file.is_dir() or KEY.encode() not in file.read_bytes(), file
    return job, state, found, path


def test_the_engine_delivers_the_model(tmp_path, server):
    _job, state, error, path = drive(server, tmp_path)
    assert error is None
    assert state == "ready"
    assert path.read_bytes() == glb()
    assert server.complaints == []
    assert len(server.seen("POST", SPAR3D)) == 1


@pytest.mark.parametrize("scene", ["reset", "cut", "bad_gateway", "hold"])
def test_a_lost_answer_is_uncertain_and_only_the_users_word_repeats_it(tmp_path, server, scene):
    server.play(scene, "success")
    job, state, error, _path = drive(server, tmp_path, provider=Hasty())
    assert isinstance(error, errors.Uncertain)
    assert state == "uncertain"
    _job, state, error, _path = drive(server, tmp_path, job=job)
    assert state == "uncertain"
    assert len(server.seen("POST", SPAR3D)) == 1, "not repeated by itself"
    _job, state, error, path = drive(server, tmp_path, job=job, again=True)
    assert (state, error) == ("ready", None)
    assert path.read_bytes() == glb()
    assert len(server.seen("POST", SPAR3D)) == 2


@pytest.mark.parametrize("scene", ["truncated", "html", "empty"])
def test_half_a_model_is_a_bad_result(tmp_path, server, scene):
    server.play(scene)
    _job, state, error, path = drive(server, tmp_path)
    assert isinstance(error, errors.BadResult)
    assert state == "failed"
    assert path is None
    assert len(server.seen("POST", SPAR3D)) == 1


def test_the_service_runs_as_a_program(tmp_path):
    """As window and kill tests start it."""
    record = tmp_path / "record.jsonl"
    command = [sys.executable, "-m", "tests.servers.stability", "--scene", "internal_error", "--scene", "success"]
    root = Path(__file__).parent.parent.parent
    with subprocess.Popen([*command, "--record", str(record)], stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            url = process.stdout.readline().strip()
            with asking(url, tmp_path, provider=SPAR) as api:
                with pytest.raises(errors.ServerError):
                    SPAR.submit(api, picture(tmp_path / "own"), check_all(SPAR.params, {}))
                assert SPAR.submit(api, picture(tmp_path / "own"), check_all(SPAR.params, {})).path
        finally:
            process.terminate()
    assert record.read_text().count(SPAR3D) == 2


@pytest.mark.parametrize("seed", ["²", "9" * 40, "9" * 5000, "-1", "1.5", "none"])
def test_a_model_counts_whatever_stands_in_the_header_of_the_seed(tmp_path, seed):
    headers = {"Content-Type": "model/gltf-binary", "seed": seed.encode().decode("latin-1")}
    with PlainServer() as plain:
        plain.on(SPAR3D, Reply(200, glb(), headers))
        assert submit(plain, tmp_path, seed=7).seed == 7


@pytest.mark.parametrize(
    "body", [b'{"credits": NaN}', b'{"credits": null}', b'{"credits": "many"}', b"[]", b"[" * 9999]
)
def test_a_balance_that_is_none_is_not_understood(tmp_path, body):
    with PlainServer() as plain:
        plain.on("/v1/user/balance", Reply(200, body, {"Content-Type": "application/json"}))
        chosen = settings(tmp_path, base_urls={"STABILITY": plain.url}, keys={"STABILITY_API_KEY": KEY})
        with (
            closing(Engine(chosen, {SPAR.name: SPAR})) as engine,
            pytest.raises(errors.BadResult, match="not understood"),
        ):
            engine.balance(SPAR.name)


def test_words_instead_of_a_model_are_shown_on_one_line_without_the_key(tmp_path):
    with PlainServer() as plain:
        plain.on(SPAR3D, Reply(200, f"a\x1b[2J {KEY}\nb".encode(), {"Content-Type": "text/plain"}))
        with pytest.raises(errors.BadResult, match=r"“a \[2J \*\*\* b”"):
            submit(plain, tmp_path)
