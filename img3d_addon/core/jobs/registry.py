# SPDX-License-Identifier: GPL-3.0-or-later
"""What an engine knows in memory: its jobs, their drawable state, the events not yet fetched. No bpy."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable

from ..errors import Busy, Img3dError
from ..events import Event
from .job import Job, JobView
from .tickets import Ticket, view_of

__all__ = ["KEPT", "Registry"]

KEPT = 200  # finished jobs whose state stays in memory for the panels


class Registry:
    """Shared by all threads of an engine. The lock is held for a few dictionary steps, never for work."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._tickets: dict[str, Ticket] = {}
        self._views: dict[str, JobView] = {}
        self._active: dict[str, Ticket] = {}
        self._ended: deque[str] = deque()
        self._events: deque[Event] = deque()
        self._closed = False

    def put(self, ticket: Ticket) -> None:
        """Take up a ticket; `Busy` when its job is already at work here."""
        with self._changed:
            if self._closed:
                raise Img3dError("img3d is being closed", advice="Start it again to submit jobs.")
            if ticket.job.id in self._active:
                raise Busy(f"Job {ticket.job.id} is at work already", advice="Wait for it, or cancel it.")
            self._tickets[ticket.job.id] = self._active[ticket.job.id] = ticket
            self._views[ticket.job.id] = ticket.view()

    def tell(self, ticket: Ticket, event: Event) -> None:
        """Show an event, and keep it for `drain()` when the job runs in the background."""
        ticket.last = event
        self.show(ticket)
        if ticket.background:
            self._events.append(event)

    def show(self, ticket: Ticket) -> None:
        """Draw the ticket as it is now."""
        with self._changed:
            self._views[ticket.job.id] = ticket.view()

    def end(self, ticket: Ticket) -> None:
        """Note that the run is over, and wake those who wait for it."""
        with self._changed:
            ticket.ended.set()
            self._active.pop(ticket.job.id, None)
            self._views[ticket.job.id] = ticket.view()
            self._ended.append(ticket.job.id)
            while len(self._ended) > KEPT:
                self._drop(self._ended.popleft())
            self._changed.notify_all()

    def begin(self, ticket: Ticket) -> bool:
        """Claim the run of a ticket for this thread; False when another one has it."""
        with self._changed:
            free = not ticket.begun and not ticket.ended.is_set()
            ticket.begun = True
            return free

    def close(self) -> list[Ticket]:
        """Take no more tickets; return those that are active."""
        with self._changed:
            self._closed = True
            return list(self._active.values())

    def ticket(self, job_id: str) -> Ticket | None:
        """Return the last ticket of a job, if it is remembered."""
        with self._changed:
            return self._tickets.get(job_id)

    def tickets(self) -> list[Ticket]:
        """Return all remembered tickets, the oldest first."""
        with self._changed:
            return list(self._tickets.values())

    def find(self, start: str) -> str | None:
        """Return the id of the one active job that begins with `start`."""
        with self._changed:
            found = [job_id for job_id in self._active if job_id.startswith(start.strip().lower())]
            return found[0] if len(found) == 1 and start.strip() else None

    def add_found(self, jobs: Iterable[Job]) -> None:
        """Draw jobs of the journal beside our own."""
        with self._changed:
            for job in jobs:
                if job.id not in self._tickets:
                    self._views[job.id] = view_of(job, running=job.owner_alive)

    def remove(self, job_id: str) -> None:
        """Draw a job no more; `Busy` when it is at work here."""
        with self._changed:
            if job_id in self._active:
                raise Busy(f"Job {job_id} is at work", advice="Cancel it first.")
            self._tickets.pop(job_id, None)
            self._views.pop(job_id, None)

    def view(self) -> tuple[JobView, ...]:
        """Return what panels draw, the newest job first."""
        views = self._views.copy()  # one step of the interpreter: it needs no lock
        return tuple(views[job_id] for job_id in sorted(views, reverse=True))

    def drain(self) -> list[Event]:
        """Return the events since the last call; never waits."""
        found: list[Event] = []
        while self._events:
            found.append(self._events.popleft())
        return found

    @property
    def busy(self) -> bool:
        """Whether any job is at work."""
        return bool(self._active)

    @property
    def active(self) -> int:
        """How many jobs are at work in the background."""
        return sum(ticket.background for ticket in self._active.copy().values())

    def wait_idle(self, timeout: float | None = None) -> bool:
        """Wait until no background job is at work; False when `timeout` seconds were not enough."""
        with self._changed:
            return self._changed.wait_for(lambda: not self.active, timeout)

    def _drop(self, job_id: str) -> None:
        if job_id not in self._active and job_id not in self._ended:
            self._tickets.pop(job_id, None)
            self._views.pop(job_id, None)
