# SPDX-License-Identifier: GPL-3.0-or-later
"""Events: what the engine tells a front about a job. No bpy."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import Img3dError
from .values import Price

__all__ = ["LAST_KINDS", "Event"]

LAST_KINDS = frozenset({"downloaded", "failed", "cancelled", "uncertain"})
"""Kinds after which the engine says nothing more about a run of a job."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One message about one job.

    `kind`: queued, submitted, progress, downloaded, failed, cancelled, uncertain
    (fronts add imported, written, summary).
    `stage`: preparing, submitting, waiting, running, downloading, ready. `fraction` is 0..1 of the stage or None,
    `eta` in seconds, `position` in the service's queue, `path` the file in the library once downloaded.
    """

    job: str
    kind: str
    stage: str = ""
    fraction: float | None = None
    message: str = ""
    eta: float | None = None
    position: int | None = None
    path: Path | None = None
    error: Img3dError | None = None
    cost: Price | None = None
    time: float = field(default_factory=time.time)

    @property
    def error_kind(self) -> str:
        """The word that scripts see, or an empty text."""
        return self.error.kind if self.error else ""

    @property
    def last(self) -> bool:
        """Whether this run of the job is over."""
        return self.kind in LAST_KINDS

    def to_json(self) -> dict[str, Any]:
        """Return what a `--json` line carries: no empty fields; `failed` and `uncertain` have `kind` and `message`."""
        found: dict[str, Any] = {"event": self.kind, "job": self.job, "time": round(self.time, 3)}
        for name in ("stage", "fraction", "message", "eta", "position"):
            value = getattr(self, name)
            if value not in (None, ""):
                found[name] = value
        if self.path is not None:
            found["path"] = str(self.path)
        if self.cost is not None:
            found["cost"] = {"amount": self.cost.amount, "unit": self.cost.unit, "usd": self.cost.usd}
        if self.error is not None:
            found |= {"kind": self.error.kind, "message": str(self.error)}
        return found
