# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every provider, whoever wrote it: declarations, exchanges, errors, secrets."""

import inspect
import json
import keyword
import logging

import pytest

from img3d_addon import providers
from img3d_addon.core import errors
from img3d_addon.core.params import Choice, Secret, check_all
from img3d_addon.core.provider import Provider
from img3d_addon.core.values import Model, Running, Task
from tests.servers.asking import KEY, asking, picture
from tests.servers.base import HTML, Reply, VendorServer
from tests.servers.exchanges import FOLDER, ExchangeServer, scenes_of

PROVIDERS = providers.load()
HOSTED = {name: provider for name, provider in PROVIDERS.items() if provider.base_url}
RNA_OWNS = {"name", "rna_type", "bl_rna", "id_data", "bl_idname", "bl_label"}
MISREAD = (KeyError, IndexError, TypeError, AttributeError, ValueError)  # the core says "was not understood"
OPTIONAL = {"cancellable": "cancel", "has_balance": "balance"}
POLLS = 50

every = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=list(PROVIDERS))
every_hosted = pytest.mark.parametrize("provider", HOSTED.values(), ids=list(HOSTED))
every_scene = pytest.mark.parametrize(
    ("name", "scene"),
    [pytest.param(name, scene, id=f"{name}: {title}") for name in HOSTED for title, scene in scenes_of(name).items()],
)


class OneAnswer(VendorServer):
    """Gives the same answer to everything."""

    name = "one answer"
    scenes = ("success",)

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def reply(self, request):
        return self.answer


def own(provider, method):
    return getattr(type(provider), method) is not getattr(Provider, method)


def outcome(provider, api, *, folder, params=None):
    """Submit, then poll to the end; every task goes through JSON, as through the journal."""
    state = provider.submit(api, picture(folder), check_all(provider.params, params or {}))
    while inspect.isgenerator(state):
        try:
            assert isinstance(next(state), Running)
        except StopIteration as end:
            state = end.value
    for _ in range(POLLS):
        if isinstance(state, Task):
            task = Task(**json.loads(json.dumps({"id": state.id, "data": state.data})))
            assert KEY not in json.dumps(state.data) + state.id
        elif isinstance(state, Model):
            return state
        else:
            assert isinstance(state, Running), f"{provider.name} answered {state!r}"
        state = provider.poll(api, task)
    raise AssertionError(f"no end after {POLLS} polls")


@every
def test_it_says_who_it_is(provider):
    kind = type(provider)
    assert kind.__module__.split(".")[-1] == provider.name or provider.name in kind.__module__.split(".")
    assert provider.name.isidentifier()
    assert provider.name.islower()
    assert len(f"IMG3D_PG_{provider.name}") <= 64, "Blender refuses longer class names"
    assert provider.label
    assert provider.summary
    assert set(provider.image.formats) <= {"png", "jpeg", "webp"}


@every_hosted
def test_a_hosted_one_says_where_it_is(provider):
    for url in (provider.base_url, provider.docs, provider.key_page):
        assert url.startswith("https://") or (url.startswith("http://127.0.0.1") and not provider.account)
    assert not provider.base_url.endswith("/")
    assert provider.vendor.isupper()
    assert provider.vendor.isidentifier()
    assert any(isinstance(item, Secret) and item.env.isupper() for item in provider.account)
    assert own(provider, "check_key"), "a key must be testable"
    assert not provider.repeatable, "it costs money"


@every
def test_its_parameters_can_be_shown_and_named(provider):
    names = [param.name for param in provider.params]
    assert len(set(names)) == len(names)
    for param in provider.params:
        assert param.name.isidentifier()
        assert not keyword.iskeyword(param.name)
        assert param.name not in RNA_OWNS
        assert param.help
        assert param.range_text()
        assert param.check(param.default) == param.default
        assert type(param.check(param.default)) is type(param.default)
        assert param.parse(str(param.default)) == param.default, "as -o and as a saved preset"
        if isinstance(param, Choice):
            assert set(param.labels or {}) <= set(param.choices)
    assert any(not param.advanced for param in provider.params)
    assert json.loads(json.dumps(check_all(provider.params, {}))) == check_all(provider.params, {})


@every
def test_its_flags_and_its_methods_agree(provider):
    assert own(provider, "submit")
    assert own(provider, "poll") is not provider.sync
    for flag, method in OPTIONAL.items():
        assert own(provider, method) is getattr(provider, flag), (flag, method)
    flat = provider.estimate(None, check_all(provider.params, {}))
    if provider.has_estimate or flat:
        assert own(provider, "estimate")
    assert set(provider.formats) <= {"glb", "gltf", "obj", "stl", "ply", "fbx", "usdz", "zip"}
    assert provider.facing in ("-Y", "+Y", "+X", "-X")
    assert min(provider.poll_every, provider.deadline, provider.read_timeout) > 0


def test_there_is_one_file_of_exchanges_for_each_hosted_provider():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(HOSTED)


