# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done with a row of which an earlier run knows something. No bpy."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ..errors import BadInput, Uncertain
from ..jobs.engine import Engine
from ..jobs.job import DONE, OPEN, Job
from .ledger import Begun

__all__ = ["Decision", "decide", "find_job"]

_CLOCK = 5.0  # seconds by which the clock may have been set back between two lines of one program


@dataclass(frozen=True)
class Decision:
    """`what`: new, resume, deliver, leave. What is left alone keeps its `state`, and `error` says why."""

    what: str
    job: Job | None = None
    state: str = "failed"
    kind: str = ""
    error: str = ""


def find_job(engine: Engine, begun: Begun, target: str) -> str:
    """Return the job that a killed run had no time to note: the one that was to write this very file."""
    limit = 256
    while True:
        jobs = engine.jobs(limit)
        for job in jobs:
            if job.created >= begun.time - _CLOCK and _same_file(str(job.after.get("out") or ""), target):
                return job.id
        if len(jobs) < limit or jobs[-1].created < begun.time - _CLOCK:
            return ""
        limit *= 8


def _same_file(one: str, other: str) -> bool:
    """Tell whether two paths are the same, though the folder may be written otherwise, as with a link or '..'."""
    return one == other or (Path(one).name == Path(other).name and os.path.realpath(one) == os.path.realpath(other))


def decide(engine: Engine, begun: Begun, target: str, *, retry: bool, costly: bool, home: str) -> Decision:
    """Return what to do; a submit that may have been paid is never repeated.

    `costly`: submitting again is not free of charge. `home` names the journal of `engine`.
    """
    job_id = begun.job or find_job(engine, begun, target)
    job = _in_journal(engine, job_id)
    if job is None:
        elsewhere = begun.home not in ("", home)
        return _without_journal(begun, job_id, retry=retry, paid=costly and (begun.sent or elsewhere))
    if job.owner_alive:
        return Decision("leave", job, "open", "busy", f"The job {job.id} is at work in another process.")
    if job.state == "uncertain":
        advice = f"Left alone; 'resume {job.id} --submit-again' submits it once more."
        return Decision("leave", job, "uncertain", Uncertain.kind, f"{job.error} {advice}")
    if job.state in DONE:
        return Decision("deliver" if job.path is not None and job.path.is_file() else "resume", job)
    if job.state in OPEN:
        return Decision("resume", job)
    if not retry:
        state = job.state if job.state == "cancelled" else "failed"
        return Decision("leave", job, state, job.error_kind or job.state, job.error or job.message)
    return Decision("resume" if job.resumable else "new", job)


def _in_journal(engine: Engine, job_id: str) -> Job | None:
    try:
        return engine.job(job_id) if job_id else None
    except BadInput:
        return None


def _left(begun: Begun) -> Decision:
    return Decision("leave", None, begun.ended, begun.kind, begun.error)


def _without_journal(begun: Begun, job_id: str, *, retry: bool, paid: bool) -> Decision:
    """A picture that was refused leaves no job, nor does one that a kill met before its turn to be written down.

    `paid`: it may be, for all that is known here: another machine, say, had no time to note that it asked.
    """
    if retry or not (paid or begun.ended):
        return Decision("new")
    if begun.ended:
        return _left(begun)
    job = f"The job {job_id}" if job_id else "A job"
    text = (
        f"{job} of an earlier run is not in this journal, so that nobody knows whether it was charged. "
        "Use the IMG3D_HOME of that run, or --retry-failed to submit it anew."
    )
    return Decision("leave", None, "uncertain", Uncertain.kind, text)
