# SPDX-License-Identifier: GPL-3.0-or-later
"""fal.ai against a strict queue that was written from the contract: every model, state, shape and refusal."""

import json
from contextlib import closing

import pytest
from PIL import Image

from img3d_addon.core import errors
from img3d_addon.core.files.images import prepare
from img3d_addon.core.jobs import retry
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.params import Bool, Choice, Float, Int, Text
from img3d_addon.core.values import Model, Order, Running, Task
from img3d_addon.providers.fal import Fal
from img3d_addon.providers.fal.models import ROWS
from img3d_addon.providers.fal.options import LEFT
from tests.servers.asking import KEY, asking, picture, settings
from tests.servers.base import Reply
from tests.servers.fal import ERRORS, LOST, NAMED, POLICY, POLLS, FalServer
from tests.servers.fal_models import MODELS
from tests.servers.glb import archive, glb, obj
from tests.servers.plain import PlainServer
from tests.servers.playing import checked

FAL = Fal()
TRIPOSR = "fal-ai/triposr"
RODIN = "fal-ai/hyper3d/rodin/v2"
TEXTS = {"bbox_condition": "100, 50,80"}
every_model = pytest.mark.parametrize("model", MODELS)


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


def submit(server, folder, *, key=KEY, image=None, **params):
    with asking(server.url, folder, provider=FAL, key=key) as api:
        return FAL.submit(api, image or picture(folder / "own"), checked(FAL, params))


def followed(server, folder, **params):
    """Submit and poll to the end; return all states."""
    with asking(server.url, folder, provider=FAL) as api:
        task = FAL.submit(api, picture(folder / "own"), checked(FAL, params))
        task = Task(**json.loads(json.dumps({"id": task.id, "data": task.data})))
        states = []
        while not (states and isinstance(states[-1], Model)):
            states.append(FAL.poll(api, task))
            assert len(states) < 9
        return states


def options_of(model):
    return [param for param in FAL.params if model in param.when.get("model", ())]


def ends_of(param, model):
    """Return values of an option at the ends of what the model takes."""
    allowed = ROWS[model].takes[param.name]
    match param:
        case Choice():
            return [choice for choice in param.choices if choice not in LEFT and choice in allowed]
        case Bool():
            return [True, False]
        case Int() | Float():
            low, high = getattr(allowed, "low", param.min), getattr(allowed, "high", param.max)
            return [type(param.default)(low if low != -1 else 0), type(param.default)(high)]
        case Text():
            return [TEXTS.get(param.name, "a red chair")]
    raise AssertionError(param)


def test_the_table_has_every_model_of_the_contract_with_its_options():
    assert set(ROWS) == set(MODELS)
    for model, (field, many, options) in MODELS.items():
        row = ROWS[model]
        assert (row.image, row.many) == (field, many)
        assert set(row.takes) == set(options), model
        assert {param.name for param in options_of(model)} == set(options)


@every_model
def test_each_model_is_asked_with_its_defaults(tmp_path, server, model):
    states = followed(server, tmp_path, model=model)
    assert server.complaints == []
    assert isinstance(states[-1], Model)
    (request,) = server.seen("POST", f"/{model}")
    field, many, options = MODELS[model]
    sent = request.json
    assert isinstance(sent.pop(field), list) is many
    assert set(sent) <= set(options)
    shown = checked(FAL, {"model": model})
    assert sent == {name: value for name, value in shown.items() if name != "model" and value not in LEFT}


@every_model
def test_each_model_is_asked_with_each_option_at_both_ends(tmp_path, server, model):
    ends = {param.name: ends_of(param, model) for param in options_of(model)}
    for end in (0, -1):
        given = {name: values[end] for name, values in ends.items()}
        if "quality_override" in given:
            given["quality_override"] = (500, 1_000_000)[end] if given["mesh_mode"] == "Raw" else (1000, 200_000)[end]
        submit(server, tmp_path, model=model, **given)
        sent = server.requests[-1].json
        assert set(sent) == {MODELS[model][0], *ends}, "all of them"
    assert server.complaints == []


@every_model
def test_each_choice_of_each_option_is_taken(tmp_path, server, model):
    for param in options_of(model):
        for value in ends_of(param, model) if isinstance(param, Choice) else ():
            submit(server, tmp_path, model=model, **{param.name: value})
    assert server.complaints == []


