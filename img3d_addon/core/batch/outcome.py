# SPDX-License-Identifier: GPL-3.0-or-later
"""How the rows of a batch stand, and the summary files. No bpy."""

from __future__ import annotations

import csv
import os
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from ..errors import OutputError
from ..jobs.library import write_json
from ..values import Price
from .rows import Row

__all__ = ["COLUMNS", "FAILED", "LEFT", "Outcome", "counts", "write_summary"]

FAILED = ("failed", "uncertain", "cancelled")
LEFT = ("open", "waiting")
"""States that a further run with --resume goes on with: a job that is kept, and a row that was not begun."""

COLUMNS = ("row", "picture", "state", "provider", "faces", "seconds", "cost", "unit", "file", "error", "job")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one row stands: `state` is written, failed, uncertain, cancelled, open or waiting.

    `before`: it was so already when this run began. `cost` is what this row has cost, 0 where another one paid.
    """

    row: Row
    state: str
    job: str = ""
    faces: int = 0
    vertices: int = 0
    seconds: float = 0.0
    cost: Price | None = None
    error: str = ""
    kind: str = ""
    exit_status: int = 1
    before: bool = False
    preview: str = ""

    def facts(self) -> dict[str, Any]:
        """Return what the summary says of it; what is not known is None."""
        written = self.state == "written"
        return {
            "row": self.row.number + 1,
            "picture": str(self.row.picture),
            "state": self.state,
            "provider": self.row.provider,
            "faces": self.faces if written else None,
            "seconds": round(self.seconds, 3) if written else None,
            "cost": self.cost.amount if self.cost else None,
            "unit": self.cost.unit if self.cost else None,
            "file": self.row.file.as_posix() if written else None,
            "error": self.error or None,
            "job": self.job or None,
        }


def counts(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Return how many rows stand how."""
    found: dict[str, int] = {}
    for outcome in outcomes:
        found[outcome.state] = found.get(outcome.state, 0) + 1
    return found


def write_summary(
    folder: Path, outcomes: Sequence[Outcome], head: Mapping[str, Any], *, suffix: str = ""
) -> list[Path]:
    """Write `summary.json` and `summary.csv`, each whole or not at all; `head` goes before the rows."""
    as_json, as_csv = folder / f"summary{suffix}.json", folder / f"summary{suffix}.csv"
    facts = [outcome.facts() for outcome in outcomes]
    write_json(as_json, {**head, "counts": counts(outcomes), "rows": facts})
    with _whole(as_csv) as file:
        writer: csv.DictWriter[str] = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(facts)
    return [as_json, as_csv]


@contextmanager
def _whole(path: Path) -> Generator[TextIO]:
    part = path.with_name(path.name + ".part")
    try:
        # with a mark in front: Excel takes a CSV without it for the code page of the system
        with part.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror or error})") from error
