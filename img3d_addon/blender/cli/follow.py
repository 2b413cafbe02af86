# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait for one job of the engine and show what it says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ...core.errors import Cancelled
from .output import Output
from .signals import Interrupts

if TYPE_CHECKING:
    from ...core.jobs.engine import Engine

__all__ = ["Interrupted", "follow"]

_PAUSE = 0.02  # seconds between two looks at the engine
_PATIENCE = 10.0  # seconds for the service's own answer to a cancel


class Interrupted(Exception):
    """The user or the system asked us to stop; `job` is kept, or `label` was not begun."""

    def __init__(self, job: str | None, *, label: str = "") -> None:
        super().__init__(job or label)
        self.job = job
        self.label = label


def follow(engine: Engine, job: str, *, label: str, output: Output, interrupts: Interrupts) -> None:
    """Return when the model of `job` is in the library; raise its error, not yet said, or `Interrupted`."""
    while True:
        if interrupts.asked:
            raise Interrupted(job)
        for event in engine.drain():
            if event.job != job:
                continue
            if event.last and event.kind != "downloaded":
                raise event.error or Cancelled(_bill(engine, job, interrupts) or f"The job {job} was cancelled")
            output.event(event, label)
            if event.last:
                return
        time.sleep(_PAUSE)


def _bill(engine: Engine, job: str, interrupts: Interrupts) -> str:
    """Return what a cancel means for the bill, once the service was told: to end before that would break the call."""
    end = time.monotonic() + _PATIENCE
    while engine.active and not interrupts.asked and time.monotonic() < end:
        engine.wait_idle(_PAUSE)
    return engine.job(job).message
