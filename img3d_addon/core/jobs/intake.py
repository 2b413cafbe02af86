# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a job in: written down first, then its pictures are prepared for the service. No bpy."""

from __future__ import annotations

from ..errors import BadInput
from ..files import pixels
from ..files.apart import prepare
from .context import Context
from .given import are_kept, keep
from .job import DONE
from .tickets import Ticket

__all__ = ["take_in", "write_down"]


def take_in(context: Context, ticket: Ticket) -> None:
    """Journal a new job and prepare its picture; `BadInput` when there is none in the file, then nothing is kept."""
    ticket.control.check()
    fresh = not ticket.journalled
    if fresh:
        write_down(context, ticket)
    try:
        if _lacks_picture(context, ticket):
            folder = context.library.make_folder(ticket.job.id)
            check = ticket.control.check
            keep(ticket.job.params, ticket.provider, folder=folder, check=check)
            picture = prepare(ticket.job.image, ticket.provider.image, folder=folder, check=check)
            ticket.job = context.journal.note(ticket.job.id, picture=picture)
            context.library.keep_request(ticket.job)
    except BadInput:
        if fresh:
            ticket.journalled = False
            context.journal.forget(ticket.job.id)
            context.library.drop(ticket.job.id)
        raise
    ticket.control.check()


def write_down(context: Context, ticket: Ticket) -> None:
    """Journal a new job, after its picture, where that is in memory only."""
    if ticket.pixels is not None:
        pixels.write(ticket.pixels, ticket.job.image)
        ticket.pixels = None
    context.journal.add(ticket.job)
    ticket.journalled = True


def _lacks_picture(context: Context, ticket: Ticket) -> bool:
    job = ticket.job
    if job.state in DONE or job.task is not None or job.model is not None:
        return False
    if job.picture is None or not job.picture.path.is_file():
        return True
    return not are_kept(job.params, ticket.provider, folder=context.library.folder(job.id))
