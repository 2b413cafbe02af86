# SPDX-License-Identifier: GPL-3.0-or-later
"""What the parts of a running batch share: rows that ended, work under way, money, and who hears of it. No bpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BadInput, Img3dError
from ..jobs.job import Job
from ..provider import Provider
from ..values import Price
from .budget import Budget
from .keys import Digests, Keys
from .ledger import Ledger, Made
from .outcome import Outcome
from .rows import Row
from .tasks import Deliverer, Listener, Task

__all__ = ["Board", "Plan", "outcome_of"]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a batch is run: `jobs` at once, into `folder`; `retry` takes up what failed before.

    `after_defaults` are the options of post-processing that count as not given.
    """

    folder: Path
    jobs: int
    retry: bool
    after_defaults: Mapping[str, Any]


class Board:
    """Used from one thread. `outcomes` has an entry for each row that ended, by its number."""

    def __init__(
        self,
        plan: Plan,
        providers: Mapping[str, Provider],
        *,
        ledger: Ledger,
        budget: Budget,
        deliverer: Deliverer,
        listener: Listener,
    ) -> None:
        self.plan = plan
        self.providers = providers
        self.ledger = ledger
        self.budget = budget
        self.deliverer = deliverer
        self.listener = listener
        self.outcomes: dict[int, Outcome] = {}
        self.tasks: dict[str, Task] = {}
        self.by_job: dict[str, Task] = {}
        self.stopped_by: Img3dError | None = None  # the limit, or a service that refuses the account
        self.refused: dict[str, int] = {}  # by provider, refusals of the account since its last success
        self._charged: set[str] = set()  # jobs that a row of this run counts
        self._digests = Digests(ledger.digests)
        self._keys: dict[int, Keys] = {}

    def target(self, row: Row) -> Path:
        """Return the file of a row, absolute."""
        return self.plan.folder / row.file

    def known_keys(self, row: Row) -> Keys | None:
        """Return the keys of a row that are known already."""
        return self._keys.get(row.number)

    def keys(self, row: Row) -> Keys:
        """Return the keys of a row, reading its picture unless it is known unchanged; `BadInput` when it cannot be."""
        found = self._keys.get(row.number)
        if found is None:
            provider = self.providers[row.provider]
            found = self._digests.keys(row, provider, after_defaults=self.plan.after_defaults)
            self._keys[row.number] = found
            while self._digests.fresh:
                self.ledger.digest(*self._digests.fresh.popitem())
        return found

    def end(self, outcome: Outcome, job: Job | None = None) -> None:
        """Note how a row ended in this run."""
        self.outcomes[outcome.row.number] = outcome
        self.listener.ended(outcome, job)

    def fail(self, row: Row, error: Img3dError, *, job: str = "", cost: Price | None = None) -> None:
        """End a row with an error."""
        status, text = error.exit_status, str(error)
        self.end(Outcome(row=row, state="failed", job=job, cost=cost, error=text, kind=error.kind, exit_status=status))

    def charge(self, job: str) -> bool:
        """Tell whether a row is the first of this run to count the cost of a job."""
        first = job not in self._charged
        self._charged.add(job)
        return first

    def settle(self, row: Row, cost: Price | None, *, paid: bool = True) -> None:
        """Count what a row has cost in the end, where there is a limit; `paid` without a cost counts as assumed."""
        if self.budget.limit is None:
            return
        try:
            counted = self.budget.count(cost) if paid else 0.0
        except BadInput as error:  # the service told another unit than before: no more is known, so no more is begun
            self.stopped_by = self.stopped_by or error
            counted = 0.0
        self.budget.settle(row.number, counted or 0.0)

    def written(self, row: Row, made: Made, job: Job | None) -> None:
        """Note a file that was written."""
        self.ledger.write(row.file.as_posix(), made)
        self.end(outcome_of(row, made), job)


def outcome_of(row: Row, made: Made, *, before: bool = False) -> Outcome:
    """Return the outcome that a record of the ledger stands for."""
    return Outcome(
        row=row,
        state="failed" if made.error else "written",
        job=made.job,
        faces=made.faces,
        vertices=made.vertices,
        seconds=made.seconds,
        cost=made.cost,
        error=made.error,
        kind=made.kind,
        before=before,
    )
