# SPDX-License-Identifier: GPL-3.0-or-later
"""The run of a batch: rows are begun, heard of and written until all are at their end. No bpy."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice

from ..errors import Uncertain
from ..jobs.engine import Engine
from .board import Board
from .ending import Ending
from .outcome import Outcome
from .rows import Row
from .starting import Starting
from .tasks import Task

__all__ = ["Runner"]

_PAUSE = 0.02  # seconds between two looks at the engine
_MOST_AHEAD = 32  # rows that are prepared while all places are taken


class Runner:
    """Runs the rows of a board once; from one thread."""

    def __init__(self, board: Board, engine: Engine) -> None:
        self._board = board
        self._engine = engine
        self._starting = Starting(board, engine)
        self._ending = Ending(board, engine)
        self._queue: deque[Row] = deque()

    @property
    def queued(self) -> Sequence[Row]:
        """The rows that are still to be begun."""
        return self._queue

    @property
    def under_way(self) -> int:
        """How many rows are begun and not at their end."""
        return len(self._board.by_job) + self._board.deliverer.waiting

    @property
    def at_work(self) -> int:
        """How many rows a service or a helper works on: without those that are only prepared."""
        return sum(task.sent for task in self._board.by_job.values()) + self._board.deliverer.waiting

    def look(self, rows: Sequence[Row]) -> None:
        """Take the rows in, and end those that cannot be made or that an earlier run has made; sends nothing."""
        board = self._board
        first: list[Row] = []
        rest: list[Row] = []
        for row in rows:
            if row.error is not None:
                board.fail(row, row.error)
            elif not self._starting.settled_before(row):
                keys = board.known_keys(row)
                (first if keys and keys.job in board.ledger.begun else rest).append(row)
        self._queue.extend([*first, *rest])  # what is paid for comes first: services keep results for a while only

    def run(self, stopped: Callable[[], bool]) -> None:
        """Bring the rows to their ends, or as far as they have come when `stopped()` says yes."""
        board = self._board
        while not stopped():
            begun = self._fill(stopped) if board.stopped_by is None else 0
            moved = self._ending.hear() + self._ending.collect()
            board.listener.working()
            if not (begun or moved):
                if not self.under_way and (not self._queue or board.stopped_by is not None):
                    return
                time.sleep(_PAUSE)

    def left(self) -> list[Outcome]:
        """Return an outcome for each row that did not end; once the engine is closed."""
        board = self._board
        found = [
            self._kept(row, task)
            for task in board.tasks.values()
            for row, _keys in task.rows
            if row.number not in board.outcomes
        ]
        for row in self._queue:
            keys = board.known_keys(row)
            begun = board.ledger.begun.get(keys.job) if keys else None
            state = "open" if begun and not begun.ended else "waiting"
            found.append(Outcome(row=row, state=state, job=begun.job if begun else ""))
        return found

    def _kept(self, row: Row, task: Task) -> Outcome:
        job = self._engine.job(task.job)
        if job.state == Uncertain.kind:
            return Outcome(row=row, state="uncertain", job=job.id, error=job.error, kind=Uncertain.kind, cost=job.price)
        return Outcome(row=row, state="open", job=job.id, cost=job.cost)

    def _fill(self, stopped: Callable[[], bool]) -> int:
        """Begin rows while there is room; return how many."""
        board = self._board
        room = board.plan.jobs + min(board.plan.jobs, _MOST_AHEAD)
        begun = 0
        while self._queue and len(board.by_job) < room and board.deliverer.waiting < 2 * room and not stopped():
            if not self._starting.begin(self._queue[0]):
                self._starting.ask_ahead(islice(self._queue, room))
                break
            self._queue.popleft()
            begun += 1
            if board.stopped_by is not None:
                break
        return begun
