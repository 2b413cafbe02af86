# SPDX-License-Identifier: GPL-3.0-or-later
"""One job as scripts hold it, and the way of a model file into the scene at hand."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from bpy.types import Object

from ..core import errors
from ..core.errors import BadInput, Cancelled, Img3dError
from ..core.jobs.job import DONE, Job
from . import session
from .after import check
from .keywords import ours

if TYPE_CHECKING:
    from .importing import JobFacts

__all__ = ["JobHandle", "into_scene"]

_ENDS = frozenset({*DONE, "failed", "cancelled", "uncertain"})
_LOOK = 0.05  # seconds between two looks at a job
_log = logging.getLogger(__name__)
_ERRORS = {kind.kind: kind for kind in (getattr(errors, name) for name in errors.__all__)}


class JobHandle:
    """One job, looked up anew at each question."""

    def __init__(self, job_id: str) -> None:
        self.id = job_id

    def __repr__(self) -> str:
        return f"<img3d job {self.id}: {self.state}>"

    @property
    def facts(self) -> Job:
        """All that the journal knows."""
        return session.engine().job(self.id)

    @property
    def state(self) -> str:
        """One of prepared, submitting, uncertain, remote, downloading, ready, imported, failed, cancelled."""
        return self.facts.state

    @property
    def progress(self) -> float | None:
        """The share of the present stage that is done, 0..1; None where it is not known."""
        found = self.facts
        return 1.0 if found.state in DONE else found.fraction

    @property
    def path(self) -> Path | None:
        """The model's file in the library, once it is there."""
        return self.facts.path

    @property
    def error(self) -> Img3dError | None:
        """What ended the job without a model."""
        found = self.facts
        if found.state in DONE or not (found.error or found.state == "cancelled"):
            return None
        if found.state == "cancelled":
            return Cancelled(f"The job {self.id} was cancelled")
        return _ERRORS.get(found.error_kind, Img3dError)(found.error, advice="")

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the model: True when it is there, False after `timeout` seconds; raises what ended the job."""
        end = None if timeout is None else time.monotonic() + timeout
        while (found := self.facts).owner_alive or found.state not in _ENDS:
            if not found.owner_alive:
                raise BadInput(f"Nobody works on the job {self.id}", advice="Call its resume().")
            if end is not None and time.monotonic() >= end:
                return False
            time.sleep(_LOOK)
        if error := self.error:
            raise error
        return True

    def cancel(self, *, wait: float = 10.0) -> str:
        """Stop it; returns a sentence on what that means for the bill.

        The service's own answer is waited for, `wait` seconds at most: a script that ended before would break it off.
        """
        return session.engine().cancel(self.id, wait=wait)

    def resume(self, *, again: bool = False) -> JobHandle:
        """Go on in the background; `again` is your word that an uncertain submit may be paid twice."""
        session.engine().resume(self.id, again=again)
        return self

    def import_result(self, **options: Any) -> list[Object]:
        """Put the model into the scene at hand and return the new objects, the root first.

        The options are those of ours that `generate` takes; by default what the job was made with.
        """
        from .importing import JobFacts

        after = ours(options)
        found = self.facts
        if found.path is None:
            raise BadInput(f"The job {self.id} has no result yet", advice="Call its wait() first, or resume().")
        made = into_scene(found.path, check(after, over=found.after), JobFacts.of(found))
        session.engine().mark_imported(self.id)
        return made


def into_scene(path: Path, after: Mapping[str, Any], facts: JobFacts) -> list[Object]:
    """Import `path` by the options of `after.AFTER` into the scene at hand, as one undo step where there is a window.

    Returns the new objects, the root first; `ImportFailed` or `BadInput` leaves nothing behind.
    """
    from .bringing import import_result

    made = import_result(bpy.context, path, after, facts)
    for note in made.notes:
        _log.warning("%s: %s", made.root.name, note)
    if not bpy.app.background:
        bpy.ops.ed.undo_push(message="Image to 3D")
    return list(made.objects)
