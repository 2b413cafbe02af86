# SPDX-License-Identifier: GPL-3.0-or-later
"""`batch`: many pictures to files in one folder, with a summary; several at once, and resumable."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ....core.batch.board import Board
from ....core.batch.homes import home_name
from ....core.batch.ledger import WHOLE, Ledger
from ....core.batch.outcome import Outcome, write_summary
from ....core.batch.runner import Runner
from ....core.batch.shared import check_home
from ....core.errors import BadInput, Stopped
from ....core.jobs.checks import check_ready
from ....providers import load
from ..run import Run
from ..targets import writable
from . import closing
from .forecast import forecast
from .given import Given, jobs_at_once, read
from .pool import Pool, cores
from .report import Report
from .showing import Shows

if TYPE_CHECKING:
    from ....core.jobs.engine import Engine

__all__ = ["batch", "jobs_at_once"]

_PAUSE = 0.02  # seconds between two looks at the helpers
_OLD = 3600.0  # seconds


def batch(args: argparse.Namespace, engine: Engine, run: Run) -> int:
    """Turn each row into a file; one that fails does not stop the others."""
    given = read(args)
    for note in given.notes:
        run.output.note(note)
    again = args.resume or args.retry_failed
    if not args.dry_run:
        check_home(engine.settings.home)
    home = home_name(engine.settings.home, make=not args.dry_run)
    ledger = Ledger(given.plan.folder, part=given.part, home=home)
    if args.dry_run:
        known = ledger.read() if again else ledger
        return forecast(given.rows, given.plan, engine, run, budget=given.budget, ledger=known)
    writable(given.plan.folder)
    for name in sorted({row.provider for row in given.rows if row.error is None}):
        check_ready(load()[name], engine.settings)
    with ledger:
        if not again and any(part in (given.part, WHOLE) or given.part == WHOLE for part in ledger.parts):
            raise BadInput(
                f"{args.out} has an earlier batch in it",
                advice="Add --resume to go on with it, or choose another folder with --out.",
            )
        _sweep({(given.plan.folder / row.file).parent for row in given.rows})
        return _work(given, engine, run, ledger)


def _sweep(folders: Iterable[Path]) -> None:
    """Remove what killed runs have left of files that they were writing; younger ones may be another part's."""
    for folder in folders:
        with contextlib.suppress(OSError):
            for left in folder.glob(".*.part"):
                if left.is_dir() and time.time() - left.stat().st_mtime > _OLD:
                    shutil.rmtree(left)


def _work(given: Given, engine: Engine, run: Run, ledger: Ledger) -> int:
    """Run the rows, write the summary whatever happens, and return the exit status."""
    report = Report(run.output, len(given.rows), folder=given.plan.folder)
    pool = Pool(cores())
    shows = Shows(given.plan.folder, engine, pool, ledger, sheet=given.sheet, library=given.library)
    report.then = shows.want
    board = Board(given.plan, load(), ledger=ledger, budget=given.budget, deliverer=pool, listener=report)
    runner = Runner(board, engine)
    report.under_way = lambda: runner.at_work
    try:
        runner.look(given.rows)
        runner.run(lambda: run.interrupts.asked)
        _draw(pool, report, run)
        shows.gather()
        _draw(pool, report, run)
    finally:
        pool.close()
        if runner.under_way:
            engine.close()  # before the jobs are looked at: this writes down how they were left
        outcomes = sorted([*board.outcomes.values(), *runner.left()], key=lambda found: found.row.number)
        files = _summary(given, outcomes, interrupted=run.interrupts.asked)
    if run.interrupts.asked:
        closing.interrupted(outcomes, run)
    elif board.stopped_by is not None:
        run.output.failed(board.stopped_by)
    for trouble in shows.troubles:
        run.output.note(trouble)
    if not run.interrupts.asked:
        files += shows.sheet(outcomes, run, suffix=given.suffix)
    closing.summary(outcomes, files, run)
    if run.interrupts.asked:
        return Stopped.exit_status
    return board.stopped_by.exit_status if board.stopped_by is not None else closing.status(outcomes)


def _draw(pool: Pool, report: Report, run: Run) -> None:
    """Wait for what is drawn and gathered."""
    while pool.later and not run.interrupts.asked:
        pool.finished()
        report.drawing(pool.later)
        time.sleep(_PAUSE)


def _summary(given: Given, outcomes: Sequence[Outcome], *, interrupted: bool) -> list[Path]:
    limit = given.budget.limit
    head = {"version": 1, "interrupted": interrupted, "max_cost": str(limit) if limit else None}
    return write_summary(given.plan.folder, outcomes, head, suffix=given.suffix)
