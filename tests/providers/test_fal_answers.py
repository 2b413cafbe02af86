# SPDX-License-Identifier: GPL-3.0-or-later
"""fal.ai against a strict queue: states, shapes of results, refusals, prices, cancel."""

from contextlib import closing

import pytest

from img3d_addon.core import errors
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.values import Model, Running
from tests.servers.asking import KEY, asking, settings
from tests.servers.base import Reply
from tests.servers.fal import ERRORS, LOST, NAMED, POLICY, FalServer
from tests.servers.plain import PlainServer
from tests.servers.playing import checked

from .test_fal import FAL, RODIN, TRIPOSR, followed, submit


@pytest.fixture
def server():
    with FalServer() as running:
        yield running


def test_the_states_are_told_as_they_come(tmp_path, server):
    first, second, model = followed(server, tmp_path)
    assert first == Running(position=2)
    assert second == Running(message="Sampling 4/12")
    assert model.cost is None
    assert model.seed == 7
    assert model.facts["model"] == TRIPOSR
    statuses = [request for request in server.requests if request.path.endswith("/status")]
    assert {request.target.partition("?")[2] for request in statuses} == {"logs=1"}


@pytest.mark.parametrize("odd", [7, True, "words", {"a": 1}, [3, None], None, float("nan")])
def test_a_paid_task_is_kept_whatever_else_stands_in_its_answers(tmp_path, odd):
    at = f"/{TRIPOSR}/requests/r-1"
    with PlainServer() as plain:
        named = dict.fromkeys(("status_url", "response_url", "cancel_url", "queue_position", "status"), odd)
        plain.on(f"/{TRIPOSR}", Reply.of_json({"request_id": "r-1", **named}))
        plain.on(
            f"{at}/status",
            Reply.of_json({"status": "IN_QUEUE", "queue_position": odd}),
            Reply.of_json({"status": "IN_PROGRESS", "logs": odd}),
            Reply.of_json({"status": "COMPLETED", "metrics": odd}),
        )
        plain.on(
            at,
            Reply.of_json({"seed": odd, "model_urls": odd, "model_glb": odd, "mesh": {"url": "https://a.invalid/b"}}),
        )
        assert followed(plain, tmp_path)[-1].urls[-1] == "https://a.invalid/b"


def test_a_strange_status_word_is_still_at_work(tmp_path, server):
    server.play("unknown_status")
    assert isinstance(followed(server, tmp_path)[-1], Model)


@pytest.mark.parametrize("model", ["fal-ai/hyper3d/rodin/v2.5", "tripo3d/p1/image-to-3d"])
@pytest.mark.parametrize("scene", ["success", "no_urls"])
def test_the_sub_path_is_dropped_from_what_follows(tmp_path, server, model, scene):
    server.play(scene)
    followed(server, tmp_path, model=model)
    assert server.complaints == []
    app = "/".join(model.split("/")[:2])
    assert all(request.path.startswith(f"/{app}/requests/") for request in server.requests[1:])


def test_addresses_of_another_host_never_get_the_key(tmp_path):
    with PlainServer() as foreign, FalServer(foreign=foreign.url) as server:
        server.play("foreign_urls")
        assert isinstance(followed(server, tmp_path)[-1], Model)
        task = submit(server, tmp_path)
        with asking(server.url, tmp_path, provider=FAL) as api:
            assert "told to stop" in FAL.cancel(api, task)
        assert foreign.requests == []
        assert server.complaints == []


def test_the_seed_of_the_order_counts_where_the_answer_names_none(tmp_path, server):
    assert submit(server, tmp_path, model=RODIN, seed=5).data["seed"] == 5
    server.play("as_obj")
    assert followed(server, tmp_path, model=RODIN, seed=5)[-1].seed == 5


@pytest.mark.parametrize("scene", [*NAMED, "as_model_urls", "as_obj", "as_obj_urls", "as_zip"])
def test_the_model_is_found_in_every_shape_of_a_result(tmp_path, server, scene):
    server.play(scene)
    model = followed(server, tmp_path, model="fal-ai/trellis-2")[-1]
    (url,) = model.urls
    wanted = {"as_obj": "model.obj", "as_obj_urls": "model.obj", "as_zip": "out.zip"}.get(scene, "model.glb")
    assert url.partition("?")[0].endswith(f"/{wanted}")
    beside = {"as_obj": ["model.mtl", "texture.png"], "as_obj_urls": ["model.mtl"], "as_model_urls": []}
    assert list(model.beside) == beside.get(scene, [])


KINDS = {
    "bad_request": errors.RequestRefused,
    "unauthorized": errors.AuthError,
    "exhausted": errors.CreditsError,
    "forbidden": errors.PlanError,
    "not_found": errors.NotFound,
    "timeout": errors.ServerError,
    "conflict": errors.ServerError,
    "too_large": errors.TooLarge,
    "unprocessable": errors.RequestRefused,
    "policy": errors.ModerationError,
    "policy_header": errors.ModerationError,
    "concurrency": errors.RateLimited,
    "internal": errors.ServerError,
    "nameless": errors.ServerError,
}


