# SPDX-License-Identifier: GPL-3.0-or-later
"""How a row of a batch is begun: skipped, taken up, written from what is there, or submitted. No bpy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..errors import Img3dError, OverBudget
from ..jobs.engine import Engine
from ..jobs.job import Job
from ..values import Order, Price
from .board import Board, outcome_of
from .deciding import Decision, decide
from .keys import Keys
from .outcome import Outcome
from .prices import Prices
from .rows import Row
from .tasks import Task

__all__ = ["Starting"]

_REFUSALS = 3  # of the account in a row, after which a service is asked no more
_PAID = ("remote", "downloading", "ready", "imported", "uncertain")


class Starting:
    """Begins one row after the other; `begin` is called again for a row that must wait."""

    def __init__(self, board: Board, engine: Engine) -> None:
        self._board = board
        self._engine = engine
        self._prices = Prices(engine, board.providers)
        self._lost: dict[str, int] = {}  # by key, how many jobs that failed are counted

    def settled_before(self, row: Row) -> bool:
        """End a row that an earlier run has ended, if its picture need not be read for that."""
        board = self._board
        if row.error or str(row.picture) not in board.ledger.digests:
            return False
        try:
            keys = board.keys(row)
        except Img3dError:
            return False  # its turn will come, and then it is said
        self._count_lost(row, keys)
        return self._made_before(row, keys)

    def begin(self, row: Row) -> bool:
        """Begin a row or end it; False when it has to wait for its price."""
        board = self._board
        try:
            if self._is_refused(row):
                return True
            keys = board.keys(row)
            self._count_lost(row, keys)
            return self._made_before(row, keys) or self._joined(row, keys) or self._decided(row, keys)
        except Img3dError as error:
            board.budget.settle(row.number, 0.0)
            board.fail(row, error)
            return True

    def ask_ahead(self, rows: Iterable[Row]) -> None:
        """Have the services asked for the prices of rows to come, where a limit needs them."""
        if self._board.budget.limit is not None:
            for row in rows:
                self._prices.known(row)

    def _is_refused(self, row: Row) -> bool:
        board = self._board
        if board.refused.get(row.provider, 0) < _REFUSALS:
            return False
        label = board.providers[row.provider].label
        text = f"Not sent, because {label} refused the account {_REFUSALS} times"
        board.end(Outcome(row=row, state="waiting", error=text, kind="not_sent"))
        return True

    def _made_before(self, row: Row, keys: Keys) -> bool:
        board = self._board
        file = row.file.as_posix()
        made = board.ledger.made.get(file)
        if made is None or made.key != keys.file:
            return False
        again = board.plan.retry if made.error else not board.target(row).is_file()
        if again:
            return False
        pays = made.pays and board.charge(made.job)
        board.settle(row, made.cost, paid=pays)
        board.end(outcome_of(row, made if pays else replace(made, cost=None), before=True))
        return True

    def _count_lost(self, row: Row, keys: Keys, *, ended: bool = False) -> None:
        """Count what jobs have cost that the row has given up; `ended`: the last one, too, for another is to come."""
        begun = self._board.ledger.begun.get(keys.job)
        lost = () if begun is None else begun.all_lost if ended else begun.lost
        for price in lost[self._lost.get(keys.job, 0) :]:
            self._board.settle(row, price)
        self._lost[keys.job] = max(len(lost), self._lost.get(keys.job, 0))

    def _joined(self, row: Row, keys: Keys) -> bool:
        """Let a row with the same picture and settings as another one be written from the same job."""
        task = self._board.tasks.get(keys.job)
        if task is None:
            return False
        if task.end is not None:
            error = f"The same picture with the same settings failed in {task.payer.where}: {task.end.error}"
            self._board.end(Outcome(row=row, state=task.end.state, job=task.job, error=error, kind=task.end.kind))
            return True
        task.rows.append((row, keys))
        if task.state == "ready":
            job = self._engine.job(task.job)
            self._board.deliverer.start(row, job, self._board.target(row), row.after)
        return True

    def _decided(self, row: Row, keys: Keys) -> bool:
        board = self._board
        begun = board.ledger.begun.get(keys.job)
        if begun is None:
            return self._submitted(row, keys)
        target = str(board.plan.folder / begun.file)
        costly = not board.providers[row.provider].repeatable
        home = board.ledger.home
        decision = decide(self._engine, begun, target, retry=board.plan.retry, costly=costly, home=home)
        if decision.what == "new":
            self._count_lost(row, keys, ended=True)
            return self._submitted(row, keys)
        if decision.what == "leave" or decision.job is None:
            self._leave(row, decision)
            return True
        return self._taken_up(row, keys, decision, decision.job)

    def _leave(self, row: Row, decision: Decision) -> None:
        job = decision.job
        pays = job is not None and self._board.charge(job.id)
        if job is not None and pays:
            self._board.settle(row, job.cost or job.price, paid=job.cost is not None or job.submits > 0)
        found = Outcome(
            row=row,
            state=decision.state,
            job=job.id if job else "",
            cost=job.cost if job and pays else None,
            error=decision.error,
            kind=decision.kind,
            before=True,
        )
        self._board.end(found, job)

    def _taken_up(self, row: Row, keys: Keys, decision: Decision, job: Job) -> bool:
        board = self._board
        charged = not board.charge(job.id)
        if job.state in _PAID:
            board.budget.promise(row.number, 0.0 if charged else self._counted(job.cost or job.price) or 0.0)
        elif not self._may_spend(row, job.price):
            board.end(Outcome(row=row, state="open", job=job.id), job)
            return True
        task = Task(key=keys.job, payer=row, rows=[(row, keys)], job=job.id, charged=charged)
        if decision.what == "deliver":
            task.state, task.cost = "ready", job.cost
            board.ledger.job(keys.job, job.id)
            board.deliverer.start(row, job, board.target(row), row.after)
        else:
            self._engine.resume(job.id)
            board.ledger.job(keys.job, job.id)
            board.by_job[job.id] = task
        board.tasks[keys.job] = task
        return True

    def _submitted(self, row: Row, keys: Keys) -> bool:
        board = self._board
        if board.budget.limit is not None:
            if not self._prices.known(row):
                return False
            if not self._may_spend(row, self._prices.get(row)):
                board.end(Outcome(row=row, state="waiting"))
                return True
        order = Order(
            provider=row.provider,
            image=row.picture,
            params=row.params,
            name=row.file.stem,
            after={**row.after, "out": str(board.target(row))},
        )
        board.ledger.begin(keys.job, row.file.as_posix())
        job = self._engine.submit(order)
        board.ledger.job(keys.job, job)
        board.tasks[keys.job] = board.by_job[job] = Task(key=keys.job, payer=row, rows=[(row, keys)], job=job)
        return True

    def _may_spend(self, row: Row, price: Price | None) -> bool:
        """Promise the price of a row, or stop the batch because the limit would be passed."""
        board = self._board
        limit = board.budget.limit
        if limit is None:
            return True
        counted = board.budget.count(price)
        label = board.providers[row.provider].label
        if counted is None:
            text = f"What a job costs with {label} is not known beforehand, so that the limit of {limit} cannot be kept"
            advice = "Say with --assume-price what a picture is to count, or leave --max-cost out."
        elif not board.budget.allows(counted):
            text = f"The limit of {limit} would be passed: {board.budget.told()}, and the next row costs {counted:g}"
            advice = "Go on with --resume and a higher --max-cost."
        else:
            board.budget.promise(row.number, counted)
            return True
        board.stopped_by = OverBudget(text, advice=advice)
        return False

    def _counted(self, price: Price | None) -> float | None:
        return self._board.budget.count(price) if self._board.budget.limit else None
