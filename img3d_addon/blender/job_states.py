# SPDX-License-Identifier: GPL-3.0-or-later
"""How a job stands, as the interface shows it: one word, one icon, one place in the order."""

from __future__ import annotations

from typing import Any

from ..core.jobs.job import JobView

__all__ = ["ICONS", "WORDS", "is_unfinished", "rank", "state_of"]

WORDS = {
    "running": "Running",
    "importing": "Importing",
    "uncertain": "Uncertain",
    "ready": "Ready",
    "interrupted": "Interrupted",
    "failed": "Failed",
    "imported": "Imported",
    "cancelled": "Cancelled",
}
"""Each state in a word, those first that need somebody."""
ICONS: dict[str, Any] = {
    "running": "SORTTIME",
    "importing": "SORTTIME",
    "uncertain": "QUESTION",
    "ready": "IMPORT",
    "interrupted": "PAUSE",
    "failed": "ERROR",
    "imported": "CHECKMARK",
    "cancelled": "X",
}
_ORDER = tuple(WORDS)


def state_of(view: JobView, *, bringing: bool) -> str:
    """Return a key of `WORDS`; `bringing` tells that the result is on its way into the scene."""
    if bringing:
        return "importing"
    if view.running:
        return "running"
    return view.state if view.state in WORDS else "interrupted"


def rank(view: JobView, *, bringing: bool) -> int:
    """Return the place of a job's state in the order."""
    return _ORDER.index(state_of(view, bringing=bringing))


def is_unfinished(view: JobView, *, bringing: bool) -> bool:
    """Whether a job runs, waits for somebody, or can be gone on with."""
    state = state_of(view, bringing=bringing)
    return state in ("running", "importing", "uncertain", "ready", "interrupted") or (
        state == "failed" and view.resumable
    )
