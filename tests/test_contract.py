# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every provider on the wire, whoever wrote it: exchanges, errors, secrets."""

import json
import logging
from dataclasses import replace

import pytest

from img3d_addon import providers
from img3d_addon.core import errors
from img3d_addon.core.params import Secret
from img3d_addon.core.values import Model, Running, Task
from tests.servers.asking import asking, keys_of, leaks_of, picture
from tests.servers.base import HTML, Reply
from tests.servers.exchanges import FOLDER, scenes_of
from tests.servers.playing import OneAnswer, called, checked, playing, submitted

PROVIDERS = providers.load()
HOSTED = {name: provider for name, provider in PROVIDERS.items() if provider.base_url}
MISREAD = (KeyError, IndexError, TypeError, AttributeError, ValueError)  # the core says "was not understood"
OPTIONAL = {"cancellable": "cancel", "has_balance": "balance"}
REMOTE = "https://pictures.invalid/input.png"  # what an upload may have returned

every_hosted = pytest.mark.parametrize("provider", HOSTED.values(), ids=list(HOSTED))
every_scene = pytest.mark.parametrize(
    ("name", "scene"),
    [pytest.param(name, scene, id=f"{name}: {title}") for name in HOSTED for title, scene in scenes_of(name).items()],
)
every_step = pytest.mark.parametrize(
    ("provider", "step"),
    [
        pytest.param(provider, step, id=f"{name}: {step}")
        for name, provider in HOSTED.items()
        for step in (("upload", "submit") if provider.has_upload else ("submit",))
    ],
)


def ask(step, *, provider, api, folder, params=None):
    """Make the first request of an upload or of a submit."""
    given = replace(picture(folder), remote=REMOTE if provider.has_upload and step == "submit" else "")
    if step == "upload":
        return provider.upload(api, given)
    return submitted(provider, api, picture=given, params=params)


def test_there_is_one_file_of_exchanges_for_each_hosted_provider():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(HOSTED)


