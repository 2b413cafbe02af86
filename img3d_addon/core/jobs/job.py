# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as the journal and the fronts see them: states, legal moves, ids. No bpy."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..values import Model, Picture, Price, Task

__all__ = ["DONE", "MOVES", "OPEN", "OVER", "STATES", "Ids", "Job", "JobView"]

MOVES: Mapping[str, frozenset[str]] = {
    "prepared": frozenset({"submitting", "failed", "cancelled"}),
    "submitting": frozenset({"prepared", "uncertain", "remote", "downloading", "failed", "cancelled"}),
    "uncertain": frozenset({"submitting", "remote", "downloading", "cancelled"}),
    "remote": frozenset({"remote", "downloading", "failed", "cancelled"}),
    "downloading": frozenset({"downloading", "remote", "ready", "failed", "cancelled"}),
    "ready": frozenset({"imported", "remote", "downloading"}),
    "imported": frozenset({"imported", "remote", "downloading"}),
    "failed": frozenset({"prepared", "remote", "downloading", "cancelled", "failed"}),
    "cancelled": frozenset({"prepared", "remote", "downloading", "cancelled"}),
}
"""From each state, the states that may follow."""

STATES = tuple(MOVES)
OPEN = frozenset({"prepared", "submitting", "remote", "downloading"})
"""States that go on by themselves when resumed."""
OVER = "over"
"""The stage of a failed job whose task the service gave up: asking again would give the same answer."""
DONE = frozenset({"ready", "imported"})


@dataclass(frozen=True, kw_only=True)
class Job:
    """One row of the journal. `image` is the user's own file, `picture` the prepared one in the library.

    `owner_alive` tells that a living process works on it now. `model` has signed addresses: never show it.
    """

    id: str
    provider: str
    name: str
    image: Path
    state: str
    params: Mapping[str, Any]
    after: Mapping[str, Any]
    created: float
    updated: float
    stage: str = ""
    fraction: float | None = None
    message: str = ""
    picture: Picture | None = None
    task: Task | None = None
    model: Model | None = field(default=None, repr=False)
    path: Path | None = None
    kind: str = ""
    sha256: str = ""
    error_kind: str = ""
    error: str = ""
    price: Price | None = None
    cost: Price | None = None
    seed: int | None = None
    submits: int = 0
    owner_alive: bool = False

    @property
    def resumable(self) -> bool:
        """Whether `resume` goes on without the user's word that it may be paid again."""
        if self.state in OPEN:
            return not self.owner_alive
        if self.state == "failed" and not self.submits:
            return True
        if self.state == "failed" and self.stage == OVER:
            return False
        return self.state in ("failed", "cancelled") and (self.task is not None or self.model is not None)


@dataclass(frozen=True, kw_only=True)
class JobView:
    """What a panel draws of one job: plain values, a snapshot in memory.

    `image` is the user's own file, `picture` the prepared one in the library.
    """

    id: str
    provider: str
    name: str
    image: Path
    state: str
    params: Mapping[str, Any]
    after: Mapping[str, Any]
    created: float
    updated: float
    running: bool = False
    resumable: bool = False
    stage: str = ""
    fraction: float | None = None
    message: str = ""
    eta: float | None = None
    position: int | None = None
    picture: Path | None = None
    path: Path | None = None
    error_kind: str = ""
    error: str = ""
    price: Price | None = None
    cost: Price | None = None
    seed: int | None = None


_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


class Ids:
    """Makes job ids: 9 characters of the time in milliseconds, which sort, and 5 at random."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last = 0

    def new(self) -> str:
        """Return 14 lower-case characters, later in the alphabet than all before; unique across processes."""
        with self._lock:
            number = self._last = max(int(self._clock() * 1000), self._last + 1)
        stamp = ""
        for _ in range(9):
            number, digit = divmod(number, 32)
            stamp = _DIGITS[digit] + stamp
        return stamp + "".join(secrets.choice(_DIGITS) for _ in range(5))
