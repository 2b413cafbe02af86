# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture's way to a service that wants it before the job; it costs nothing and may be repeated. No bpy."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from ..errors import BadResult, ProviderError
from ..files.apart import prepare
from ..http.api import Api
from ..provider import Provider
from ..values import Picture, Running, Task
from . import retry
from .misread import one_of, understood
from .steps import Means, Uploading

__all__ = ["sent", "uploaded"]

T = TypeVar("T")

TRIES = 5
PATIENCE = 120.0  # seconds that a question may take
FREE = "Nothing was submitted yet, and nothing is charged; try again later."


def uploaded(means: Means, deadline: retry.Deadline, picture: Picture) -> Generator[Uploading, None, Picture]:
    """Return the picture with what the service calls it, or as it is where the submit takes it along."""
    provider = means.provider
    if not provider.has_upload:
        return picture
    yield Uploading()
    state = yield from _persist(means, deadline, lambda: one_of(provider.upload(means.api, picture), str, Task))
    if isinstance(state, Task):
        state = yield from _taken_in(means, deadline, state)
    return replace(picture, remote=state)


def sent(provider: Provider, api: Api, image: Path, folder: Path) -> Picture:
    """Prepare the user's picture in `folder` and bring it to the service, for a question about it."""
    picture = prepare(image, provider.image, folder=folder, check=lambda: api.wait(0))
    means = Means(provider=provider, api=api, folder=folder, sleep=api.wait)
    steps = uploaded(means, retry.Deadline.after(PATIENCE, clock=means.clock), picture)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def _taken_in(means: Means, deadline: retry.Deadline, task: Task) -> Generator[Uploading, None, str]:
    provider = means.provider
    wait = task.wait

    def ask() -> str | Running:
        return one_of(provider.poll_upload(means.api, task), str, Running)

    while True:
        means.sleep(deadline.clip(wait, label=provider.label))
        state = yield from _persist(means, deadline, ask)
        if not isinstance(state, Running):
            return state
        yield Uploading(state.message)
        wait = provider.poll_every


def _persist(means: Means, deadline: retry.Deadline, ask: Callable[[], T]) -> Generator[Uploading, None, T]:
    """Ask until there is an answer; trouble that may pass is waited out a few times."""
    attempt = 0
    while True:
        try:
            with understood(means.provider):
                return ask()
        except ProviderError as error:
            attempt += 1
            if isinstance(error, BadResult):
                error.advice = FREE  # there is no result yet that could be fetched again
            if not error.retry or attempt == TRIES:
                raise
            wait = retry.backoff(error, attempt=attempt - 1, jitter=means.jitter)
            yield Uploading(retry.again(error, wait))
            means.sleep(deadline.clip(wait, label=means.provider.label, last=error))
