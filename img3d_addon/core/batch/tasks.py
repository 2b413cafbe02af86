# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of a batch while it runs: a task is a job of the engine and the rows that are written from it. No bpy."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ..errors import Img3dError
from ..events import Event
from ..jobs.job import Job
from ..values import Price
from .keys import Keys
from .outcome import Outcome
from .rows import Row

__all__ = ["Deliverer", "Delivered", "Listener", "Task"]


@dataclass
class Task:
    """`state`: running, ready, or over; then `end` is how it failed.

    `payer` is the row that is charged for it, unless an earlier run has `charged` another one.
    """

    key: str
    payer: Row
    rows: list[tuple[Row, Keys]] = field(default_factory=list[tuple[Row, Keys]])
    job: str = ""
    state: str = "running"
    end: Outcome | None = None
    cost: Price | None = None
    sent: bool = False
    charged: bool = False
    began: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Delivered:
    """A row whose file is written, with its numbers of faces and vertices, or why it is not."""

    row: Row
    faces: int = 0
    vertices: int = 0
    error: Img3dError | None = None


class Deliverer(Protocol):
    """Writes files from models in the library, several at once where it can."""

    def start(self, row: Row, job: Job, target: Path, after: Mapping[str, Any]) -> None:
        """Begin to write the file of a row."""
        ...

    def finished(self) -> list[Delivered]:
        """Return what has ended since the last call."""
        ...

    @property
    def waiting(self) -> int:
        """How many rows are begun and not yet finished."""
        ...


class Listener(Protocol):
    """Hears how a batch goes."""

    def event(self, row: Row, event: Event) -> None:
        """Something happened to the job of a row."""
        ...

    def ended(self, outcome: Outcome, job: Job | None) -> None:
        """A row has come to an end in this run."""
        ...

    def working(self) -> None:
        """Called several times a second while there is work."""
        ...
