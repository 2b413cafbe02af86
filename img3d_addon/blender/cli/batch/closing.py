# SPDX-License-Identifier: GPL-3.0-or-later
"""The last words of a batch: what was done, what is left, and the exit status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ....core.batch.outcome import FAILED, LEFT, Outcome, counts
from ....core.errors import Stopped
from ..run import Run
from .report import of_row

__all__ = ["interrupted", "status", "summary"]


def interrupted(outcomes: Sequence[Outcome], run: Run) -> None:
    """Say which jobs are kept, which may have been charged, and how to go on."""
    kept = [found for found in outcomes if found.state == "open" and found.job]
    unsure = [found for found in outcomes if found.state == "uncertain" and not found.before]
    for found in kept:
        text = f"Interrupted; the job {found.job} is kept."
        run.output.emit("failed", found.job, kind=Stopped.kind, message=text, **of_row(found.row))
    for found in unsure:
        run.output.emit("failed", found.job, kind=found.kind, message=found.error, **of_row(found.row))
    names = f": {' '.join(found.job for found in kept)}" if kept else ""
    run.output.note(f"Interrupted; {len(kept)} jobs are kept{names}. Go on with the same command and --resume.")
    if unsure:
        ids = " ".join(found.job for found in unsure)
        run.output.note(f"{len(unsure)} calls got no answer and may have been charged; they are left alone: {ids}")


def summary(outcomes: Sequence[Outcome], files: Sequence[Path], run: Run) -> None:
    """Say the sum, and where the whole of it stands."""
    numbers, costs = counts(outcomes), _costs(outcomes)
    before = sum(found.before and found.state == "written" for found in outcomes)
    written = numbers.get("written", 0) - before
    left = sum(numbers.get(state, 0) for state in LEFT)
    run.output.emit(
        "summary",
        None,
        written=written,
        before=before,
        failed=sum(numbers.get(state, 0) for state in FAILED),
        left=left,
        cost=costs,
        seconds=run.output.seconds,
        files=[str(file) for file in files],
    )
    words = {"failed": "failed", "cancelled": "cancelled", "uncertain": "not known whether charged"}
    parts = [f"{written} written", *([f"{before} written before"] if before else [])]
    parts += [f"{numbers[state]} {text}" for state, text in words.items() if numbers.get(state)]
    parts += [f"{left} not done yet"] if left else []
    run.output.line(", ".join([*parts, *_cost_words(costs)]))
    run.output.line(f"Summary: {files[0]}")


def status(outcomes: Sequence[Outcome]) -> int:
    """Return the exit status: that of the failures when all rows failed alike, else 1."""
    statuses = {0 if found.state == "written" else found.exit_status for found in outcomes}
    if statuses <= {0}:
        return 0
    return statuses.pop() if len(statuses) == 1 else 1


def _costs(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Return what was paid, by unit; what is free does not count."""
    found: dict[str, float] = {}
    for outcome in outcomes:
        if outcome.cost and outcome.cost.amount:
            found[outcome.cost.unit] = round(found.get(outcome.cost.unit, 0.0) + outcome.cost.amount, 6)
    return found


def _cost_words(costs: Mapping[str, float]) -> list[str]:
    text = " and ".join(f"{amount:g} {unit}" for unit, amount in costs.items())
    return [f"cost {text}"] if text else []
