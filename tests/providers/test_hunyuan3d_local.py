# SPDX-License-Identifier: GPL-3.0-or-later
"""A Hunyuan3D server of one's own, of either version, against a strict one that was written from the contract."""

import base64
import socket
from contextlib import closing

import pytest
from PIL import Image

from img3d_addon.core import errors
from img3d_addon.core.files.images import prepare
from img3d_addon.core.http.api import Api
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.params import check_all
from img3d_addon.core.values import Order
from img3d_addon.providers.hunyuan3d_local import Hunyuan3DLocal
from tests.servers.asking import asking, picture, settings
from tests.servers.base import Reply
from tests.servers.glb import glb
from tests.servers.hunyuan import HunyuanServer
from tests.servers.plain import PlainServer

LOCAL = Hunyuan3DLocal()
COMMON = [param for param in LOCAL.params if param.name not in ("remove_background", "num_chunks")]


class Hasty(Hunyuan3DLocal):
    name = "hunyuan3d_local"
    read_timeout = 0.3


@pytest.fixture(params=["2", "2.1"])
def server(request):
    with HunyuanServer(version=request.param) as running:
        yield running


@pytest.fixture
def newer():
    with HunyuanServer(version="2.1") as running:
        yield running


def submit(server, folder, *, provider=LOCAL, image=None, **params):
    with asking(server.url, folder, provider=provider) as api:
        return provider.submit(api, image or picture(folder / "own"), check_all(provider.params, params))


def test_the_answer_is_the_model_and_costs_nothing(tmp_path, server):
    model = submit(server, tmp_path, seed=7)
    assert server.complaints == []
    assert model.path.read_bytes() == glb()
    assert (model.seed, model.cost.amount, model.cost.usd) == (7, 0, 0)


def test_the_picture_is_raw_base64_and_the_defaults_suit_both_versions(tmp_path, server):
    image = picture(tmp_path / "own")
    submit(server, tmp_path, image=image)
    (request,) = server.requests
    body = request.json
    assert base64.b64decode(body.pop("image"), validate=True) == image.path.read_bytes()
    assert body == {
        "texture": False,
        "octree_resolution": 256,
        "num_inference_steps": 5,
        "seed": 1234,
        "guidance_scale": 5.0,
        "type": "glb",
    }
    assert "authorization" not in request.headers
    assert server.complaints == []


@pytest.mark.parametrize(("name", "values"), [(p.name, (p.min, p.max)) for p in COMMON if hasattr(p, "min")])
def test_the_ends_of_each_range_are_taken_by_both(tmp_path, server, name, values):
    for value in values:
        submit(server, tmp_path, **{"texture": True, name: value})
    assert server.complaints == []
    assert [request.json[name] for request in server.requests] == list(values)


def test_what_only_version_2_1_knows_is_sent_when_it_is_chosen(tmp_path, newer):
    submit(newer, tmp_path, remove_background=False, num_chunks=1000)
    submit(newer, tmp_path, num_chunks=20000)
    first, second = (request.json for request in newer.requests)
    assert (first["remove_background"], first["num_chunks"]) == (False, 1000)
    assert second["num_chunks"] == 20000
    assert "remove_background" not in second
    assert newer.complaints == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("octree_resolution", 63),
        ("octree_resolution", 513),
        ("num_inference_steps", 21),
        ("guidance_scale", 0),
        ("seed", -1),
        ("face_count", 40000),
        ("num_chunks", 10),
        ("type", "obj"),
    ],
)
def test_what_a_server_would_refuse_or_ignore_is_never_sent(tmp_path, newer, name, value):
    with pytest.raises(errors.BadInput, match=name):
        submit(newer, tmp_path, **{name: value})
    assert newer.requests == []


def test_version_2_started_without_textures_fails_and_is_quoted(tmp_path):
    with HunyuanServer(version="2", textures=False) as plain:
        with pytest.raises(errors.TaskFailed, match="HIGH TRAFFIC") as caught:
            submit(plain, tmp_path, texture=True)
        assert plain.complaints == []
    assert "window in which the server runs" in str(caught.value)