@pytest.mark.parametrize(
    ("model", "name", "value", "words"),
    [
        ("tripo3d/p1/image-to-3d", "face_limit", 20_001, "Tripo P1"),
        ("tripo3d/h3.1/image-to-3d", "face_limit", 999, "from 1000 to 2000000"),
        ("fal-ai/pixal3d", "resolution", 512, "one of 1024, 1536"),
        ("fal-ai/pixal3d", "max_num_tokens", 4095, "from 4096"),
        ("fal-ai/pixal3d", "shape_slat_rescale_t", 0.5, "from 1 to 6"),
        ("fal-ai/pixal3d", "shape_slat_guidance_strength", -0.5, "from 0 to 10"),
        ("fal-ai/hunyuan-3d/v3.1/pro/image-to-3d", "face_count", 39_999, "from 40000 to 1500000"),
        ("fal-ai/hyper3d/rodin", "seed", 65_536, "from 0 to 65535"),
        ("fal-ai/hyper3d/rodin", "tier", "Gen-2.5-Low", "one of Regular"),
        ("fal-ai/hyper3d/rodin/v2.5", "tier", "Sketch", "Gen-2.5-Extreme-Low"),
        (RODIN, "quality_override", 499, "from 500"),
        (RODIN, "bbox_condition", "100,50", "three whole numbers"),
        (RODIN, "bbox_condition", "1,0,2", "three whole numbers"),
        (TRIPOSR, "mc_resolution", 2000, "from 32 to 1024"),
        (TRIPOSR, "seed", 7, "only with model"),
        ("fal-ai/bytedance/seed3d/image-to-3d", "texture", "true", "only with model"),
        ("fal-ai/hunyuan-3d/v3.1/pro/image-to-3d", "enable_pbr", True, "only with model"),
        (TRIPOSR, "generate_pbr", True, "no parameter"),
    ],
)
def test_what_a_model_does_not_take_is_never_sent(tmp_path, server, model, name, value, words):
    with pytest.raises(errors.BadInput, match=name) as caught:
        submit(server, tmp_path, model=model, **{name: value})
    assert words in str(caught.value)
    assert server.requests == []


@pytest.mark.parametrize("faces", [999, 200_001])
def test_quads_of_rodin_have_a_range_of_their_own(tmp_path, server, faces):
    with pytest.raises(errors.BadInput, match="with quads"):
        submit(server, tmp_path, model=RODIN, mesh_mode="Quad", quality_override=faces)
    submit(server, tmp_path, model=RODIN, mesh_mode="Raw", quality_override=faces)
    assert server.complaints == []


@pytest.mark.parametrize(("given", "sent"), [(True, True), (False, False), ("true", True), ("default", None)])
def test_a_switch_is_yes_no_or_left_to_the_model(tmp_path, server, given, sent):
    submit(server, tmp_path, model="tripo3d/p1/image-to-3d", quad=given)
    assert server.requests[0].json.get("quad") is sent


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_each_format_is_sent_under_its_own_type(tmp_path, server, kind):
    submit(server, tmp_path, image=picture(tmp_path / "own", kind=kind))
    assert server.requests[0].json["image_url"].startswith(f"data:image/{kind};base64,")
    assert server.complaints == []


@pytest.mark.parametrize("size", [(64, 64), (6000, 4000), (3000, 1000), (1000, 3000)])
def test_pictures_of_every_size_are_prepared_to_what_is_taken(tmp_path, server, size):
    Image.effect_noise(size, 99).convert("RGB").save(tmp_path / "a.bmp")
    image = prepare(tmp_path / "a.bmp", FAL.image, folder=tmp_path / "job")
    submit(server, tmp_path, image=image)
    assert server.complaints == []
    assert max(image.width, image.height) <= 2048
    assert 0.4 <= image.width / image.height <= 2.5


def test_the_states_are_told_as_they_come(tmp_path, server):
    first, second, model = followed(server, tmp_path)
    assert first == Running(position=2)
    assert second == Running(message="Sampling 4/12")
    assert model.cost is None
    assert model.seed == 7
    assert model.facts["model"] == TRIPOSR
    statuses = [request for request in server.requests if request.path.endswith("/status")]
    assert {request.target.partition("?")[2] for request in statuses} == {"logs=1"}


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
