# SPDX-License-Identifier: GPL-3.0-or-later
"""What a batch would do with each row, and what that would cost; nothing is written or submitted. No bpy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import Img3dError, KeyMissing, Offline
from ..files.given import check_file
from ..jobs.engine import Engine
from ..provider import Provider
from ..values import Price
from .board import Plan
from .deciding import decide
from .keys import Digests, Keys
from .ledger import Ledger
from .prices import Prices
from .rows import Row

__all__ = ["Foreseen", "foresee"]


@dataclass(frozen=True)
class Foreseen:
    """`what`: new, written (already), same (as another row), taken up, left alone or broken; then `note` says why.

    `price` is what a new row will cost, and what another one has cost.
    """

    row: Row
    what: str
    price: Price | None = None
    note: str = ""


def foresee(
    rows: Sequence[Row], plan: Plan, engine: Engine, providers: Mapping[str, Provider], *, ledger: Ledger
) -> Iterator[Foreseen]:
    """Yield a forecast for each row; services that name their price are asked once for rows with the same settings."""
    prices = Prices(engine, providers, by_settings=True)
    digests = Digests(ledger.digests)
    twins = _twins(rows)
    seen: set[str] = set()  # keys of rows and ids of jobs
    for row in rows:
        if row.error is not None:
            yield Foreseen(row, "broken", note=str(row.error))
            continue
        try:
            keys = None
            if ledger.begun or row.number in twins:
                keys = digests.keys(row, providers[row.provider], after_defaults=plan.after_defaults)
            else:
                check_file(row.picture)
            costly = not providers[row.provider].repeatable
            found = _of_row(row, keys, plan, engine, ledger=ledger, seen=seen, costly=costly)
            if found.what == "new":
                found = Foreseen(row, "new", *_price(row, prices))
            yield found
        except Img3dError as error:
            yield Foreseen(row, "broken", note=str(error))


def _of_row(
    row: Row, keys: Keys | None, plan: Plan, engine: Engine, *, ledger: Ledger, seen: set[str], costly: bool
) -> Foreseen:
    if keys is None:
        return Foreseen(row, "new")
    made = ledger.made.get(row.file.as_posix())
    if made is not None and made.key == keys.file:
        if made.error and not plan.retry:
            return Foreseen(row, "left alone", _once(made.job, made.cost, seen), made.error)
        if not made.error and (plan.folder / row.file).is_file():
            return Foreseen(row, "written", _once(made.job, made.cost, seen))
    if keys.job in seen:
        return Foreseen(row, "same")
    seen.add(keys.job)
    begun = ledger.begun.get(keys.job)
    if begun is None:
        return Foreseen(row, "new")
    decision = decide(engine, begun, str(plan.folder / begun.file), retry=plan.retry, costly=costly, home=ledger.home)
    if decision.what == "new":
        return Foreseen(row, "new")
    job = decision.job
    spent = _once(job.id, job.cost or job.price, seen) if job and job.submits else None
    return Foreseen(row, "left alone" if decision.what == "leave" else "taken up", spent, decision.error)


def _once(job: str, cost: Price | None, seen: set[str]) -> Price | None:
    """Return what a job has cost for the first of its rows, None for the others."""
    if job in seen:
        return None
    seen.add(job)
    return cost


def _price(row: Row, prices: Prices) -> tuple[Price | None, str]:
    try:
        return prices.get(row), ""
    except (KeyMissing, Offline) as error:  # a forecast is good for something without it
        return None, error.message


def _twins(rows: Sequence[Row]) -> set[int]:
    """Return the numbers of the rows whose pictures are as large as another one: these alone may be the same."""
    sizes: dict[int, list[int]] = {}
    for row in rows:
        if row.error is None and (size := _size(row.picture)):
            sizes.setdefault(size, []).append(row.number)
    return {number for numbers in sizes.values() if len(numbers) > 1 for number in numbers}


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0
