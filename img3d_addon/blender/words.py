# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs in words: stages, states, times, and long sentences cut into lines."""

from __future__ import annotations

import textwrap
import time

from ..core.jobs.job import JobView

__all__ = ["elapsed", "headline", "lines", "stage_of"]

_STAGES = {
    "": "starting",
    "preparing": "preparing the picture",
    "submitting": "waiting for the service",
    "waiting": "waiting in the queue",
    "running": "making the model",
    "downloading": "fetching the model",
    "ready": "importing",
}
_STATES = {
    "ready": "Ready to import",
    "imported": "Imported",
    "cancelled": "Cancelled",
    "failed": "Failed",
    "uncertain": "Not known whether it was charged",
}


def stage_of(view: JobView) -> str:
    """Say what a running job does now, with its share when that is known."""
    text = view.message or _STAGES.get(view.stage, view.stage)
    if view.position:
        text += f", place {view.position}"
    if view.fraction is not None:
        return f"{text}, {view.fraction:.0%}"
    return f"{text}, {elapsed(view)}"


def headline(view: JobView) -> str:
    """Say how a job stands that does not run."""
    return _STATES.get(view.state, "Interrupted")


def elapsed(view: JobView) -> str:
    """Return the time since the job began, as 7 s or 2:05 min."""
    seconds = max(0, int(time.time() - view.created))
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60}:{seconds % 60:02} min"


def lines(text: str, *, width: float) -> list[str]:
    """Cut a text into lines for `width` pixels at a scale of 1; a character takes about 6.1 on average."""
    return textwrap.wrap(text, max(16, int(width / 6.1)))
