# SPDX-License-Identifier: GPL-3.0-or-later
"""How the work of a batch ends: events of the engine, files that were written, failures. No bpy."""

from __future__ import annotations

import time
from dataclasses import replace

from ..errors import AuthError, CreditsError, Img3dError, PlanError
from ..events import Event
from ..jobs.engine import Engine
from ..jobs.job import Job
from .board import Board
from .keys import Keys
from .ledger import Made
from .outcome import Outcome
from .rows import Row
from .tasks import Delivered, Task

__all__ = ["Ending"]

_ACCOUNT = (AuthError, PlanError, CreditsError)


class Ending:
    """Hears the engine and collects the files."""

    def __init__(self, board: Board, engine: Engine) -> None:
        self._board = board
        self._engine = engine

    def hear(self) -> int:
        """Take up what happened to the jobs; return how many events there were."""
        events = self._engine.drain()
        for event in events:
            task = self._board.by_job.get(event.job)
            if task is None:
                continue
            if event.stage == "submitting" and not task.sent:  # before that it waited for a free place
                task.sent, task.began = True, time.monotonic()
                self._board.ledger.sent(task.key)
            if not event.last or event.kind == "downloaded":
                self._board.listener.event(task.payer, event)
            if event.last:
                del self._board.by_job[event.job]
                self._over(task, event)
        return len(events)

    def collect(self) -> int:
        """Take up the files that were written; return how many."""
        found = self._board.deliverer.finished()
        for one in found:
            self._delivered(one)
        return len(found)

    def _over(self, task: Task, event: Event) -> None:
        job = self._engine.job(task.job)
        if event.kind != "downloaded":
            self._failed(task, job, event)
            return
        board = self._board
        board.refused.pop(task.payer.provider, None)
        task.state, task.cost = "ready", event.cost or job.cost
        for row, _keys in task.rows:
            board.deliverer.start(row, job, board.target(row), row.after)

    def _failed(self, task: Task, job: Job, event: Event) -> None:
        board = self._board
        error = event.error
        paid = job.cost is not None or job.task is not None or event.kind == "uncertain"
        cost = (job.cost or job.price) if paid and not task.charged else None
        provider = task.payer.provider
        board.refused[provider] = board.refused.get(provider, 0) + 1 if isinstance(error, _ACCOUNT) else 0
        text = str(error) if error else job.message or f"The job {job.id} was cancelled"
        kind, status = (error.kind, error.exit_status) if error else (event.kind, 1)
        board.ledger.end(task.key, event.kind, kind=kind, error=text, cost=cost)
        board.settle(task.payer, cost, paid=paid and not task.charged)
        task.state = "over"
        told = None if task.charged else job.cost
        end = Outcome(
            row=task.payer, state=event.kind, job=job.id, cost=told, error=text, kind=kind, exit_status=status
        )
        task.end = end
        for row, _keys in task.rows:
            board.end(end if row is task.payer else replace(end, row=row, cost=None), job)

    def _delivered(self, one: Delivered) -> None:
        board = self._board
        task, keys = self._task_of(one.row)
        pays = one.row is task.payer and not task.charged
        job = self._engine.job(task.job)
        cost = (task.cost or job.price) if pays else None
        if pays:
            board.settle(one.row, cost)
        made = Made(
            keys.file, task.job, one.faces, one.vertices, round(time.monotonic() - task.began, 3), cost, pays=pays
        )
        if one.error is not None:
            made = replace(made, error=str(one.error), kind=one.error.kind)
        else:
            job = self._marked(job)
        board.written(one.row, made, job)

    def _marked(self, job: Job) -> Job:
        if job.state != "imported":
            try:
                self._engine.mark_imported(job.id)
            except Img3dError:  # another process has it in hand meanwhile: the file is written all the same
                return job
        return job

    def _task_of(self, row: Row) -> tuple[Task, Keys]:
        keys = self._board.keys(row)
        return self._board.tasks[keys.job], keys
