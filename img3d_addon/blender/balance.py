# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left on an account: asked on request, and again after a job where it was asked before; told with its age."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import bpy

from ..core.provider import Provider
from . import session
from .asking import Answer, Question, answer, ask
from .preferences import account_topic

if TYPE_CHECKING:
    from ..core.jobs.engine import Engine

__all__ = ["age_words", "ask_after", "balance_question", "balance_words", "known_balance"]

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def balance_question(provider: Provider) -> Question:
    """Return the question what is left on the account of a provider that `has_balance`."""

    def put(engine: Engine) -> Answer:
        return Answer(balance=engine.balance(provider.name))

    return Question(*_topic(provider), put)


def known_balance(provider: Provider) -> Answer | None:
    """Return the newest answer about what is left, also that of a key test; from memory, for `draw`."""
    found = [answer(*_topic(provider)), answer(*account_topic(session.preferences(), provider))]
    told = [one for one in found if one and one.balance]
    return max(told, key=lambda one: one.at, default=found[0])


def balance_words(found: Answer) -> str:
    """Say what is left and how old that is: "12.5 credits, 3 min ago"."""
    return f"{found.balance}, {age_words(found.at)}" if found.balance else ""


def age_words(at: float, now: float | None = None) -> str:
    """Say how long ago a moment was."""
    seconds = max(0.0, (time.time() if now is None else now) - at)
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min ago"
    return f"{seconds // _HOUR:.0f} h ago" if seconds < _DAY else "more than a day ago"


def ask_after(job: str) -> None:
    """Ask again when a job has ended at a service of which the balance is shown; returns at once."""
    view = next((view for view in session.engine_views() if view.id == job), None)
    provider = session.providers().get(view.provider) if view else None
    if provider is None or not provider.has_balance or not bpy.app.online_access:
        return
    known = known_balance(provider)
    if known and known.balance:
        ask(balance_question(provider))


def _topic(provider: Provider) -> tuple[str, int]:
    topic, about = account_topic(session.preferences(), provider)
    return f"balance of {topic}", about
