# SPDX-License-Identifier: GPL-3.0-or-later
"""`batch --dry-run`: what would be done, and what it would cost, for each row and in total."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ....core.batch.board import Plan
from ....core.batch.budget import Budget
from ....core.batch.foreseeing import Foreseen, foresee
from ....core.batch.ledger import Ledger
from ....core.batch.rows import Row
from ....core.errors import BadInput, Img3dError, OverBudget
from ....providers import load
from ...words import known_price
from ..run import Run

if TYPE_CHECKING:
    from ....core.jobs.engine import Engine

__all__ = ["forecast"]

_NOT_KNOWN = "price not known beforehand"


def forecast(rows: Sequence[Row], plan: Plan, engine: Engine, run: Run, *, budget: Budget, ledger: Ledger) -> int:
    """Say what would be done; returns the exit status of a batch that cannot be done as it is, else 0."""
    counts: dict[str, int] = {}
    sums: dict[str, float] = {}
    unknown = 0
    for found in foresee(rows, plan, engine, load(), ledger=ledger):
        counts[found.what] = counts.get(found.what, 0) + 1
        _say(found, run)
        if found.what == "new":
            unknown += found.price is None
            if found.price is not None and found.price.amount:
                sums[found.price.unit] = sums.get(found.price.unit, 0.0) + found.price.amount
        if found.what == "new" or found.price is not None:  # what earlier runs have spent counts, too
            _count(budget, found)
    over = budget.limit is not None and not budget.allows(0.0)
    facts: dict[str, Any] = {"pictures": len(rows), "rows": counts, "cost": sums, "unknown": unknown, "over": over}
    run.output.emit("estimate", None, **facts)
    run.output.line(_sentence(len(rows), counts, sums, unknown))
    if unknown and budget.limit is not None and budget.each is None:
        run.output.note(
            "Rows whose price is not known are not begun with --max-cost; --assume-price says what they count."
        )
    if over:
        run.output.note(f"The limit of {budget.limit} would be passed; the batch stops before.")
        return OverBudget.exit_status
    return BadInput.exit_status if counts.get("broken") else 0


def _say(found: Foreseen, run: Run) -> None:
    row, price = found.row, found.price
    facts: dict[str, Any] = {"row": row.number + 1, "picture": str(row.picture), "provider": row.provider}
    facts |= {"file": row.file.as_posix(), "state": found.what}
    if price is not None and found.what == "new":
        facts |= {"amount": price.amount, "unit": price.unit}
    if found.note:
        facts["message"] = found.note
    run.output.emit("planned", None, **facts)
    if found.what == "broken":
        run.output.note(found.note if row.where in found.note else f"{row.where}: {found.note}")
        return
    words = (known_price(price) or _NOT_KNOWN) if found.what == "new" else found.what
    more = f" ({found.note})" if found.note else ""
    run.output.line(f"{row.where} -> {row.file}  {row.provider}  {words}{more}")


def _count(budget: Budget, found: Foreseen) -> None:
    if budget.limit is None:
        return
    try:
        budget.settle(found.row.number, budget.count(found.price) or 0.0)
    except Img3dError as error:
        raise BadInput(error.message, advice=error.advice) from error


def _sentence(total: int, counts: dict[str, int], sums: dict[str, float], unknown: int) -> str:
    words = {
        "new": "to be made",
        "same": "the same as another row, made once",
        "written": "written already",
        "taken up": "taken up where they are",
        "left alone": "left alone",
        "broken": "broken",
    }
    parts = [f"{counts[what]} {text}" for what, text in words.items() if counts.get(what)]
    cost = " and ".join(f"{amount:g} {unit}" for unit, amount in sums.items()) or ("" if unknown else "free")
    if unknown:
        cost = f"{cost} and {unknown} of unknown price" if cost else _NOT_KNOWN
    return f"{total} rows: {', '.join(parts)}; {cost}"
