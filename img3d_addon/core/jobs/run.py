# SPDX-License-Identifier: GPL-3.0-or-later
"""One job from the submit to the file, as one generator of steps. No bpy.

It knows nothing of the journal: its caller writes down each step before it asks for the next one, so that at
any moment the journal says what may have happened. A submit is never repeated when it may have been taken.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from ..errors import (
    AuthError,
    BadResult,
    CreditsError,
    Img3dError,
    ModerationError,
    NetworkError,
    NotFound,
    OutputError,
    PlanError,
    ProviderError,
    RateLimited,
    ServerError,
    TaskFailed,
    Uncertain,
)
from ..values import Model, Picture, Running, Task
from . import retry
from .delivering import CHARGED, deliver
from .misread import one_of, understood
from .steps import Held, Means, Step, Submitted, Submitting
from .uploading import uploaded

__all__ = ["run"]

FETCH_TRIES = 5
POLL_MISREADS = 3  # a page of a proxy, say, may stand between two good answers
FRESH_TRIES = 3  # addresses of one model
FRESH_FETCH_TRIES = 2  # of each that was asked for anew
EXPIRED = (NotFound, AuthError, PlanError, BadResult)  # how stores speak of an address that is over
RESUME = "Resuming the job asks again and is not paid twice; a new submit is paid by itself."
NOWHERE = "Nothing was submitted; check the base URL in the preferences, or choose another provider."
GATEWAYS = (502, 504, *range(520, 528))  # spoken by a gateway, which does not know what the service did


def run(
    means: Means,
    *,
    picture: Picture | None = None,
    params: Mapping[str, Any] | None = None,
    task: Task | None = None,
    model: Model | None = None,
) -> Generator[Step]:
    """Yield the steps to the model; begin at `model` or `task` where one is known, else submit `picture`.

    Raises `Uncertain` when a submit was lost, `TimedOut` at the provider's deadline, other `Img3dError`s.
    """
    deadline = retry.Deadline.after(means.provider.deadline, clock=means.clock)
    first_poll = 0.0
    if model is None and task is None:
        if picture is None:
            raise ValueError("nothing to submit")
        picture = yield from uploaded(means, deadline, picture)
        state = yield from _submit(means, deadline, picture, params or {})
        task, model = (state, None) if isinstance(state, Task) else (None, state)
        first_poll = state.wait or means.provider.poll_every if isinstance(state, Task) else 0.0
    if task is not None and model is None:
        yield Submitted(task)
        task, model = yield from _wait(means, deadline, task, first=first_poll)
    if model is None:
        raise ValueError("neither task nor model")
    yield from _deliver_or_ask(means, deadline, task, model)


def _deliver_or_ask(means: Means, deadline: retry.Deadline, task: Task | None, model: Model) -> Generator[Step]:
    """Fetch the model; where its address is over, ask the service for a fresh one a few times."""
    for attempt in range(FRESH_TRIES):
        try:
            yield from deliver(means, deadline, model, tries=FRESH_FETCH_TRIES if attempt else FETCH_TRIES)
        except EXPIRED as error:
            if task is None or attempt == FRESH_TRIES - 1:
                raise
            before = model
            first = retry.backoff(error, attempt=attempt, jitter=means.jitter) if attempt else 0.0
            task, model = yield from _wait(means, deadline, task, first=first)
            if isinstance(error, BadResult) and model.urls == before.urls:
                raise
        else:
            return


def _submit(
    means: Means, deadline: retry.Deadline, picture: Picture, params: Mapping[str, Any]
) -> Generator[Step, None, Task | Model]:
    attempt = 0
    while True:
        yield Submitting()
        try:
            return (yield from _submit_once(means, picture, params))
        except (ProviderError, OutputError) as error:
            wait = None
            if isinstance(error, ProviderError):
                wait = retry.submit_wait(error, attempt=attempt, jitter=means.jitter)
            if wait is None or not deadline.allows(wait):
                raise _after_submit(means, error, wait=wait) from error
            reason = error
        attempt += 1
        yield Held(wait, retry.again(reason, wait))
        means.sleep(wait)


def _submit_once(means: Means, picture: Picture, params: Mapping[str, Any]) -> Generator[Step, None, Task | Model]:
    with understood(means.provider):
        state = means.provider.submit(means.api, picture, params)
        if isinstance(state, Generator):
            state = yield from state
        return one_of(state, Task, Model)


def _after_submit(means: Means, error: ProviderError | OutputError, *, wait: float | None) -> Img3dError:
    """Return what the user must know when a submit failed: whether it may have been taken."""
    provider = means.provider
    if wait is not None and isinstance(error, RateLimited):
        error.advice = f"It wants {retry.in_words(error.wait or wait)} to pass first; submit it again after that."
        return error
    if isinstance(error, NotFound) and error.advice == NotFound.advice:
        error.advice = NOWHERE
    if provider.repeatable:
        return error
    if isinstance(error, BadResult):
        return BadResult(error.message, provider=provider.label, status=error.status, advice=CHARGED)
    lost = isinstance(error, NetworkError) and getattr(error, "sent", True)
    vague = isinstance(error, ServerError) and (error.status in GATEWAYS or not getattr(error, "said", ""))
    if lost or vague or isinstance(error, OutputError):
        return Uncertain(f"{provider.label} was asked, but its answer was lost ({retry.bare(error)})")
    return error


def _wait(
    means: Means, deadline: retry.Deadline, task: Task, *, first: float = 0.0
) -> Generator[Step, None, tuple[Task, Model]]:
    """Poll until the model is there; return the last stage's task with it."""
    provider = means.provider
    trouble: ProviderError | None = None
    attempt = misread = 0
    wait = retry.jittered(first, jitter=means.jitter)
    while True:
        means.sleep(deadline.clip(wait, label=provider.label, last=trouble))
        try:
            state = _poll_once(means, task)
        except ProviderError as error:
            misread = misread + 1 if isinstance(error, BadResult) else 0
            if not error.retry and not 0 < misread < POLL_MISREADS:
                _advise(error)
                raise
            wait = retry.backoff(error, attempt=attempt, jitter=means.jitter)
            trouble, attempt = error, attempt + 1
            yield Running(message=retry.again(error, wait))
            continue
        if isinstance(state, Model):
            return task, state
        if isinstance(state, Task):
            task = state
            yield Submitted(task)
        else:
            yield state
        trouble, attempt, misread = None, 0, 0
        wait = retry.jittered(provider.poll_every, jitter=means.jitter)


def _advise(error: ProviderError) -> None:
    """Say what a refused poll means: the task was taken before, so that a new submit is not free of charge."""
    if (error.status or 0) < 400 or isinstance(error, NotFound | TaskFailed | ModerationError):
        return
    advice = "Look at the job on the service's web page."
    if isinstance(error, AuthError):
        advice = error.advice
    elif isinstance(error, CreditsError | PlanError):
        advice = "Look at your account on the service's web page."
    error.advice = f"{advice} {RESUME}"


def _poll_once(means: Means, task: Task) -> Running | Model | Task:
    with understood(means.provider):
        return one_of(means.provider.poll(means.api, task), Running, Model, Task)
