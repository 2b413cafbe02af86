# SPDX-License-Identifier: GPL-3.0-or-later
"""A job of this engine in memory: its newest state, its stop switch and what a panel draws. No bpy."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..events import Event
from ..files.pixels import Pixels
from ..provider import Provider
from .control import Control
from .job import Job, JobView

__all__ = ["Ticket", "view_of"]


@dataclass(kw_only=True, eq=False)
class Ticket:
    """One run of a job. Only the thread that works on it changes `job`; others read it.

    `journalled`: the journal has it. `begun`: a thread has taken it, `thread` the one that
    made it. `sentence`: what a cancel meant for the bill. `pixels`: those of the order, until its picture is a file.
    """

    job: Job
    provider: Provider
    account: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    pixels: Pixels | None = field(default=None, repr=False)
    control: Control = field(default_factory=Control)
    background: bool = True
    journalled: bool = False
    begun: bool = False
    interrupted: bool = False
    sentence: str = ""
    ended: threading.Event = field(default_factory=threading.Event)
    last: Event | None = None
    thread: int = field(default_factory=threading.get_ident)

    def view(self) -> JobView:
        """Return what a panel draws now."""
        return view_of(self.job, running=not self.ended.is_set(), event=self.last)


def view_of(job: Job, *, running: bool, event: Event | None = None) -> JobView:
    """Return the drawable part of a job; the waiting time and place in the queue come from its last event."""
    return JobView(
        id=job.id,
        provider=job.provider,
        name=job.name,
        image=job.image,
        state=job.state,
        params=job.params,
        after=job.after,
        created=job.created,
        updated=job.updated,
        running=running,
        resumable=not running and replace(job, owner_alive=False).resumable,
        stage=job.stage,
        fraction=job.fraction,
        message=job.message,
        eta=event.eta if event and running else None,
        position=event.position if event and running else None,
        picture=job.picture.path if job.picture else None,
        path=job.path,
        error_kind=job.error_kind,
        error=job.error,
        price=job.price,
        cost=job.cost,
        seed=job.seed,
    )
