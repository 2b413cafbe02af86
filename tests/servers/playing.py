# SPDX-License-Identifier: GPL-3.0-or-later
"""Drive a provider as the core does, without its waits and repeats: every step of it is to be seen."""

import inspect
import json
from contextlib import contextmanager
from dataclasses import asdict, replace

from img3d_addon.core.params import check_all
from img3d_addon.core.values import Model, Picture, Running, Task

from .asking import asking, leaks_of, picture
from .base import VendorServer
from .exchanges import ExchangeServer

POLLS = 50


class OneAnswer(VendorServer):
    """Gives the same answer to everything."""

    name = "one answer"
    scenes = ("success",)

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def reply(self, request):
        return self.answer


def checked(provider, given=None):
    """Return the parameters of an order."""
    params = check_all(provider.params, given or {})
    provider.check(params)
    return params


def uploaded(provider, api, given):
    """Return the picture as it goes into the submit."""
    if not provider.has_upload:
        return given
    state, task = provider.upload(api, given), None
    for _ in range(POLLS):
        if isinstance(state, str):
            assert state
            return replace(given, remote=state)
        task = state if isinstance(state, Task) else task
        assert isinstance(task, Task)
        assert isinstance(state, Task | Running), f"{provider.name} answered {state!r}"
        state = provider.poll_upload(api, task)
    raise AssertionError(f"the upload does not end after {POLLS} polls")


def submitted(provider, api, *, picture: Picture, params=None):
    """Return what a submit ends with; its reports on the way are judged."""
    state = provider.submit(api, picture, checked(provider, params))
    while inspect.isgenerator(state):
        try:
            assert isinstance(next(state), Running)
        except StopIteration as end:
            state = end.value
    return state


def journalled(provider, task):
    """Return the task as it comes out of the journal."""
    text = json.dumps(asdict(task))
    assert not [leak for leak in leaks_of(provider) if leak in text], "a key in a task"
    assert task.id, f"{provider.name} answered with a task that has no id"
    assert isinstance(task.id, str), f"{provider.name} answered with {task.id!r} as an id"
    assert 0 <= task.wait <= provider.deadline
    return Task(**json.loads(text))


def outcome(provider, api, *, folder, params=None, states=None):
    """Upload, submit, then poll to the end; `states` is given each state that there was."""
    states = [] if states is None else states
    ready = uploaded(provider, api, picture(folder))
    states.append(submitted(provider, api, picture=ready, params=params))
    task = None
    for _ in range(POLLS):
        state = states[-1]
        if isinstance(state, Model):
            return state
        if isinstance(state, Task):
            task = journalled(provider, state)
        assert isinstance(state, Task | Running), f"{provider.name} answered {state!r}"
        states.append(provider.poll(api, task))
    raise AssertionError(f"no end after {POLLS} polls")


@contextmanager
def playing(scene, folder, *, provider):
    """Yield the server of a written scene, and a client that asks it."""
    with (
        ExchangeServer(scene["talk"]) as server,
        asking(server.url, folder, provider=provider, account=scene.get("account")) as api,
    ):
        yield server, api


def called(scene, api, *, provider, folder, states=None):
    """Make the call of a written scene; "<url>" in the task of a cancel is the service."""
    call = scene.get("call", "job")
    params = checked(provider, scene.get("params"))
    if call == "job":
        return outcome(provider, api, folder=folder, params=scene.get("params"), states=states)
    if call == "estimate":
        shown = uploaded(provider, api, picture(folder)) if scene.get("picture") else None
        return provider.estimate(api, params, shown)
    if call == "cancel":
        task = json.loads(json.dumps(scene["task"]).replace("<url>", api.base_url))
        return provider.cancel(api, Task(**task))
    return getattr(provider, call)(api)