@every_scene
def test_an_exchange_goes_as_it_is_written(name, scene, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    provider = PROVIDERS[name]
    with ExchangeServer(scene["talk"]) as server, asking(server.url, tmp_path, provider=provider) as api:
        try:
            found = _call(scene.get("call", "job"), provider, api, tmp_path, scene)
        except errors.Img3dError as error:
            found = error
        assert server.complaints == []
        assert server.finished
    _compare(found, scene["ends"])
    assert KEY not in caplog.text
    assert KEY not in str(found)


def _call(call, provider, api, folder, scene):
    params = check_all(provider.params, scene.get("params", {}))
    if call == "job":
        return outcome(provider, api, folder=folder, params=scene.get("params"))
    if call == "estimate":
        return provider.estimate(api, params)
    if call == "cancel":
        return provider.cancel(api, Task(**scene["task"]))
    return getattr(provider, call)(api)


def _compare(found, ends):
    if "error" in ends:
        assert isinstance(found, errors.Img3dError), found
        assert found.kind == ends["error"], found
        assert ends["says"] in str(found)
        assert found.advice
    elif "model" in ends:
        assert isinstance(found, Model), found
        assert found.path is None or found.path.stat().st_size
        assert found.path or found.urls
        facts = {"cost": found.cost and found.cost.amount, "seed": found.seed, "urls": list(found.urls)}
        facts |= {"facts": dict(found.facts)}
        assert facts | ends["model"] == facts
    elif "text" in ends:
        assert ends["text"] in found
    else:
        assert found.amount == ends.get("balance", ends.get("price"))


@every_hosted
def test_its_file_of_exchanges_shows_success_and_failure(provider):
    ends = [scene["ends"] for scene in scenes_of(provider.name).values()]
    calls = [scene.get("call", "job") for scene in scenes_of(provider.name).values()]
    assert any("model" in end for end in ends)
    assert {end["error"] for end in ends if "error" in end} >= {"auth", "credits", "bad_request"}
    assert "check_key" in calls
    for flag, method in OPTIONAL.items():
        assert (method in calls) is getattr(provider, flag)


@every_hosted
@pytest.mark.parametrize(
    ("status", "kinds"),
    [
        (400, {"bad_request"}),
        (401, {"auth"}),
        (402, {"credits"}),
        (403, {"plan", "credits", "auth", "moderation"}),
        (404, {"not_found"}),
        (413, {"too_large"}),
        (422, {"bad_request"}),
        (429, {"rate_limit"}),
        (500, {"server"}),
        (503, {"server"}),
    ],
)
def test_each_status_has_its_error_with_the_words_of_the_service(provider, status, kinds, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    body = {"message": f"in its own words {KEY}", "name": "some_name"}
    with OneAnswer(Reply.of_json(body, status=status)) as server:
        with asking(server.url, tmp_path, provider=provider) as api, pytest.raises(errors.ProviderError) as caught:
            outcome(provider, api, folder=tmp_path)
        assert len(server.requests) == 1, "the provider itself repeats nothing"
    assert caught.value.kind in kinds
    assert caught.value.status == status
    assert "in its own words" in str(caught.value)
    assert caught.value.said
    assert KEY not in str(caught.value) + caplog.text


@every_hosted
def test_a_gateways_web_page_is_a_server_error_in_nobodys_words(provider, tmp_path):
    answer = Reply(502, HTML, {"Content-Type": "text/html"})
    with (
        OneAnswer(answer) as server,
        asking(server.url, tmp_path, provider=provider) as api,
        pytest.raises(errors.ServerError) as caught,
    ):
        outcome(provider, api, folder=tmp_path)
    assert caught.value.said == ""
    assert "<" not in str(caught.value)


@every_hosted
@pytest.mark.parametrize(
    "answer",
    [
        Reply(200, HTML, {"Content-Type": "text/html"}),
        Reply(200, b"", {"Content-Type": "application/json"}),
        Reply.of_json([]),
        Reply.of_json(None),
        Reply.of_json({"strange": 1}),
        Reply(200, b"{", {"Content-Type": "application/json"}),
    ],
    ids=["page", "empty", "list", "null", "object", "half"],
)
def test_a_success_without_a_model_is_not_understood(provider, answer, tmp_path):
    with (
        OneAnswer(answer) as server,
        asking(server.url, tmp_path, provider=provider) as api,
        pytest.raises((errors.BadResult, *MISREAD)),
    ):
        outcome(provider, api, folder=tmp_path)


@every_hosted
@pytest.mark.parametrize("silent", [False, True])
def test_a_lost_answer_is_said_to_be_possibly_taken(provider, silent, tmp_path):
    hasty = type("Hasty", (type(provider),), {"read_timeout": 0.3})()
    with OneAnswer(Reply(hold=silent, reset=not silent)) as server:
        with asking(server.url, tmp_path, provider=hasty) as api, pytest.raises(errors.NetworkError) as caught:
            outcome(hasty, api, folder=tmp_path)
        assert len(server.requests) == 1
    assert caught.value.sent is True


@every_hosted
def test_without_online_access_nothing_is_asked(provider, tmp_path):
    with OneAnswer(Reply.of_json({})) as server:
        with asking(server.url, tmp_path, provider=provider, online=False) as api, pytest.raises(errors.Offline):
            outcome(provider, api, folder=tmp_path)
        assert server.requests == []
