# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done with a job that is taken up again, decided from what is known of it. No bpy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..errors import BadInput, BadResult, OutputError, Uncertain
from ..provider import Provider
from ..values import Model
from .job import DONE, Job

__all__ = ["lost_submit", "take_up"]


def take_up(job: Job, provider: Provider, *, again: bool = False, stray: Path | None = None) -> Job:
    """Return the job as the run shall begin it: delivered, with a model, with a task, or to be submitted.

    `again` is the user's word that a submit may be paid twice; `stray` is a whole answer found in the job's
    folder. Raises `Uncertain`, `BadInput` or `OutputError` with the reason when nothing can be done.
    """
    job = _with_what_is_left(job, stray)
    # an answer without address or task does not get better; where another one is free, it is asked for
    anew = provider.repeatable and (job.state, job.error_kind, job.task) == ("failed", BadResult.kind, None)
    if anew:
        job = replace(job, model=None)
    if job.state in DONE:
        return _of_done(job, provider)
    if job.model is not None or job.task is not None:
        return job
    if not (job.picture is not None and job.picture.path.is_file()) and not job.image.is_file():
        raise BadInput(
            f"Job {job.id} cannot be resumed: it was not submitted, and its picture {job.image} is gone",
            advice="Submit the picture again.",
        )
    never_sent = job.state == "failed" and not job.submits
    if job.state == "prepared" or never_sent or again or anew or (job.state == "submitting" and provider.repeatable):
        return job
    if job.state in ("submitting", "uncertain"):
        raise lost_submit(provider)
    raise BadInput(
        f"Job {job.id} has nothing to fetch: it is {job.state}" + (f" ({job.error})" if job.error else ""),
        advice="Submit it again (resume --submit-again on the command line), or submit the picture anew.",
    )


def lost_submit(provider: Provider) -> Uncertain:
    """Return the error for a submit that was interrupted before its answer was written down."""
    return Uncertain(f"The call to {provider.label} was interrupted before its answer came")


def _with_what_is_left(job: Job, stray: Path | None) -> Job:
    """Return the job without the files that are gone, and with the answer that nobody wrote down."""
    model = job.model
    if model is not None and model.path is not None and not model.path.is_file():
        model = replace(model, path=None) if model.urls else None
    if model is None and job.task is None and stray is not None:
        model = Model(path=stray)
    path = job.path if job.path is not None and job.path.is_file() else None
    return replace(job, model=model, path=path)


def _of_done(job: Job, provider: Provider) -> Job:
    if job.path is None and job.model is None and job.task is None:
        raise OutputError(
            f"The file of job {job.id} is gone from the library, and {provider.label} keeps none",
            advice="Submit the picture again.",
        )
    return job
