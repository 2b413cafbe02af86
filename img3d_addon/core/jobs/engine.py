# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine: jobs from an order to a file in the library, for every front. No bpy."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import BadInput, BadResult, Busy, ProviderError
from ..events import Event
from ..http.api import Api
from ..provider import Provider
from ..settings import Settings
from ..values import Balance, Order, Price
from .cancelling import meaning
from .checks import check_order, check_params, check_ready, provider_named
from .context import Context
from .job import DONE, Ids, Job, JobView
from .journal import Journal
from .library import Library
from .misread import understood
from .registry import KEPT, Registry
from .scheduler import Scheduler
from .stored import StoredJobs
from .tickets import Ticket
from .uploading import sent

__all__ = ["Engine"]


class Engine:
    """All jobs of one home folder, as one process sees them. Opens nothing before it is used.

    `settings` may be replaced at any time and counts for the next job; the home folder stays that of the first.
    """

    def __init__(self, settings: Settings, providers: Mapping[str, Provider]) -> None:
        self.settings = settings
        self._providers = providers
        self._journal = Journal(settings.home)
        self._library = Library(settings.home)
        self._ids = Ids()
        self._stored = StoredJobs(self._journal, self._library, providers)
        self._registry = Registry()
        context = Context(journal=self._journal, library=self._library, connect=self._connect)
        self._scheduler = Scheduler(context, self._registry, workers=settings.workers)

    def submit(self, order: Order) -> str:
        """Start a job in the background and return its id at once; `drain()` tells how it goes.

        Raises `BadInput`, `KeyMissing` or `Offline`; a picture that cannot be read comes as a failed event.
        """
        ticket = self._new_ticket(order, background=True)
        self._scheduler.start(ticket)
        return ticket.job.id

    def resume(self, job_id: str, *, again: bool = False) -> None:
        """Take up a job of the journal in the background; the start of its id is enough.

        `again` is the user's word to submit once more what may have been charged. Raises `BadInput`, `Busy`,
        `Uncertain` or `OutputError` with the reason when it cannot be taken up.
        """
        self._scheduler.start(self._old_ticket(job_id, again=again, background=True))

    def drive(self, job: Order | str, *, again: bool = False) -> Iterator[Event]:
        """Run an order, or resume a job by its id, in this thread, yielding its events.

        The error of a job that did not succeed is raised after its last event. Breaking off, by closing the
        generator or by Ctrl-C, leaves the job resumable.
        """
        if isinstance(job, Order):
            ticket = self._new_ticket(job, background=False)
        else:
            ticket = self._old_ticket(job, again=again, background=False)
        yield from self._scheduler.drive(ticket)

    def cancel(self, job_id: str, *, wait: float = 0.0) -> str:
        """Stop a job and return a sentence on what that means for the bill.

        It returns at once; with `wait`, after as many seconds at most, so that the service's own answer is in it.
        """
        running = self._registry.find(job_id)
        ticket = self._registry.ticket(running) if running else None
        if ticket is None:
            stored = self._to_cancel(self._journal.find(job_id))
            if isinstance(stored, str):
                return stored
            ticket = stored
            ticket.control.stop()
            self._scheduler.start(ticket)
        else:
            self._scheduler.cancel(ticket)
        said = meaning(ticket.job, ticket.provider)
        if wait > 0:
            ticket.ended.wait(wait)
        return ticket.sentence or said

    def stop_waiting(self, job_id: str) -> None:
        """Let a job go on at the service without us, at once; `resume` fetches it. `BadInput` while it is not there."""
        ticket = self._registry.ticket(self._registry.find(job_id) or "")
        if ticket is None or ticket.job.state not in ("remote", "downloading"):
            raise BadInput("The job is not at the service, so there is nothing to leave it to", advice="Cancel it.")
        self._scheduler.interrupt(ticket)

    def remove(self, job_id: str, *, files: bool = False) -> None:
        """Show a job no more, with `files` delete its folder of the library; `Busy` while it is at work here."""
        self._registry.remove(job_id)

        def run() -> None:
            self._journal.remove(job_id, files=files)
            if files:
                self._library.drop(job_id)

        self._scheduler.call(run)

    def folder(self, job_id: str) -> Path:
        """Return the job's folder in the library, which may not exist."""
        return self._library.folder(job_id)

    def drain(self) -> list[Event]:
        """Return what happened to background jobs since the last call; never waits."""
        return self._registry.drain()

    def view(self) -> tuple[JobView, ...]:
        """Return what panels draw, newest first; from memory, for `draw()`."""
        return self._registry.view()

    def refresh(self, limit: int = KEPT) -> threading.Event:
        """Have the newest jobs of the journal that were not removed shown, too; returns what tells the end."""
        over = threading.Event()

        def run() -> None:
            try:
                self._registry.add_found(map(self._stored.seen, self._journal.list(limit, removed=False)))
            finally:
                over.set()

        self._scheduler.call(run)
        return over

    def jobs(self, limit: int | None = None, *, states: Iterable[str] = (), since: float = 0.0) -> list[Job]:
        """Return the jobs made `since` then, newest first; of the journal's only those in `states`, where given.

        Reads the disk: not for `draw()`.
        """
        own = {ticket.job.id: ticket for ticket in self._registry.tickets() if ticket.job.created >= since}
        found = {job.id: self._stored.seen(job) for job in self._journal.list(limit, states=states, since=since)}
        for job_id, ticket in own.items():
            if not ticket.journalled or (job_id in found and not ticket.ended.is_set()):
                found[job_id] = replace(ticket.job, owner_alive=not ticket.ended.is_set())
        return [found[job_id] for job_id in sorted(found, reverse=True)][:limit]

    def job(self, job_id: str) -> Job:
        """Return one job; the start of its id is enough. Reads the disk: not for `draw()`."""
        ticket = self._registry.ticket(self._registry.find(job_id) or job_id)
        if ticket is not None and not (ticket.journalled and ticket.ended.is_set()):
            return replace(ticket.job, owner_alive=not ticket.ended.is_set())
        return self._stored.seen(self._journal.get(self._journal.find(job_id)))

    def mark_imported(self, job_id: str) -> None:
        """Note that the file of a job is in a scene."""
        self._journal.move_free(job_id, "imported")
        ticket = self._registry.ticket(job_id)
        if ticket is not None:
            ticket.job = replace(ticket.job, state="imported")
            self._registry.show(ticket)

    def estimate(
        self, provider: str, params: Mapping[str, Any] | None = None, *, image: Path | None = None
    ) -> Price | None:
        """Return the price of one job, asking the service only where it is not known without; None: unknown.

        Some services price a picture that they have: `image` is prepared and uploaded then, which is free.
        """
        asked = provider_named(provider, self._providers)
        values = check_params(params or {}, asked)
        price = asked.estimate(None, values)
        if price is not None or not asked.has_estimate:
            return price
        with tempfile.TemporaryDirectory(prefix="img3d-") as folder, self._asking(asked, Path(folder)) as api:
            return asked.estimate(api, values, sent(asked, api, image, Path(folder)) if image else None)

    def balance(self, provider: str) -> Balance:
        """Ask what is left on the account of a provider that `has_balance`."""
        asked = provider_named(provider, self._providers)
        with self._asking(asked) as api:
            return asked.balance(api)

    def check_key(self, provider: str) -> str:
        """Test the key by a call that costs nothing; return one sentence on whose it is."""
        asked = provider_named(provider, self._providers)
        with self._asking(asked) as api:
            return asked.check_key(api)

    def ask(self, question: Callable[[], None]) -> None:
        """Have a call of `estimate`, `balance` or `check_key` made in the background; `close()` ends it at once."""
        self._scheduler.ask(question)

    @property
    def active(self) -> int:
        """How many jobs run or wait in the background."""
        return self._registry.active

    def wait_idle(self, timeout: float | None = None) -> bool:
        """Wait for all background jobs; False when `timeout` seconds were not enough."""
        return self._registry.wait_idle(timeout)

    def close(self) -> None:
        """Stop without cancelling, join all threads, give the jobs up; what ran can be resumed by anyone."""
        try:
            self._scheduler.close()
        finally:
            self._journal.close()

    def _new_ticket(self, order: Order, *, background: bool) -> Ticket:
        provider = provider_named(order.provider, self._providers)
        params = check_order(order, provider)
        account = check_ready(provider, self.settings, account=order.account)
        now = time.time()
        job = Job(
            id=self._ids.new(),
            provider=provider.name,
            name=_shown(order.name or order.image.stem),
            image=order.image.absolute(),
            state="prepared",
            stage="preparing",
            params=params,
            after=dict(order.after),
            price=provider.estimate(None, params),
            created=now,
            updated=now,
        )
        ticket = Ticket(job=job, provider=provider, account=account, pixels=order.pixels, background=background)
        self._registry.put(ticket)
        return ticket

    def _old_ticket(self, job_id: str, *, again: bool, background: bool) -> Ticket:
        if running := self._registry.find(job_id):
            raise Busy(f"Job {running} is at work already", advice="Wait for it, or cancel it.")
        job_id = self._journal.find(job_id)
        known = self._registry.ticket(job_id)
        with self._stored.claimed(job_id, known=known.job if known else None) as (job, provider):
            job = self._stored.taken_up(job, provider, again=again)
            account: Mapping[str, str] = {}
            if job.state not in DONE or job.path is None:
                account = check_ready(provider, self.settings, account=known.account if known else None)
            ticket = Ticket(job=job, provider=provider, account=account, background=background, journalled=True)
            self._registry.put(ticket)
        return ticket

    def _to_cancel(self, job_id: str) -> Ticket | str:
        job = self._journal.get(job_id)
        if job.owner_alive:
            self._journal.wish(job_id, "cancel")
            return f"Job {job_id} runs in another process, which was told to stop it."
        if job.state in (*DONE, "cancelled"):
            return f"Job {job_id} is {job.state} already; there is nothing to stop."
        with self._stored.claimed(job_id) as (job, provider):
            ticket = Ticket(job=job, provider=provider, journalled=True)
            self._registry.put(ticket)
        return ticket

    def _connect(self, ticket: Ticket) -> Api:
        account = check_ready(ticket.provider, self.settings, account=ticket.account)
        return Api(ticket.provider, self.settings, account=account, folder=self._library.folder(ticket.job.id))

    @contextmanager
    def _asking(self, provider: Provider, folder: Path | None = None) -> Generator[Api]:
        account = check_ready(provider, self.settings)
        api = Api(provider, self.settings, account=account, folder=folder)
        try:
            with understood(provider), self._scheduler.questions.stoppable(api):
                yield api
        except BadResult as error:  # its own advice is for results
            label = provider.label
            raise BadResult(error.message, provider=label, status=error.status, advice=ProviderError.advice) from error
        finally:
            api.close()


def _shown(name: str) -> str:
    """Return the name of a file with a mark for each byte that is no Unicode, which no text file takes."""
    return name.encode(errors="replace").decode()
