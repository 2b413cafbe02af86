# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a job with its journal: each step is on disk before the next one is taken. No bpy."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import Cancelled, Img3dError, LeaseLost, OutputError, ProviderError, Stopped, TaskFailed, Uncertain
from ..events import Event
from ..files import room
from ..packages import need
from ..values import Model, Running
from .aside import clear_aside, put_aside
from .cancelling import meaning
from .context import Context
from .given import kept
from .intake import take_in
from .job import DONE, MOVES, OVER
from .library import sha256_of
from .resuming import lost_submit
from .run import run
from .steps import Delivered, Downloading, Fetched, Held, Means, Step, Submitted, Submitting, Uploading
from .tickets import Ticket

__all__ = ["Work"]

log = logging.getLogger(__name__)

NOTE_EVERY = 5.0  # seconds between two writes of mere progress, which other processes read
SHOW_EVERY = 0.1  # seconds between two download events


class Work:
    """The run of one claimed, journalled job. `events()` is consumed in one thread, once."""

    def __init__(self, context: Context, ticket: Ticket) -> None:
        self._context = context
        self._ticket = ticket
        self._asked = False  # whether a submit may have left this machine
        self._announced = ticket.job.task is not None or ticket.job.model is not None
        self._noted = self._shown = float("-inf")

    def intake(self) -> Generator[Event]:
        """Write a new job down and prepare its picture; yields an event only when that fails."""
        yield from self._guarded(_taken_in(self._context, self._ticket))

    def events(self) -> Generator[Event]:
        """Yield the events of the run; what ends it otherwise than well is the error of the last one.

        `Stopped`, `KeyboardInterrupt` and a closed generator leave the job resumable and are raised.
        """
        yield from self._guarded(self._follow())

    def _guarded(self, events: Generator[Event]) -> Generator[Event]:
        try:
            yield from events
        except Cancelled:
            yield self._cancelled()
        except (Stopped, LeaseLost):
            self._interrupted()
            raise
        except Uncertain as error:
            yield self._ended(error, "uncertain")
        except Img3dError as error:
            yield self._ended(error, "failed")
        except BaseException:
            self._interrupted()
            raise

    def _follow(self) -> Generator[Event]:
        ticket = self._ticket
        ticket.control.check()
        if ticket.job.state in DONE and ticket.job.path is not None:
            self._ticket.job = replace(ticket.job, stage="ready", fraction=1.0)
            yield self._event("downloaded", path=ticket.job.path, cost=ticket.job.cost)
            return
        api = self._context.connect(ticket)
        ticket.control.attach(api)
        if ticket.provider.base_url:
            # slow at its first import; once "submitting" is written down, a kill leaves the bill in doubt
            need("requests")
        means = Means(
            provider=ticket.provider,
            api=api,
            folder=self._context.library.make_folder(ticket.job.id),
            sleep=ticket.control.sleep,
        )
        job = ticket.job
        params = kept(job.params, ticket.provider, folder=means.folder)
        steps = run(means, picture=job.picture, params=params, task=job.task, model=job.model)
        try:
            for step in steps:
                event = self._record(step)
                if event is not None:
                    yield event
                ticket.control.check()
                self._asked = not isinstance(step, Held | Uploading)
        finally:
            steps.close()
            ticket.control.attach(None)
            api.close()
            room.give_back(means.folder)

    def _record(self, step: Step) -> Event | None:
        """Write a step down and return what is told of it."""
        match step:
            case Uploading(message):
                return self._uploading(message)
            case Submitting():
                return self._submitting()
            case Held(message=message):
                self._asked = False
                self._move("prepared", stage="waiting", message=message)
                return self._event("progress")
            case Submitted():
                return self._submitted(step)
            case Delivered(model):
                return self._delivered(model)
            case Fetched():
                return self._fetched(step)
            case Running() | Downloading():
                return self._progress(step)

    def _uploading(self, message: str) -> Event:
        """Nothing is asked for yet; a job that is taken up again uploads anew."""
        changes: dict[str, Any] = {"stage": "uploading", "fraction": None, "message": message}
        self._ticket.job = self._context.journal.note(self._ticket.job.id, **changes)
        return self._event("progress")

    def _submitting(self) -> Event:
        self._asked = False
        clear_aside(self._folder)
        if not self._ticket.provider.repeatable:
            size = room.ROOM_FOR_A_MODEL if self._ticket.provider.sync else room.ROOM_FOR_A_NOTE
            room.take(self._folder, size)
        self._move("submitting", stage="submitting", submits=self._ticket.job.submits + 1)
        return self._event("progress")

    def _submitted(self, step: Submitted) -> Event:
        # in memory first: should the disk fail now, this process still knows what was paid for
        job = self._ticket.job
        self._ticket.job = replace(job, task=step.task)
        try:
            self._move_paid("remote", stage="waiting", task=step.task)
        except Img3dError as error:
            label = self._ticket.provider.label
            raise type(error)(f"{error.message}; the task at {label} is {step.task.id}") from error
        return self._event("progress" if self._was_announced() else "submitted")

    def _delivered(self, model: Model) -> Event:
        job = self._ticket.job
        cost, seed = model.cost or job.cost, job.seed if model.seed is None else model.seed
        self._ticket.job = replace(job, model=model, cost=cost, seed=seed)  # in memory first, as above
        try:
            self._move_paid("downloading", stage="downloading", model=model, cost=cost, seed=seed)
        except Img3dError as error:
            kept = f", and its answer is kept as {model.path}" if model.path else ""
            text = f"{error.message}; {self._ticket.provider.label} has made the model{kept}"
            raise type(error)(text) from error
        return self._event("progress" if self._was_announced() else "submitted")

    def _was_announced(self) -> bool:
        before, self._announced = self._announced, True
        return before

    def _progress(self, step: Running | Downloading) -> Event | None:
        now = self._context.clock()
        if isinstance(step, Downloading):
            fraction = min(1.0, step.done / step.total) if step.total else None
            if now - self._shown < SHOW_EVERY and fraction != 1.0:
                return None
            self._shown = now
            changes: dict[str, Any] = {"stage": "downloading", "fraction": fraction, "message": ""}
            extra: dict[str, Any] = {}
        else:
            waiting = step.position is not None and step.fraction is None
            stage = "downloading" if self._ticket.job.state == "downloading" else "running"
            changes = {"stage": "waiting" if waiting else stage, "fraction": step.fraction}
            changes["message"] = step.message
            extra = {"eta": step.eta, "position": step.position}
        self._ticket.job = replace(self._ticket.job, updated=time.time(), **changes)
        if now - self._noted >= NOTE_EVERY:
            self._noted = now
            self._context.journal.note(self._ticket.job.id, **changes)
        return self._event("progress", **extra)

    def _fetched(self, step: Fetched) -> Event:
        ticket = self._ticket
        done = {"path": step.path, "kind": step.kind, "sha256": sha256_of(step.path)}
        ticket.job = replace(ticket.job, **done)
        self._context.library.keep_provenance(ticket.job, original=step.original, ended=time.time())
        self._move("ready", stage="ready", fraction=1.0, **done)
        return self._event("downloaded", path=step.path, cost=ticket.job.cost)

    def _move_paid(self, state: str, **changes: Any) -> None:
        """Write down what was paid for: on a full disk in the room that was held for it, and beside the journal."""
        try:
            self._move(state, **changes)
        except OutputError:
            room.give_back(self._folder)
            put_aside(self._ticket.job, folder=self._folder, home=self._context.library.root.parent)
            self._move(state, **changes)

    @property
    def _folder(self) -> Path:
        return self._context.library.folder(self._ticket.job.id)

    def _move(self, state: str, **changes: Any) -> None:
        """Bring the job into `state`; what the last stage said, and an earlier error, is no longer so."""
        values = {"stage": "", "fraction": None, "message": "", "error_kind": "", "error": "", **changes}
        self._ticket.job = self._context.journal.move(self._ticket.job.id, state, **values)
        self._noted = self._shown = float("-inf")

    def _event(self, kind: str, **values: Any) -> Event:
        job = self._ticket.job
        given: dict[str, Any] = {"stage": job.stage, "fraction": job.fraction, "message": job.message, **values}
        return Event(job=job.id, kind=kind, **given)

    def _ended(self, error: Img3dError, state: str) -> Event:
        job = self._ticket.job
        if isinstance(error, ProviderError) and job.task is not None:
            error.task_id = error.task_id or job.task.id
        # task and model again: writing them down may be just what failed
        known = {"task": job.task, "model": job.model, "cost": job.cost}
        stage = OVER if isinstance(error, TaskFailed) else job.stage
        self._try_move(state, error_kind=error.kind, error=str(error), stage=stage, **known)
        return self._event(state, error=error, message=str(error), fraction=None)

    def _cancelled(self) -> Event:
        ticket = self._ticket
        in_doubt = ticket.job.state != "submitting" or self._asked
        sentence = meaning(ticket.job if in_doubt else replace(ticket.job, state="prepared"), ticket.provider)
        ticket.sentence = sentence
        self._try_move("cancelled", message=sentence)
        return self._event("cancelled", fraction=None, message=sentence)

    def _interrupted(self) -> None:
        """Leave the journal saying what is known: a submit that may be under way is uncertain."""
        if self._ticket.job.state != "submitting":
            return
        if self._ticket.provider.repeatable or not self._asked:
            self._try_move("prepared")
            return
        error = lost_submit(self._ticket.provider)
        self._try_move("uncertain", error_kind=error.kind, error=str(error))

    def _try_move(self, state: str, **changes: Any) -> None:
        """Write down how a run ended; the run has its own error already, so that a second one is only logged."""
        if not self._ticket.journalled:
            self._ticket.job = replace(self._ticket.job, state=state, **changes)
            return
        try:
            if state in MOVES[self._ticket.job.state]:
                self._move(state, **changes)
            else:  # such as a finished job whose file could not be fetched again
                self._ticket.job = self._context.journal.note(self._ticket.job.id, **changes)
        except Img3dError as error:
            log.warning("job %s could not be written down: %s", self._ticket.job.id, error)
            values = {"error_kind": "", "error": "", **changes}
            self._ticket.job = replace(self._ticket.job, state=state, **values)


def _taken_in(context: Context, ticket: Ticket) -> Generator[Event]:
    take_in(context, ticket)
    yield from ()