@pytest.mark.parametrize(
    ("scene", "kind", "words"),
    [
        ("failed", errors.TaskFailed, r"could not make the model: .*HIGH TRAFFIC.*404"),
        ("error", errors.ServerError, "CUDA out of memory"),
        ("html", errors.BadResult, "without a model"),
        ("words", errors.BadResult, "without a model"),
        ("empty", errors.BadResult, "without a model"),
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


def test_a_failed_generation_is_not_a_wrong_address(tmp_path, server):
    server.play("failed")
    with pytest.raises(errors.ServerError) as caught:
        submit(server, tmp_path)
    assert caught.value.retry is False
    with (
        asking(f"{server.url}/api", tmp_path, provider=LOCAL) as api,
        pytest.raises(errors.NotFound, match="Not Found"),
    ):
        LOCAL.submit(api, picture(tmp_path / "own"), check_all(LOCAL.params, {}))


def test_a_field_that_is_refused_is_named(tmp_path, newer):
    class Careless(Hunyuan3DLocal):
        params = tuple(param for param in Hunyuan3DLocal.params if param.name != "guidance_scale")

        def submit(self, api, picture, params):
            return super().submit(api, picture, {**params, "guidance_scale": 99.0})

    with pytest.raises(errors.RequestRefused, match="guidance_scale: Input should be"):
        submit(newer, tmp_path, provider=Careless())


@pytest.mark.parametrize("detail", [[], [5], [{"loc": 5, "msg": "odd"}], [{"loc": []}], {"loc": 1}, "in words", None])
def test_complaints_of_any_shape_are_a_refused_request(tmp_path, detail):
    with PlainServer() as plain:
        plain.on("/generate", Reply.of_json({"detail": detail}, status=422))
        with pytest.raises(errors.RequestRefused):
            submit(plain, tmp_path)


def test_where_nobody_listens_it_is_said_how_the_server_is_started(tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    chosen = settings(tmp_path, base_urls={"HUNYUAN3D": f"http://127.0.0.1:{port}"})
    with closing(Api(LOCAL, chosen, account={}, folder=tmp_path)) as api:
        for ask in (lambda: LOCAL.check_key(api), lambda: submit_with(api, tmp_path)):
            with pytest.raises(errors.NetworkError, match=r"refused the connection.*python api_server\.py") as caught:
                ask()
            assert caught.value.sent is False


def submit_with(api, folder):
    return LOCAL.submit(api, picture(folder / "own"), check_all(LOCAL.params, {}))


def test_the_test_says_which_version_answers(tmp_path):
    said = []
    for version in ("2", "2.1"):
        with HunyuanServer(version=version) as running, asking(running.url, tmp_path, provider=LOCAL) as api:
            said.append(LOCAL.check_key(api))
            assert [(request.method, request.path) for request in running.requests] == [("GET", "/health")]
            assert running.complaints == []
    assert "no test of its own, as version 2." in said[0]
    assert "version 2.1 answers" in said[1]
    assert "healthy" in said[1]


@pytest.mark.parametrize("size", [(30, 3000), (6000, 4000), (64, 64)])
def test_pictures_of_every_size_are_taken(tmp_path, server, size):
    Image.linear_gradient("L").resize(size).save(tmp_path / "a.png")
    submit(server, tmp_path, image=prepare(tmp_path / "a.png", LOCAL.image, folder=tmp_path / "job"))
    assert server.complaints == []


def drive(server, tmp_path, *, provider=LOCAL, job=None):
    """Run a job through the engine; return its id, state, error and file."""
    Image.linear_gradient("L").save(tmp_path / "chair.png")
    found, path = None, None
    chosen = settings(tmp_path / "home", base_urls={"HUNYUAN3D": server.url})
    with closing(Engine(chosen, {provider.name: provider})) as engine:
        try:
            for event in engine.drive(job or Order(provider=provider.name, image=tmp_path / "chair.png")):
                job, path = event.job, event.path or path
        except errors.Img3dError as error:
            found = error
        return job, engine.job(job).state, found, path


def test_the_engine_delivers_the_model_without_any_account(tmp_path, server):
    _job, state, error, path = drive(server, tmp_path)
    assert (state, error) == ("ready", None)
    assert path.read_bytes() == glb()
    assert len(server.requests) == 1
    assert server.complaints == []


@pytest.mark.parametrize("scene", ["hold", "reset", "cut", "bad_gateway"])
def test_a_lost_answer_is_no_worry_because_nothing_is_paid(tmp_path, server, scene):
    server.play(scene)
    _job, state, error, _path = drive(server, tmp_path, provider=Hasty())
    assert state == "failed"
    assert isinstance(error, errors.ProviderError)
    assert "charged" not in str(error)
    assert len(server.requests) == 1, "nor is the card made to work twice by itself"


@pytest.mark.parametrize("scene", ["truncated", "html", "empty"])
def test_half_a_model_is_a_bad_result(tmp_path, server, scene):
    server.play(scene)
    _job, state, error, path = drive(server, tmp_path)
    assert isinstance(error, errors.BadResult)
    assert "charged" not in str(error)
    assert (state, path) == ("failed", None)


def test_a_generation_may_take_a_quarter_of_an_hour():
    assert LOCAL.read_timeout == 900
    assert LOCAL.deadline > LOCAL.read_timeout


def test_the_strict_server_refuses_what_the_versions_do_not_document(tmp_path):
    """So that the tests above mean something."""
    image = base64.b64encode(picture(tmp_path).path.read_bytes()).decode()
    for version, body in [
        ("2", {"image": image, "num_chunks": 8000}),
        ("2.1", {"image": f"data:image/png;base64,{image}"}),
        ("2.1", {"image": image, "octree_resolution": 600}),
        ("2.1", {"image": image, "texture": "yes"}),
        ("2.1", {}),
    ]:
        with HunyuanServer(version=version) as strict, asking(strict.url, tmp_path, provider=LOCAL) as api:
            with pytest.raises(errors.ProviderError):
                api.post("/generate", json=body)
            assert strict.complaints
