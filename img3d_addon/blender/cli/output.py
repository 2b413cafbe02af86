# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line says: results on stdout (lines or JSON), progress and errors on stderr."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from ...core.errors import Cancelled, Img3dError, Stopped, Uncertain
from ...core.events import Event
from ..words import doing, stage_words

if TYPE_CHECKING:
    from ...core.jobs.job import Job

__all__ = ["Output"]


class Output:
    """The two streams of one run: `out` for results, `err` for people."""

    def __init__(self, out: TextIO, err: TextIO, *, as_json: bool) -> None:
        self.as_json = as_json
        self._out = out
        self._err = err
        self._moving = err.isatty() and not as_json
        self._shown = ""  # the text of the moving line, or the last stage that was said
        self._told: dict[str, dict[str, Any]] = {}  # what the last line about a job said
        self.started = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long this run has taken until now."""
        return round(time.monotonic() - self.started, 3)

    def event(self, event: Event, label: str) -> None:
        """Show one event of the engine that is no failure; `label` is the picture's name."""
        self.row_event(event)
        if not event.last:
            self._progress(event, label)

    def row_event(self, event: Event, **facts: Any) -> None:
        """Write an event of the engine as a JSON line, with more facts; progress that says nothing new is left out."""
        found = event.to_json() | facts
        news = {name: value for name, value in found.items() if name != "time"}
        if event.kind == "progress" and self._told.get(event.job) == news:
            return
        self._told[event.job] = news
        if event.last:
            del self._told[event.job]
        self._json(found)

    def emit(self, event: str, job: str | None, /, **facts: Any) -> None:
        """Write one JSON line of our own, where JSON is asked for."""
        self._json({"event": event, "job": job, "time": round(time.time(), 3)} | facts)

    def failed(self, error: Img3dError, *, job: str | None = None, label: str = "") -> None:
        """Say an error once on stderr, and as an event."""
        name = "cancelled" if isinstance(error, Cancelled) else "failed"
        self.emit(name, job, kind=error.kind, message=str(error), **({"name": label} if label else {}))
        text = str(error)
        self.note(text if label in text else f"{label}: {text}")

    def interrupted(self, job: Job, *, prog: str) -> None:
        """Say that a job was left, and how to go on with it."""
        if job.state == "uncertain":
            error: Img3dError = Uncertain(f"Interrupted; the job {job.id} is kept. {job.error}", advice="")
        else:
            error = Stopped(f"Interrupted; the job {job.id} is kept", advice=f"Go on with: {prog} resume {job.id}")
        self.emit("failed", job.id, kind=error.kind, message=str(error), name=job.name)
        self.note(str(error))

    def note(self, text: str) -> None:
        """Write one line for people to stderr."""
        self._clear()
        self._err.write(f"img3d: {text}\n")
        self._err.flush()

    def line(self, text: str = "") -> None:
        """Write one line of result to stdout, unless that is kept for JSON."""
        if not self.as_json:
            self._clear()
            self._out.write(f"{text}\n")
            self._out.flush()

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write rows in aligned columns."""
        lines = [list(heads), *([str(cell) for cell in row] for row in rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
        for line in lines:
            self.line("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())

    def bar(self, text: str, fraction: float) -> None:
        """Show how far all of it is, where there is a terminal to move on."""
        if self._moving:
            self._bar(text, fraction)

    def quiet(self, text: str) -> None:
        """Write a line of progress where nothing moves."""
        if not self._moving:
            self.note(text)

    def stage(self, job: str, stage: str, label: str) -> None:
        """Show a step of our own after the download."""
        self._progress(Event(job=job, kind="progress", stage=stage), label)

    def _json(self, found: Mapping[str, Any]) -> None:
        if self.as_json:
            self._out.write(json.dumps(found, ensure_ascii=False) + "\n")
            self._out.flush()

    def _progress(self, event: Event, label: str) -> None:
        text = f"{label}: {doing(event)}"
        if self._moving:
            self._bar(text, event.fraction)
        elif event.stage and (label + event.stage) != self._shown:
            self._shown = label + event.stage
            waits = event.stage == "waiting" and event.message  # why, and for how long
            self._err.write(f"img3d: {label}: {waits or stage_words(event.stage)}\n")
            self._err.flush()

    def _bar(self, text: str, fraction: float | None) -> None:
        room = shutil.get_terminal_size().columns - 1
        if fraction is not None:
            done = round(20 * min(1.0, max(0.0, fraction)))
            text = f"[{'#' * done}{'.' * (20 - done)}] {fraction:4.0%} {text}"
        self._clear()
        self._shown = text[:room]
        self._err.write(self._shown)
        self._err.flush()

    def _clear(self) -> None:
        if self._moving and self._shown:
            self._err.write("\r" + " " * len(self._shown) + "\r")
            self._shown = ""
