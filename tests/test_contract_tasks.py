# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every provider whose tasks are polled, whoever wrote it: trouble that passes, unknown words."""

import json

import pytest

from img3d_addon import providers
from img3d_addon.core import errors
from img3d_addon.core.values import Running, Task
from tests.servers.asking import picture
from tests.servers.base import HTML, Reply
from tests.servers.exchanges import scenes_of
from tests.servers.playing import journalled, playing, submitted, uploaded

POLLED = {name: provider for name, provider in providers.load().items() if provider.base_url and not provider.sync}

every_polled = pytest.mark.parametrize("provider", POLLED.values(), ids=list(POLLED))


def started(provider, api, *, folder, params):
    """Return the task of a submit, as it comes out of the journal."""
    task = submitted(provider, api, picture=uploaded(provider, api, picture(folder)), params=params)
    assert isinstance(task, Task)
    return journalled(provider, task)


def a_polled_scene(provider):
    """Return a written job that is polled to its model."""
    return next(scene for scene in scenes_of(provider.name).values() if "model" in scene["ends"])


@every_polled
@pytest.mark.parametrize(
    ("status", "body", "retry"),
    [
        (429, {"message": "slow down"}, True),
        (500, {"message": "oops"}, True),
        (502, None, True),
        (503, {"message": "oops"}, True),
        (401, {"message": "bad key"}, False),
        (404, {"message": "no such task"}, False),
    ],
)
def test_trouble_at_a_poll_is_waited_out_where_it_may_pass(provider, status, body, retry, tmp_path):
    scene = a_polled_scene(provider)
    page = Reply(status, HTML, {"Content-Type": "text/html"})
    with playing(scene, tmp_path, provider=provider) as (server, api):
        task = started(provider, api, folder=tmp_path, params=scene.get("params"))
        server.instead = Reply.of_json(body, status=status, retry_after=7) if body else page
        with pytest.raises(errors.ProviderError) as caught:
            provider.poll(api, task)
    assert caught.value.retry is retry
    assert status != 429 or caught.value.wait == 7


@every_polled
def test_an_unknown_word_for_the_state_is_running(provider, tmp_path):
    scene = a_polled_scene(provider)
    with playing(scene, tmp_path, provider=provider) as (server, api):
        task = started(provider, api, folder=tmp_path, params=scene.get("params"))
        while not isinstance(state := provider.poll(api, task), Running):
            assert isinstance(state, Task), "the first written job with a model shows it running, too"
            task = journalled(provider, state)
        known = server.last["json"]
        assert json.dumps(_renamed(known)) != json.dumps(known), "a state is called status or state"
        server.instead = Reply.of_json(_renamed(known))
        assert isinstance(provider.poll(api, task), Running)


def _renamed(value):
    """Return an answer whose states have a name that nobody knows."""
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    if not isinstance(value, dict):
        return value
    states = {name for name, item in value.items() if name.lower() in ("status", "state") and isinstance(item, str)}
    return {name: "reticulating" if name in states else _renamed(item) for name, item in value.items()}
