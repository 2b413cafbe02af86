# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a batch, written by helper processes so that all cores work; by this process where there can be none."""

from __future__ import annotations

import logging
import os
import sys
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....core.batch.rows import Row
from ....core.batch.tasks import Delivered
from ....core.errors import Img3dError
from ....core.helper.helper import Helper, NoHelper
from ..deliver import changes_nothing, copy, export, request_of

if TYPE_CHECKING:
    from ....core.helper.work import Work
    from ....core.jobs.job import Job

__all__ = ["Pool", "cores"]

_LIMIT = 3600.0  # seconds for one file, after which an importer or a remesh is taken to hang
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class _Errand:
    """One file to be written."""

    row: Row
    job: Job
    target: Path
    after: Mapping[str, Any]


class Pool:
    """Up to `count` helpers, each started when it is first needed. For one thread, which calls `finished` often."""

    def __init__(self, count: int, *, command: Callable[[], tuple[str, ...]] | None = None) -> None:
        self._count = count
        self._command = command or _command
        self._waiting: deque[_Errand] = deque()
        self._working: dict[Helper, tuple[_Errand, Work]] = {}
        self._idle: list[Helper] = []
        self._ended: list[Delivered] = []
        self._alone = False  # no helper can be had here

    def start(self, row: Row, job: Job, target: Path, after: Mapping[str, Any]) -> None:
        """Have the file of a row written; a GLB that is wanted as it is, is only copied."""
        if target.suffix.lower() == ".glb" and job.kind == "glb" and changes_nothing(after):
            self._ended.append(_tried(row, lambda: copy(job, target)))
        else:
            self._waiting.append(_Errand(row, job, target, after))
            self._feed()

    def finished(self) -> list[Delivered]:
        """Return the rows whose files are written, or could not be, since the last call."""
        for helper, (errand, work) in list(self._working.items()):
            if work.done.is_set():
                del self._working[helper]
                self._take(helper, errand, work)
        self._feed()
        if self._alone and self._waiting:
            errand = self._waiting.popleft()
            self._ended.append(_tried(errand.row, lambda: export(errand.job, errand.target, errand.after)))
        found, self._ended = self._ended, []
        return found

    @property
    def waiting(self) -> int:
        """How many rows are begun and not yet returned."""
        return len(self._waiting) + len(self._working) + len(self._ended)

    def close(self) -> None:
        """End the helpers; what they were writing is not written."""
        self._waiting.clear()
        for helper in [*self._working, *self._idle]:
            helper.close()
        self._working.clear()
        self._idle.clear()

    def _feed(self) -> None:
        while self._waiting and not self._alone and len(self._working) < self._count:
            errand = self._waiting.popleft()
            try:
                request = request_of(errand.job, errand.target, errand.after)
            except Img3dError as error:
                self._ended.append(Delivered(errand.row, error=error))
                continue
            helper = self._idle.pop() if self._idle else Helper(self._command())
            self._working[helper] = (errand, helper.submit(request, limit=_LIMIT))

    def _take(self, helper: Helper, errand: _Errand, work: Work) -> None:
        try:
            answer = work.result()
            self._ended.append(Delivered(errand.row, answer["faces"], answer["vertices"]))
        except NoHelper as error:
            _log.info("no helper process: %s; the files are written by this one", error)
            self._alone = True
            self._waiting.appendleft(errand)
            helper.close()
            return
        except Img3dError as error:
            self._ended.append(Delivered(errand.row, error=error))
        self._idle.append(helper)


def cores() -> int:
    """Return how many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _command() -> tuple[str, ...]:
    from ...helper.starting import command

    return command()


def _tried(row: Row, work: Callable[[], Any]) -> Delivered:
    try:
        written = work()
    except Img3dError as error:
        return Delivered(row, error=error)
    return Delivered(row, written.faces, written.vertices)
