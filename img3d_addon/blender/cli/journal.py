# SPDX-License-Identifier: GPL-3.0-or-later
"""`jobs`, `resume` and `cancel`: what the journal knows."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...core.errors import BadInput, Cancelled, Uncertain
from ...core.jobs.job import DONE, STATES
from .follow import follow
from .run import Run
from .targets import plan

if TYPE_CHECKING:
    from ...core.jobs.engine import Engine
    from ...core.jobs.job import Job

__all__ = ["cancel", "jobs", "resume"]

_WAIT = 10.0  # seconds for the service's own answer to a cancel


def jobs(args: argparse.Namespace, engine: Engine, run: Run) -> int:
    """List all jobs, newest first, or show one in full."""
    found = [engine.job(args.job)] if args.job else engine.jobs(args.limit + 1 if args.limit else None)
    more = bool(args.limit) and len(found) > args.limit
    found = found[: args.limit or None]
    for job in found:
        run.output.emit("job", job.id, **{**_facts(job), **_exact(job)})
    if args.job:
        for name, value in _facts(found[0]).items():
            run.output.line(f"{name + ':':<12}{value}")
    elif found:
        rows = [(job.id, _state(job), job.provider, job.name, _clock(job.updated), _end(job)) for job in found]
        run.output.table(("ID", "STATE", "PROVIDER", "NAME", "CHANGED", "RESULT"), rows)
    else:
        run.output.line("There are no jobs yet")
    if more:
        run.output.emit("more", None, listed=len(found))
        run.output.note(f"These are the newest {len(found)}; --limit 0 lists all.")
    return 0


def resume(args: argparse.Namespace, engine: Engine, run: Run) -> int:
    """Go on with jobs to their files; nothing is submitted twice without `--submit-again`."""
    if args.all and args.jobs:
        raise BadInput("--all and the ids of jobs do not go together", advice="Leave one of them out.")
    found = [engine.job(job) for job in args.jobs] or _open_jobs(engine, run, again=args.submit_again)
    if not found:
        run.output.line("There is no job to go on with")
        return run.finish()
    for job, target in zip(found, _targets(args, found), strict=True):

        def work(job: Job = job, target: Path = target) -> None:
            run.begin(job.id)
            engine.resume(job.id, again=args.submit_again)
            follow(engine, job.id, label=job.name, output=run.output, interrupts=run.interrupts)
            run.deliver(engine, job.id, target, _options(job))

        run.attempt(work, label=job.name)
    return run.finish()


def cancel(args: argparse.Namespace, engine: Engine, run: Run) -> int:
    """Stop a job, also one of another process, and say what that means for the bill."""
    job = engine.job(args.job)
    over = job.state in (*DONE, "cancelled")
    said = engine.cancel(job.id, wait=_WAIT)
    if over:
        run.output.emit("job", job.id, **{**_facts(job), **_exact(job), "message": said})
    else:
        run.output.emit("cancelled", job.id, kind=Cancelled.kind, message=said)
    run.output.line(said)
    return 0


def _open_jobs(engine: Engine, run: Run, *, again: bool) -> list[Job]:
    """Return the unfinished jobs, oldest first; those that need the user's word are named instead."""
    found: list[Job] = []
    for job in reversed(engine.jobs(states=[state for state in STATES if state != "imported"])):
        written = job.state != "ready" or not job.after.get("out")  # or the sidebar's own matter
        if (
            job.owner_alive
            or job.state == "cancelled"
            or not (job.resumable or job.state == "uncertain" or not written)
        ):
            continue
        if job.state == "uncertain" and not again:
            text = f"{job.id} ({job.name}) is left alone. {job.error} With --submit-again it is submitted."
            run.output.emit("uncertain", job.id, kind=Uncertain.kind, message=text, name=job.name)
            run.output.note(text)
        else:
            found.append(job)
    return found


def _options(job: Job) -> dict[str, Any]:
    return {name: value for name, value in job.after.items() if name != "out"}


def _targets(args: argparse.Namespace, found: list[Job]) -> list[Path]:
    """Return a file for each job: by `--out`, else where it was meant to go, else beside its picture."""
    if args.out or args.format:
        return plan([job.image for job in found], out=args.out, kind=args.format, single=len(found) == 1)
    targets: list[Path] = []
    for job in found:
        stated = job.after.get("out")
        targets += plan([job.image], out=Path(stated) if stated else None, kind=None, single=True)
    return targets


def _facts(job: Job) -> dict[str, Any]:
    found = {
        "state": _state(job),
        "provider": job.provider,
        "name": job.name,
        "image": str(job.image),
        "created": _clock(job.created),
        "changed": _clock(job.updated),
        "params": dict(job.params),
        "after": dict(job.after),
        "task": job.task.id if job.task else None,
        "seed": job.seed,
        "cost": str(job.cost or job.price or "") or None,
        "path": str(job.path) if job.path else None,
        "kind": job.error_kind or None,
        "message": job.error or job.message or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _exact(job: Job) -> dict[str, Any]:
    """Return what scripts read: the state's own name, seconds since 1970, sums of money as numbers."""
    cost = job.cost or job.price
    found: dict[str, Any] = {
        "state": job.state,
        "created": round(job.created, 3),
        "changed": round(job.updated, 3),
        "running": job.owner_alive,
        "resumable": job.resumable,
    }
    if cost is not None:
        found["cost"] = {"amount": cost.amount, "unit": cost.unit, "usd": cost.usd}
    if job.model is not None and job.model.facts:
        found["facts"] = dict(job.model.facts)
    return found


def _state(job: Job) -> str:
    if job.owner_alive:
        return job.stage or job.state
    return f"{job.state}, can go on" if job.resumable else job.state


def _end(job: Job) -> str:
    return job.error or (str(job.path) if job.path else job.message)


def _clock(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))
