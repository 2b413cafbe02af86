# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a job in: written down first, then its picture is prepared for the service. No bpy."""

from __future__ import annotations

from ..errors import BadInput
from ..files.images import prepare
from .context import Context
from .job import DONE, Job
from .tickets import Ticket

__all__ = ["take_in"]


def take_in(context: Context, ticket: Ticket) -> None:
    """Journal a new job and prepare its picture; `BadInput` when there is none in the file, then nothing is kept."""
    ticket.control.check()
    fresh = not ticket.journalled
    if fresh:
        context.journal.add(ticket.job)
        ticket.journalled = True
    try:
        if _lacks_picture(ticket.job):
            folder = context.library.make_folder(ticket.job.id)
            picture = prepare(ticket.job.image, ticket.provider.image, folder=folder)
            ticket.job = context.journal.note(ticket.job.id, picture=picture)
            context.library.keep_request(ticket.job)
    except BadInput:
        if fresh:
            ticket.journalled = False
            context.journal.forget(ticket.job.id)
            context.library.drop(ticket.job.id)
        raise
    ticket.control.check()


def _lacks_picture(job: Job) -> bool:
    to_submit = job.state not in DONE and job.task is None and job.model is None
    return to_submit and not (job.picture is not None and job.picture.path.is_file())
