# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of a batch on models, done by helper processes so that all cores work; by this one where there are none."""

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
from ....core.steps import drained
from ..deliver import changes_nothing, copy, request_of

if TYPE_CHECKING:
    from ....core.helper.work import Work
    from ....core.jobs.job import Job

__all__ = ["Pool", "Then", "cores"]

Then = Callable[[Mapping[str, Any] | Img3dError], None]

_LIMIT = 3600.0  # seconds without a sign of progress for what is no row: an asset library grows large
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class _Errand:
    """One request to a helper, and what is to be done with the answer."""

    request: Mapping[str, Any]
    then: Then
    is_row: bool


class Pool:
    """Up to `count` helpers, each started when it is first needed. For one thread, which calls `finished` often."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._waiting: deque[_Errand] = deque()
        self._later: deque[_Errand] = deque()
        self._working: dict[Helper, tuple[_Errand, Work]] = {}
        self._idle: list[Helper] = []
        self._ended: list[Delivered] = []
        self._alone = False  # no helper can be had here

    def start(self, row: Row, job: Job, target: Path, after: Mapping[str, Any]) -> None:
        """Have the file of a row written; a GLB that is wanted as it is, is only copied."""
        try:
            if target.suffix.lower() == ".glb" and job.kind == "glb" and changes_nothing(after):
                written = copy(job, target)
                self._ended.append(Delivered(row, written.faces, written.vertices))
                return
            self._waiting.append(
                _Errand(request_of(job, target, after, name=target.stem), self._then(row), is_row=True)
            )
        except Img3dError as error:
            self._ended.append(Delivered(row, error=error))
        self._feed()

    def also(self, request: Mapping[str, Any], then: Then) -> None:
        """Have something done that has time, when no row waits for its file."""
        self._later.append(_Errand(request, then, is_row=False))

    def finished(self) -> list[Delivered]:
        """Return the rows whose files are written, or could not be, since the last call."""
        for helper, (errand, work) in list(self._working.items()):
            if work.done.is_set():
                del self._working[helper]
                self._take(helper, errand, work)
        self._feed()
        if self._alone and (errand := self._next()):
            errand.then(_done_here(errand.request))
        found, self._ended = self._ended, []
        return found

    @property
    def waiting(self) -> int:
        """How many rows are begun and not yet returned."""
        return len(self._waiting) + len(self._ended) + sum(errand.is_row for errand, _work in self._working.values())

    @property
    def later(self) -> int:
        """How many other errands are not done yet."""
        return len(self._later) + sum(not errand.is_row for errand, _work in self._working.values())

    def close(self) -> None:
        """End the helpers; what they were writing is not written."""
        self._waiting.clear()
        self._later.clear()
        for helper in [*self._working, *self._idle]:
            helper.close()
        self._working.clear()
        self._idle.clear()

    def _feed(self) -> None:
        while not self._alone and len(self._working) < self._count and (errand := self._next()):
            helper = self._idle.pop() if self._idle else _new_helper()
            self._working[helper] = (errand, helper.submit(errand.request, limit=_limit(errand)))

    def _next(self) -> _Errand | None:
        queue = self._waiting or self._later
        return queue.popleft() if queue else None

    def _take(self, helper: Helper, errand: _Errand, work: Work) -> None:
        try:
            answer: Mapping[str, Any] | Img3dError = work.result()
        except NoHelper as error:
            _log.info("no helper process: %s; this one does the work", error)
            self._alone = True
            (self._waiting if errand.is_row else self._later).appendleft(errand)
            helper.close()
            return
        except Img3dError as error:
            answer = error
        self._idle.append(helper)
        errand.then(answer)

    def _then(self, row: Row) -> Then:
        def then(answer: Mapping[str, Any] | Img3dError) -> None:
            if isinstance(answer, Img3dError):
                self._ended.append(Delivered(row, error=answer))
            else:
                self._ended.append(Delivered(row, answer["faces"], answer["vertices"]))

        return then


def cores() -> int:
    """Return how many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _limit(errand: _Errand) -> float:
    from ...bringing import time_limit

    return time_limit(errand.request["after"]) if errand.is_row else _LIMIT


def _new_helper() -> Helper:
    from ...helper.starting import new_helper

    return new_helper()


def _done_here(request: Mapping[str, Any]) -> Mapping[str, Any] | Img3dError:
    from ...helper.tasks import run

    try:
        return drained(run(request))
    except Img3dError as error:
        return error
