# SPDX-License-Identifier: GPL-3.0-or-later
"""The threads of an engine: one that takes jobs in, some that work on them, one that keeps the lease. No bpy."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial

from ..errors import Cancelled, Img3dError, Stopped, Uncertain
from ..events import Event
from ..http.api import Api
from .cancelling import ask_service
from .context import Context
from .control import Control
from .heartbeat import Heartbeat
from .intake import write_down
from .questions import Questions
from .registry import Registry
from .tickets import Ticket
from .work import Work
from .workers import Workers

__all__ = ["Scheduler"]

log = logging.getLogger(__name__)

OTHERS = 2.0  # seconds that `close()` gives to jobs that are driven in threads of others


class Scheduler:
    """Brings tickets of the registry from "queued" to their end."""

    def __init__(self, context: Context, registry: Registry, *, workers: int) -> None:
        self._context = context
        self._registry = registry
        self._closing = False
        self.questions = Questions()
        self._intake = Workers(1, name="img3d-intake")
        self._workers = Workers(workers, name="img3d-worker")
        self._heartbeat = Heartbeat(
            beat=lambda: context.journal.beat() if registry.busy else None,
            look=lambda: self._hear() if registry.busy else None,  # a mere question leaves the journal closed
            busy=lambda: registry.busy or self.questions.busy,
            program_ends=self._stop,
        )

    def call(self, what: Callable[[], None]) -> None:
        """Have a short call made in the background."""
        self._intake.put(what)

    def ask(self, question: Callable[[], None]) -> None:
        """Have a question asked in the background, of which no job knows."""
        self.questions.put(question)
        self._heartbeat.start()

    def start(self, ticket: Ticket) -> None:
        """Let the threads bring a ticket to its end."""
        self._registry.tell(ticket, _queued(ticket))
        self._heartbeat.start()
        self._intake.put(partial(self._take_in, ticket))

    def drive(self, ticket: Ticket) -> Generator[Event]:
        """Bring a ticket to its end in this thread, yielding its events; raise the error that ended it."""
        self._registry.begin(ticket)
        self._heartbeat.start()
        work = Work(self._context, ticket)
        try:
            self._registry.tell(ticket, queued := _queued(ticket))
            yield queued
            yield from self._told(ticket, work.intake())
            if not _is_over(ticket):
                yield from self._told(ticket, work.events())
        finally:
            self._finish(ticket)
        last = ticket.last
        if last and last.kind == "cancelled":
            raise Cancelled(ticket.sentence)
        if last and last.error:
            raise last.error

    def cancel(self, ticket: Ticket) -> None:
        """Stop a ticket now, also one that waits for a free thread."""
        if ticket.last and ticket.last.kind == "cancelled":
            return  # the wish is heard again and again, and must not break off the call that tells the service
        ticket.control.stop(Cancelled("Cancelled"))
        if ticket.background:
            self._intake.put(partial(self._work_on, ticket))

    def interrupt(self, ticket: Ticket) -> None:
        """Stop a ticket now without cancelling it; its job stays resumable."""
        ticket.control.stop(Stopped(f"Job {ticket.job.id} was interrupted"))
        if ticket.background:
            self._intake.put(partial(self._work_on, ticket))

    def close(self) -> None:
        """Stop everything without cancelling it and join the threads; each job stays resumable."""
        self._stop()
        self._heartbeat.close()
        for ticket in self._registry.close():
            if not ticket.background:
                own = ticket.thread == threading.get_ident()
                ticket.ended.wait(0 if own else OTHERS)
                continue
            try:
                if not ticket.journalled:  # it was not its turn yet
                    write_down(self._context, ticket)
            except Img3dError as error:
                log.warning("job %s, of which nothing was sent, is not kept: %s", ticket.job.id, error)
            finally:
                self._registry.end(ticket)

    def _stop(self) -> None:
        self._closing = True
        for ticket in self._registry.close():
            ticket.control.stop(Stopped(f"Job {ticket.job.id} was interrupted"))
        self.questions.close()
        self._intake.close()
        self._workers.close()

    def _take_in(self, ticket: Ticket) -> None:
        self._serve(ticket, Work(self._context, ticket).intake())
        if ticket.interrupted or _is_over(ticket):
            self._finish(ticket)
        else:
            ticket.job = replace(ticket.job, stage="waiting")  # for a free thread, perhaps
            self._registry.show(ticket)
            self._workers.put(partial(self._work_on, ticket))

    def _work_on(self, ticket: Ticket) -> None:
        if self._registry.begin(ticket):
            self._serve(ticket, Work(self._context, ticket).events())
            self._finish(ticket)

    def _serve(self, ticket: Ticket, events: Generator[Event]) -> None:
        """Tell the events of a background run; nothing that happens in it may end the thread."""
        error: Img3dError | None = None
        try:
            for _event in self._told(ticket, events):
                pass
        except Stopped:
            ticket.interrupted = True
        except Img3dError as found:
            error = found
        except Exception as found:
            log.exception("job %s", ticket.job.id)
            error = _own_error(found, in_doubt=ticket.job.state == "uncertain")
        if error is not None:
            ticket.job = replace(ticket.job, error_kind=error.kind, error=str(error))
            kind = "uncertain" if isinstance(error, Uncertain) else "failed"
            self._registry.tell(ticket, Event(job=ticket.job.id, kind=kind, error=error, message=str(error)))

    def _told(self, ticket: Ticket, events: Generator[Event]) -> Generator[Event]:
        try:
            for event in events:
                self._registry.tell(ticket, event)
                yield event
        finally:
            events.close()  # at once, while the job is still ours: it writes down where it stopped

    def _finish(self, ticket: Ticket) -> None:
        try:
            if ticket.last and ticket.last.kind == "cancelled" and not self._closing:
                self._tell_service(ticket)
            if ticket.journalled:
                self._context.journal.release(ticket.job.id)
        except Img3dError as error:
            log.warning("job %s: %s", ticket.job.id, error)
        finally:
            ticket.pixels = None  # of a job that was not even taken in
            self._registry.end(ticket)

    def _tell_service(self, ticket: Ticket) -> None:
        job = ticket.job
        if job.task is None or job.model is not None or not ticket.provider.cancellable:
            return
        control = ticket.control = Control()  # the old one is stopped; `close()` stops this one

        def connect() -> Api:
            api = self._context.connect(ticket)
            control.attach(api)
            return api

        ticket.sentence = ask_service(job, ticket.provider, connect=connect)
        ticket.job = self._context.journal.note(job.id, message=ticket.sentence)

    def _hear(self) -> None:
        for job_id in self._context.journal.wishes():
            ticket = self._registry.ticket(job_id)
            if ticket is not None:
                self.cancel(ticket)


def _queued(ticket: Ticket) -> Event:
    return Event(job=ticket.job.id, kind="queued", stage="preparing")


def _own_error(found: Exception, *, in_doubt: bool) -> Img3dError:
    text = f"An error in img3d itself stopped the job ({type(found).__name__}: {found})"
    if in_doubt:
        return Uncertain(f"{text} after it was submitted")
    return Img3dError(text, advice="The log has the details; resume the job to go on.")


def _is_over(ticket: Ticket) -> bool:
    return ticket.last is not None and ticket.last.last
