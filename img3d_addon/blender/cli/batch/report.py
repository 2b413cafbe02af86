# SPDX-License-Identifier: GPL-3.0-or-later
"""What a batch says while it runs: one event a row in JSON, a moving bar on a terminal, quiet lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....core.batch.outcome import FAILED, Outcome
from ....core.batch.rows import Row
from ....core.events import Event
from ..facts import remarks
from ..output import Output

if TYPE_CHECKING:
    from ....core.jobs.job import Job

__all__ = ["Report", "of_row"]

_EVERY = 0.2  # seconds between two states of the moving line
_QUIET = 30.0  # seconds between two lines of progress where nothing moves


class Report:
    """Listens to a batch of `total` rows into `folder`; `under_way` tells how many rows are at work.

    `then` is told of each row that ends, too.
    """

    def __init__(self, output: Output, total: int, *, folder: Path) -> None:
        self.under_way: Callable[[], int] = lambda: 0
        self.then: Callable[[Outcome, Job | None], None] = lambda _outcome, _job: None
        self._output = output
        self._total = total
        self._folder = folder
        self._done = {"written": 0, "failed": 0, "before": 0}
        self._began = self._shown = time.monotonic()
        self._said = self._began

    def event(self, row: Row, event: Event) -> None:
        """Pass an event of a job on, with the row and the picture that it is about."""
        self._output.row_event(event, **of_row(row))

    def ended(self, outcome: Outcome, job: Job | None) -> None:
        """Say how a row ended; what an earlier run has written is only counted."""
        row = outcome.row
        self.then(outcome, job)
        if outcome.before and outcome.state == "written":
            self._done["before"] += 1
            return
        if outcome.state == "written":
            self._done["written"] += 1
            self._written(outcome, job)
        elif outcome.state in FAILED:
            self._done["failed"] += 1
            facts = {"kind": outcome.kind, "message": outcome.error, "before": outcome.before, **of_row(row)}
            event = "cancelled" if outcome.state == "cancelled" else "failed"
            self._output.emit(event, outcome.job or None, **facts)
            self._output.note(_line(row, outcome.error))
        elif outcome.error:
            self._output.note(_line(row, outcome.error))

    def working(self) -> None:
        """Show how far it is, now and then."""
        now = time.monotonic()
        if now - self._shown < _EVERY:
            return
        self._shown = now
        done = sum(self._done.values())
        fraction = done / self._total if self._total else 1.0
        self._output.bar(self._words(now, done), fraction)
        if now - self._said >= _QUIET:
            self._said = now
            self._output.quiet(self._words(now, done))

    def drawing(self, left: int) -> None:
        """Show that previews are still to be drawn."""
        now = time.monotonic()
        if now - self._shown >= _EVERY:
            self._shown = now
            self._output.bar(f"{left} previews to be drawn", 1.0)

    def _words(self, now: float, done: int) -> str:
        parts = [f"{done} of {self._total}", f"{self.under_way()} under way"]
        if self._done["failed"]:
            parts.append(f"{self._done['failed']} failed")
        fresh = done - self._done["before"]
        if fresh >= 3 and done < self._total:
            parts.append(f"about {_clock((now - self._began) / fresh * (self._total - done))} left")
        return ", ".join(parts)

    def _written(self, outcome: Outcome, job: Job | None) -> None:
        row = outcome.row
        numbers = {"faces": outcome.faces, "vertices": outcome.vertices}
        facts: dict[str, Any] = {**numbers, "seconds": round(outcome.seconds, 3), **of_row(row)}
        if outcome.cost:
            cost = outcome.cost
            facts["cost"] = {"amount": cost.amount, "unit": cost.unit, "usd": cost.usd}
        if job is not None and job.model is not None and job.model.facts:
            facts["facts"] = dict(job.model.facts)
        self._output.emit("imported", outcome.job, **numbers, **of_row(row))
        self._output.emit("written", outcome.job, path=str(self._folder / row.file), **facts)
        words = f"{outcome.faces} faces, {outcome.vertices} vertices, {outcome.seconds:.1f} s"
        self._output.line(f"{row.file}  {'; '.join([words, *remarks(facts.get('facts', {}))])}")


def of_row(row: Row) -> dict[str, Any]:
    """Return what an event says of the row that it is about."""
    return {"row": row.number + 1, "picture": str(row.picture)}


def _line(row: Row, text: str) -> str:
    return text if row.where in text else f"{row.where}: {text}"


def _clock(seconds: float) -> str:
    whole = max(0, round(seconds))
    if whole < 90:
        return f"{whole} s"
    return f"{round(whole / 60)} min" if whole < 5400 else f"{whole / 3600:.1f} h"
