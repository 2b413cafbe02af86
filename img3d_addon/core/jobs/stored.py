# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs that nobody works on: what they are shown as, and taking them up from the journal. No bpy."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from ..files.delivery import stray_answer
from ..provider import Provider
from .aside import found_aside
from .checks import provider_named
from .job import Job
from .journal import Journal
from .library import Library
from .resuming import lost_submit, take_up

__all__ = ["StoredJobs"]

IN_DOUBT = ("submitting", "uncertain")


class StoredJobs:
    """The journal's side of resume and cancel."""

    def __init__(self, journal: Journal, library: Library, providers: Mapping[str, Provider]) -> None:
        self._journal = journal
        self._library = library
        self._providers = providers

    def seen(self, job: Job) -> Job:
        """Return a job as it is to be shown: nobody waits for the answer to the submit of a dead process."""
        provider = self._providers.get(job.provider)
        if job.state in IN_DOUBT and not job.owner_alive:
            job = self._with_aside(job)
        if job.state != "submitting" or job.owner_alive or provider is None or provider.repeatable:
            return job
        error = lost_submit(provider)
        return replace(job, state="uncertain", error_kind=error.kind, error=str(error))

    @contextmanager
    def claimed(self, job_id: str, *, known: Job | None = None) -> Generator[tuple[Job, Provider]]:
        """Claim a job for the block and after it; it is released when the block fails.

        `known` is what this process remembers of the job: a task or model that was paid for while the disk failed.
        """
        job = self._journal.claim(job_id)
        try:
            provider = provider_named(job.provider, self._providers)
            if known is not None and (job.task, job.model) == (None, None) != (known.task, known.model):
                job = self._journal.note(job_id, task=known.task, model=known.model)
            if job.state in IN_DOUBT:
                found = self._with_aside(job)
                job = self._journal.note(job_id, task=found.task, model=found.model)
            yield self._settled(job, provider), provider
        except BaseException:
            self._journal.release(job_id)
            raise

    def taken_up(self, job: Job, provider: Provider, *, again: bool) -> Job:
        """Return the claimed job as its run shall begin it; raises as `take_up` does."""
        stray = stray_answer(self._library.folder(job.id)) if job.state == "uncertain" else None
        found = take_up(job, provider, again=again, stray=stray)
        if found.model is None and found.task is None and found.state in ("failed", "cancelled"):
            return self._journal.move(job.id, "prepared", error_kind="", error="", model=None)
        if (found.path, found.model) != (job.path, job.model):
            self._journal.note(job.id, path=found.path, model=found.model)
        return found

    def _with_aside(self, job: Job) -> Job:
        """Return a job in doubt with what lies beside the journal, which could not take it."""
        if (job.task, job.model) != (None, None):
            return job
        task, model = found_aside(self._library.folder(job.id), home=self._library.root.parent)
        if (task, model) == (None, None):
            return job
        state = "remote" if model is None else "downloading"
        return replace(job, state=state, task=task, model=model, error_kind="", error="")

    def _settled(self, job: Job, provider: Provider) -> Job:
        """Return a job of a dead owner with the state that it left."""
        if job.state != "submitting":
            return job
        if job.model is not None:
            return self._journal.move(job.id, "downloading")
        if job.task is not None:
            return self._journal.move(job.id, "remote")
        if provider.repeatable:
            return self._journal.move(job.id, "prepared")
        error = lost_submit(provider)
        return self._journal.move(job.id, "uncertain", error_kind=error.kind, error=str(error))
