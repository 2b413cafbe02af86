# SPDX-License-Identifier: GPL-3.0-or-later
"""The bookkeeping of one run over several jobs: what was written, what failed, which exit status."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...core.errors import Img3dError, KeyMissing, Offline
from ...core.events import Event
from ..words import quad_lines
from .apart import export_apart
from .deliver import changes_nothing, copy
from .facts import remarks
from .follow import Interrupted
from .output import Output
from .signals import Interrupts

if TYPE_CHECKING:
    from ...core.jobs.engine import Engine
    from ...core.jobs.job import Job

__all__ = ["Run"]


class Run:
    """Runs one job after the other and keeps count."""

    def __init__(self, output: Output, interrupts: Interrupts) -> None:
        self.output = output
        self.interrupts = interrupts
        self.written = 0
        self._statuses: list[int] = []
        self._job: str | None = None
        self._began = time.monotonic()

    def begin(self, job: str) -> str:
        """Note which job the work is about from here on."""
        self._job = job
        return job

    def attempt(self, work: Callable[[], None], *, label: str) -> None:
        """Do one job's work and count how it ended; errors that hold for every job, and interruptions, go on."""
        if self.interrupts.asked:  # while the job before was written: begin nothing that costs money
            raise Interrupted(None, label=label)
        self._job, self._began = None, time.monotonic()
        try:
            work()
        except Img3dError as error:
            if self._job is None and isinstance(error, (KeyMissing, Offline)):
                raise  # refused before a job was made: the next ones would be, too
            self._statuses.append(error.exit_status)
            self.output.failed(error, job=self._job, label=label)

    def deliver(self, engine: Engine, job_id: str, target: Path, after: Mapping[str, Any]) -> None:
        """Write the model of a finished job to `target`."""
        if self.interrupts.asked:
            raise Interrupted(job_id)
        job = engine.job(job_id)
        kind = target.suffix.lower().removeprefix(".")
        if kind == job.kind == "glb" and changes_nothing(after):
            written = copy(job, target)
        else:
            self.output.stage(job_id, "importing", job.name)
            written = export_apart(job, target, after, watch=lambda *news: self._watch(job, *news))
        self.output.emit("imported", job_id, faces=written.faces, vertices=written.vertices)
        engine.mark_imported(job_id)
        self.written += 1
        self._statuses.append(0)
        seconds = round(time.monotonic() - self._began, 3)
        facts: dict[str, Any] = {"faces": written.faces, "vertices": written.vertices, "seconds": seconds}
        if written.quads:
            facts["quads"] = written.quads
        told = dict(job.model.facts) if job.model else {}
        self.output.emit("written", job_id, path=str(target), **facts, **({"facts": told} if told else {}))
        numbers = f"{written.faces} faces, {written.vertices} vertices, {seconds:.1f} s"
        self.output.line(f"{target}  {'; '.join([numbers, *remarks(told)])}")
        for line in quad_lines(written.quads) if written.quads else ():
            self.output.line(f"    {line}")

    def _watch(self, job: Job, fraction: float, message: str) -> None:
        if self.interrupts.asked:
            raise Interrupted(job.id)
        news = Event(job=job.id, kind="progress", stage="importing", fraction=fraction, message=message)
        self.output.event(news, job.name)

    def finish(self) -> int:
        """Say the sum and return the exit status: that of the failures when all failed alike, else 1."""
        failed = [status for status in self._statuses if status]
        self.output.emit(
            "summary",
            None,
            written=self.written,
            failed=len(failed),
            seconds=round(time.monotonic() - self.output.started, 3),
        )
        if len(self._statuses) > 1:
            self.output.line(f"{self.written} written, {len(failed)} failed")
        if not failed:
            return 0
        return failed[0] if len(set(self._statuses)) == 1 else 1
