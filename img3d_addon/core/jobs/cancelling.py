# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cancel means for the bill, said honestly, and asking the service to stop. No bpy."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import Img3dError
from ..http.api import Api
from ..provider import Provider
from ..values import Task
from .job import Job
from .misread import understood

__all__ = ["ask_service", "meaning"]


def meaning(job: Job, provider: Provider) -> str:
    """Return one sentence for a job stopped in this state; nothing is asked."""
    label = provider.label
    if provider.repeatable:
        return "Cancelled; nothing is charged."
    if job.model is not None:
        return f"Stopped the download; {label} has made the model and charges it. Resume fetches it."
    if job.task is not None and provider.cancellable:
        return f"Stopped waiting; {label} is being asked to stop, and may still charge it."
    if job.task is not None:
        return f"Stopped waiting; {label} cannot be told to stop and may still charge it. Resume fetches the model."
    if job.state in ("submitting", "uncertain"):
        return f"Stopped waiting; {label} may have taken the request and may still charge it."
    return "Cancelled before anything was sent; nothing is charged."


def ask_service(job: Job, provider: Provider, *, connect: Callable[[], Api]) -> str:
    """Ask the service to stop the task where it can, and return what that means for the bill."""
    if job.task is None or job.model is not None or not provider.cancellable:
        return meaning(job, provider)
    try:
        return _asked(job.task, provider, connect())
    except Img3dError as error:
        reason = error.message.rstrip(".")
        return f"Stopped waiting; {provider.label} could not be asked to stop ({reason}) and may still charge it."


def _asked(task: Task, provider: Provider, api: Api) -> str:
    said = ""
    try:
        with understood(provider):
            said = provider.cancel(api, task)
    finally:
        api.close()
    return said