@every_scene
def test_an_exchange_goes_as_it_is_written(name, scene, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    provider, states = PROVIDERS[name], []
    with playing(scene, tmp_path, provider=provider) as (server, api):
        try:
            found = called(scene, api, provider=provider, folder=tmp_path, states=states)
        except errors.Img3dError as error:
            found = error
        assert server.complaints == []
        assert server.finished
    _compare(found, scene["ends"])
    if _is_failed_task(scene) and any(isinstance(state, Task) for state in states):
        assert not found.retry, "a failed task would be asked for until the deadline"
    seen = caplog.text + str(found) + getattr(found, "said", "")
    assert [leak for leak in leaks_of(provider) if leak in seen] == []


def _is_failed_task(scene):
    """The service says, with success, that there will be no model."""
    return "error" in scene["ends"] and scene["talk"][-1].get("reply", {}).get("status", 200) < 300


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
    scenes = list(scenes_of(provider.name).values())
    calls = [scene.get("call", "job") for scene in scenes]
    ends = [scene["ends"] for scene in scenes]
    models = [scene for scene in scenes if "model" in scene["ends"]]
    assert any({"json", "form"} & set(turn["request"]) for scene in models for turn in scene["talk"]), (
        "all that is sent"
    )
    with_key = any(isinstance(item, Secret) for item in provider.account)
    kinds = {end["error"] for end in ends if "error" in end}
    assert kinds >= ({"auth", "credits", "bad_request"} if with_key else {"bad_request"})
    assert with_key or not kinds & {"auth", "credits", "plan"}
    assert with_key is any(leak in json.dumps(scene["talk"]) for leak in leaks_of(provider) for scene in scenes)
    assert provider.sync or any(map(_is_failed_task, scenes)), "a task that fails"
    assert "check_key" in calls
    for flag, method in OPTIONAL.items():
        assert (method in calls) is getattr(provider, flag)


@every_hosted
def test_a_price_is_known_or_asked_for_as_announced(provider, tmp_path):
    shown = [scene for scene in scenes_of(provider.name).values() if scene.get("call") == "estimate"]
    assert bool(shown) is bool(provider.has_estimate or provider.estimate(None, checked(provider)))
    assert any(scene["talk"] for scene in shown) is provider.has_estimate
    wants_picture = provider.has_estimate and all(scene.get("picture") for scene in shown if scene["talk"])
    with OneAnswer(Reply.of_json({})) as server, asking(server.url, tmp_path, provider=provider) as api:
        if wants_picture:
            with pytest.raises(errors.BadInput):
                provider.estimate(api, checked(provider))
        elif not provider.has_estimate:
            assert provider.estimate(api, checked(provider)) == provider.estimate(None, checked(provider))
        assert server.requests == []


@every_hosted
def test_progress_is_reported_as_announced(provider, tmp_path):
    seen = []
    for title, scene in scenes_of(provider.name).items():
        if "model" in scene["ends"]:
            with playing(scene, tmp_path / str(len(title)), provider=provider) as (_server, api):
                called(scene, api, provider=provider, folder=tmp_path, states=seen)
    told = [state for state in seen if isinstance(state, Running)]
    assert any(state.fraction is not None for state in told) is provider.reports_percent
    assert [state for state in told if not 0 <= (state.fraction or 0) <= 1] == []


@every_step
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
def test_each_status_has_its_error_with_the_words_of_the_service(provider, step, status, kinds, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    with OneAnswer(Reply.of_json(_echo(provider), status=status)) as server:
        with asking(server.url, tmp_path, provider=provider) as api, pytest.raises(errors.ProviderError) as caught:
            ask(step, provider=provider, api=api, folder=tmp_path)
        assert _repeated(server.requests, status=status) == []
    assert caught.value.kind in kinds
    assert caught.value.status == status
    assert "in its own words" in str(caught.value)
    assert caught.value.said
    seen = str(caught.value) + caught.value.said + caplog.text
    assert [leak for leak in leaks_of(provider) if leak in seen] == []


def _repeated(requests, *, status):
    """Return the requests too many: the provider repeats nothing, but may word once anew what was not readable."""
    first, *more = requests
    if status in (400, 422) and len(more) == 1 and more[0].json != first.json:
        return []
    return more


def _echo(provider):
    """Return a refusal in which the service repeats what it was sent."""
    with_headers = [text for text in provider.headers(_account(provider)).values() if text != "img3d"]
    words = " ".join(["in its own words", *keys_of(provider).values(), *with_headers])
    return {"message": words, "name": "some_name"}


def _account(provider):
    return {item.name: keys_of(provider).get(item.env, item.default) for item in provider.account}


@every_step
def test_a_gateways_web_page_is_a_server_error_in_nobodys_words(provider, step, tmp_path):
    answer = Reply(502, HTML, {"Content-Type": "text/html"})
    with (
        OneAnswer(answer) as server,
        asking(server.url, tmp_path, provider=provider) as api,
        pytest.raises(errors.ServerError) as caught,
    ):
        ask(step, provider=provider, api=api, folder=tmp_path)
    assert caught.value.said == ""
    assert "<" not in str(caught.value)


@every_step
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
def test_a_success_with_nothing_in_it_is_not_understood(provider, step, answer, tmp_path):
    with (
        OneAnswer(answer) as server,
        asking(server.url, tmp_path, provider=provider) as api,
        pytest.raises((errors.BadResult, *MISREAD)),
    ):
        ask(step, provider=provider, api=api, folder=tmp_path)


@every_step
@pytest.mark.parametrize("silent", [False, True])
def test_a_lost_answer_is_said_to_be_possibly_taken(provider, step, silent, tmp_path):
    hasty = type("Hasty", (type(provider),), {"read_timeout": 0.3})()
    with OneAnswer(Reply(hold=silent, reset=not silent)) as server:
        with asking(server.url, tmp_path, provider=hasty) as api, pytest.raises(errors.NetworkError) as caught:
            ask(step, provider=hasty, api=api, folder=tmp_path)
        assert len(server.requests) == 1
    assert caught.value.sent is True


@every_step
def test_without_online_access_nothing_is_asked(provider, step, tmp_path):
    with OneAnswer(Reply.of_json({})) as server:
        with asking(server.url, tmp_path, provider=provider, online=False) as api, pytest.raises(errors.Offline):
            ask(step, provider=provider, api=api, folder=tmp_path)
        assert server.requests == []


@every_hosted
def test_a_parameter_whose_condition_is_not_met_is_not_sent(provider, tmp_path):
    there = checked(provider)
    absent = [param.name for param in provider.params if param.name not in there]
    with OneAnswer(Reply.of_json({}, status=400)) as server:
        with asking(server.url, tmp_path, provider=provider) as api, pytest.raises(errors.ProviderError):
            ask("submit", provider=provider, api=api, folder=tmp_path)
        sent = b"".join(request.body for request in server.requests)
    assert [name for name in absent if f'"{name}"'.encode() in sent or f"--{name} ".encode() in sent] == []
