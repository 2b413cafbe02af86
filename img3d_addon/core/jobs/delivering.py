# SPDX-License-Identifier: GPL-3.0-or-later
"""From a model that a service has ready to a whole file on disk. No bpy."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from ..errors import BadResult, NetworkError, ProviderError
from ..files.delivery import open_delivery
from ..http.download import fetch_beside
from ..values import Model, Running
from . import retry
from .steps import Delivered, Fetched, Means, Step

__all__ = ["CHARGED", "deliver"]

CHARGED = "It may have been charged: look at your account on the service's web page."


def deliver(means: Means, deadline: retry.Deadline, model: Model, *, tries: int) -> Generator[Step]:
    """Yield the model, its download and the finished file; broken transfers are fetched again, in `tries` at most."""
    if model.path is None and not model.urls:
        raise BadResult(f"{means.provider.label} answered with success, but without a model")
    yield Delivered(model)
    attempt = 0
    while True:
        try:
            file = yield from _file(means, model)
            path, kind = open_delivery(file, label=means.provider.label)
        except ProviderError as error:
            if model.path is not None and not means.provider.repeatable:
                raise BadResult(error.message, provider=error.provider, advice=CHARGED) from error
            broken = isinstance(error, BadResult) or (isinstance(error, NetworkError) and error.sent)
            if model.path is not None or not (broken or error.retry):
                raise
            if broken and attempt + 1 >= tries:
                raise BadResult(error.message, provider=error.provider, status=error.status) from error
            wait = retry.backoff(error, attempt=attempt, jitter=means.jitter)
            attempt += 1
            yield Running(message=retry.again(error, wait))
            means.sleep(deadline.clip(wait, label=means.provider.label, last=error))
        else:
            yield Fetched(path, kind, model, file)
            return


def _file(means: Means, model: Model) -> Generator[Step, None, Path]:
    if model.path is not None:
        return model.path
    if not model.beside:
        return (yield from means.fetch(model.urls, api=means.api, folder=means.folder))
    folder = means.folder / "delivered"  # names that the service chose, away from the job's own files
    file = yield from means.fetch(model.urls, api=means.api, folder=folder)
    yield from fetch_beside(model.beside, api=means.api, folder=folder)
    return file
