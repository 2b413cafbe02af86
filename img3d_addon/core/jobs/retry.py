# SPDX-License-Identifier: GPL-3.0-or-later
"""How long to wait before asking again, and when to give up. No bpy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..errors import Img3dError, NetworkError, ProviderError, RateLimited, TimedOut

__all__ = ["Deadline", "again", "backoff", "bare", "in_words", "jittered", "submit_wait"]

FIRST = 1.0
MOST = 60.0
RATE_LIMIT = 60.0  # where the service does not say how long
UNSENT_TRIES = 3  # a submit that did not leave this machine: a user waits for it, so not for long


@dataclass(frozen=True)
class Deadline:
    """The moment at which a job gives up; `clock` counts seconds."""

    clock: Callable[[], float]
    end: float
    seconds: float

    @classmethod
    def after(cls, seconds: float, *, clock: Callable[[], float]) -> Deadline:
        """Return the moment `seconds` from now."""
        return cls(clock, clock() + seconds, seconds)

    def allows(self, wait: float) -> bool:
        """Tell whether there is time for `wait` seconds and an answer after it."""
        return self.clock() + wait < self.end

    def clip(self, wait: float, *, label: str, last: Exception | None = None) -> float:
        """Return `wait`, cut at the end; raise `TimedOut` when the end has come."""
        left = self.end - self.clock()
        if left <= 0:
            heard = f" The last trouble was: {last}" if last else ""
            raise TimedOut(f"{label} did not deliver within {in_words(self.seconds)}.{heard}")
        return min(wait, left)


def backoff(error: ProviderError, *, attempt: int, jitter: Callable[[], float]) -> float:
    """Return the seconds before a question that may be repeated is asked again; `attempt` counts from 0.

    The service's own word counts when it gives one, and is never shortened.
    """
    told = getattr(error, "wait", None)
    if told:
        return jittered(float(told), jitter=jitter)
    first = 5.0 if isinstance(error, RateLimited) else FIRST
    return jittered(min(MOST, first * 2.0 ** min(attempt, 10)), jitter=jitter)


def submit_wait(error: ProviderError, *, attempt: int, jitter: Callable[[], float]) -> float | None:
    """Return the seconds before a submit may be sent again, or None when it must not be.

    Only a refusal for too many requests, and a request that never reached the service, are free of doubt.
    """
    if isinstance(error, RateLimited):
        if error.wait is None:
            return jittered(RATE_LIMIT, jitter=jitter)
        return backoff(error, attempt=attempt, jitter=jitter)  # a told 0 is "at once", not "who knows"
    if isinstance(error, NetworkError) and not getattr(error, "sent", True) and attempt + 1 < UNSENT_TRIES:
        return backoff(error, attempt=attempt, jitter=jitter)
    return None


def jittered(seconds: float, *, jitter: Callable[[], float]) -> float:
    """Return up to a quarter more, so that many jobs do not ask in step; `jitter` is 0..1."""
    return seconds * (1.0 + 0.25 * jitter())


def in_words(seconds: float) -> str:
    """Return a time as people say it."""
    for size, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:g} seconds"


def again(error: Img3dError, wait: float) -> str:
    """Return what is shown while trouble is waited out."""
    reason = "too many requests" if isinstance(error, RateLimited) else bare(error)
    return f"Asking again in {wait:.0f} s: {reason}"


def bare(error: Img3dError) -> str:
    """Return the message of an error as a part of another sentence."""
    return error.message.rstrip(".")