@pytest.mark.parametrize("scene", ERRORS)
def test_each_refusal_of_a_submit_is_told_in_the_words_of_the_service(tmp_path, server, scene):
    server.play(scene)
    with pytest.raises(errors.ProviderError) as caught:
        submit(server, tmp_path)
    status, detail, kind = ERRORS[scene]
    words = f"image_url: {detail[0]['msg']}" if isinstance(detail, list) else detail or kind
    assert type(caught.value) is KINDS[scene]
    assert caught.value.status == status
    assert words in str(caught.value)
    assert caught.value.said == words
    assert len(server.requests) == 1


def test_too_many_requests_wait_as_told(tmp_path, server):
    server.play("concurrency_told")
    with pytest.raises(errors.RateLimited) as caught:
        submit(server, tmp_path)
    assert caught.value.wait == 7


def test_a_wrong_key_is_an_auth_error(tmp_path, server):
    with pytest.raises(errors.AuthError, match="Authentication is required"):
        submit(server, tmp_path, key="id:wrong")


@pytest.mark.parametrize(
    ("scene", "kind", "words"),
    [
        ("failed", errors.TaskFailed, LOST),
        ("failed_policy", errors.ModerationError, POLICY),
        ("result_unprocessable", errors.RequestRefused, "image_url: Failed to download the file"),
        ("result_internal", errors.TaskFailed, "Internal Server Error"),
        ("result_policy", errors.ModerationError, f"image_url: {POLICY}"),
        ("result_detail", errors.TaskFailed, LOST),
        ("result_nothing", errors.BadResult, "timings, remeshing_dir"),
    ],
)
def test_a_task_that_fails_is_not_asked_for_again(tmp_path, server, scene, kind, words):
    server.play(scene)
    with pytest.raises(errors.ProviderError) as caught:
        followed(server, tmp_path)
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert not caught.value.retry


def test_a_cancel_is_asked_for_with_the_key_and_said_honestly(tmp_path, server):
    task = submit(server, tmp_path, model=RODIN)
    with asking(server.url, tmp_path, provider=FAL) as api:
        assert "was told to stop" in FAL.cancel(api, task)
        assert server.cancelled == [task.id]
        assert server.complaints == []
        for _ in range(3):
            FAL.poll(api, task)
        assert "had finished it already" in FAL.cancel(api, task)
        server.tasks.clear()
        assert "does not know the request" in FAL.cancel(api, task)
    with asking(server.url, tmp_path, provider=FAL, key="wrong") as api, pytest.raises(errors.AuthError):
        FAL.cancel(api, task)


@pytest.mark.parametrize(
    ("entry", "amount", "unit", "usd"),
    [
        ({"unit_price": 0.07, "unit": "generations", "currency": "USD"}, 0.07, "USD", 0.07),
        ({"unit_price": "0.4", "unit": "request", "currency": "usd"}, 0.4, "USD", 0.4),
        ({"unit_price": 2, "unit": "models", "currency": "EUR"}, 2, "EUR", None),
        (
            {"unit_price": 0.00125, "unit": "compute seconds", "currency": "USD"},
            0.00125,
            "USD per compute seconds",
            None,
        ),
        ({"unit_price": 1, "unit": "units", "currency": "USD"}, 1, "USD per units", None),
    ],
)
def test_a_price_says_what_it_is_for(tmp_path, server, entry, amount, unit, usd):
    server.prices["fal-ai/pixal3d"] = {"endpoint_id": "fal-ai/pixal3d", **entry}
    with asking(server.url, tmp_path, provider=FAL) as api:
        price = FAL.estimate(api, checked(FAL, {"model": "fal-ai/pixal3d"}))
    assert (price.amount, price.unit, price.usd) == (amount, unit, usd)
    assert bool(price.note) is ("per" in unit)
    assert server.complaints == []


def test_a_model_that_is_not_in_the_price_list_has_no_price(tmp_path, server):
    server.prices.clear()
    with asking(server.url, tmp_path, provider=FAL) as api:
        assert FAL.estimate(api, checked(FAL)) is None
        assert "The key works" in FAL.check_key(api)
    assert FAL.estimate(None, checked(FAL)) is None


@pytest.mark.parametrize("body", [b"NaN", b"null", b'"much"', b"[]", b"true", b'{"amount": 3}'])
def test_a_balance_that_is_none_is_not_understood(tmp_path, body):
    with PlainServer() as plain:
        plain.on("/billing/user_balance", Reply(200, body, {"Content-Type": "application/json"}))
        chosen = settings(tmp_path, base_urls={"FAL": plain.url}, keys={"FAL_KEY": KEY})
        with closing(Engine(chosen, {"fal": FAL})) as engine, pytest.raises(errors.BadResult, match="not understood"):
            engine.balance("fal")


def test_key_test_price_and_balance_ask_for_no_model(tmp_path, server):
    with asking(server.url, tmp_path, provider=FAL) as api:
        assert str(FAL.balance(api)) == "24.5 USD"
        assert "0.07 USD" in FAL.check_key(api)
    assert server.tasks == {}
    with asking(server.url, tmp_path, provider=FAL, key="wrong") as api, pytest.raises(errors.AuthError):
        FAL.check_key(api)
