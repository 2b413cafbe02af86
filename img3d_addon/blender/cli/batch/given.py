# SPDX-License-Identifier: GPL-3.0-or-later
"""What the arguments of `batch` mean, checked before anything is written or sent."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....core.batch.board import Plan
from ....core.batch.budget import Budget, amount_of
from ....core.batch.ledger import WHOLE
from ....core.batch.rows import Defaults, Row, make_rows
from ....core.batch.sources import find
from ....core.errors import BadInput
from ....core.jobs.checks import provider_named
from ....core.params import parse_all
from ....core.provider import Provider
from ....providers import load
from ...after import AFTER, check, check_quads
from ...exporting import KINDS
from ..generate import named_after
from ..targets import writable
from .pool import cores

__all__ = ["Given", "jobs_at_once", "read"]

_HOSTED = 4
_MOST = 256


@dataclass(frozen=True, kw_only=True)
class Given:
    """The rows of the range, sentences on what was left out, and how they are run.

    `part` names the range among the files of the ledger, `suffix` in the names of the summaries.
    """

    rows: Sequence[Row]
    notes: Sequence[str]
    plan: Plan
    budget: Budget
    part: str = WHOLE
    suffix: str = ""
    sheet: bool = False
    library: Path | None = None


def read(args: argparse.Namespace) -> Given:
    """Read all that was given; `BadInput` before anything is written or sent."""
    provider = provider_named(args.provider, load())
    defaults = Defaults(
        provider=provider.name,
        params=parse_all(provider.params, args.params, owner=provider.label),
        after=named_after(args),
        format=args.format,
        kinds=KINDS,
        check_after=_check_after,
    )
    if args.format.lower().removeprefix(".") not in KINDS:
        raise BadInput(f"--format {args.format} cannot be written", advice=f"There are: {', '.join(KINDS)}.")
    check(defaults.after)
    found = find(args.sources, recursive=args.recursive, skip=args.out)
    rows = make_rows(found.entries, defaults, load())
    first, last = _range(args.range, len(rows))
    each = amount_of(args.assume_price) if args.assume_price else None
    return Given(
        rows=rows[first:last],
        notes=found.notes,
        plan=_plan(args),
        budget=Budget(amount_of(args.max_cost) if args.max_cost else None, each=each),
        sheet=args.contact_sheet,
        library=_library(args.library, part=args.range),
        **({"part": f"{first}-{last}", "suffix": f"-{first}-{last}"} if args.range else {}),
    )


def _library(path: Path | None, *, part: str | None) -> Path | None:
    """Return the .blend for the assets, absolute; `BadInput` when it can be none, or when only a part is made."""
    if path is None:
        return None
    if part is not None:
        raise BadInput(
            "--library is one file for the whole batch, and --range makes a part of it",
            advice="When all parts are done, run the same command without --range and with --resume.",
        )
    if path.suffix.lower() != ".blend" or path.is_dir():
        raise BadInput(f"--library {path} is no .blend file", advice="Write for example --library assets.blend.")
    writable(path.absolute().parent)
    return path.absolute()


def _plan(args: argparse.Namespace) -> Plan:
    defaults = {param.name: param.default for param in AFTER}
    return Plan(
        folder=args.out.absolute(),
        jobs=jobs_at_once(args),
        retry=args.retry_failed,
        after_defaults={**defaults, "location": "origin"},
    )


def jobs_at_once(args: argparse.Namespace) -> int:
    """Return how many jobs run at once: as asked for, else one for each core, or what a small plan allows."""
    if args.jobs is None:
        return cores() if args.provider == "offline" else _HOSTED
    if not 1 <= args.jobs <= _MOST:
        raise BadInput(f"--jobs {args.jobs} is not possible", advice=f"It takes 1 to {_MOST}.")
    return args.jobs


def _range(text: str | None, total: int) -> tuple[int, int]:
    """Read A:B, counted from 0 and without B; what is beyond the end is not there."""
    if text is None:
        return 0, total
    first, colon, last = text.partition(":")
    numbers = [word.strip() for word in (first, last)]
    if not colon or not all(word.isdecimal() or not word for word in numbers):
        raise BadInput(f"--range {text} is no range", advice="Write for example 0:50, 50: or :50; rows count from 0.")
    begin, end = int(numbers[0] or 0), int(numbers[1]) if numbers[1] else total
    if begin >= min(end, total):
        raise BadInput(f"--range {text} holds no row: there are {total}", advice="Rows count from 0.")
    return begin, min(end, total)


def _check_after(given: Mapping[str, Any], provider: Provider, params: Mapping[str, Any]) -> Mapping[str, Any]:
    after = check(given)
    check_quads(after)
    return after
