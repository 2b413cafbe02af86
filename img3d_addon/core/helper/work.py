# SPDX-License-Identifier: GPL-3.0-or-later
"""One request to the helper process and what is known of it: progress, then an answer or an error. No bpy."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from ..errors import Cancelled

__all__ = ["Work"]


class Work:
    """Read by any thread: single attributes that are replaced as a whole. `limit`: seconds without news, or None."""

    def __init__(self, request: Mapping[str, Any], *, limit: float | None) -> None:
        self.request = dict(request)
        self.limit = limit
        self.begun = time.monotonic()
        self.fraction: float | None = None
        self.message = ""
        self.overdue = False
        self.done = threading.Event()
        self.cancelled = threading.Event()
        self._answer: dict[str, Any] | None = None
        self._error: Exception | None = None

    def result(self) -> dict[str, Any]:
        """Return the answer once it is `done`; raises what went wrong: an `Img3dError`, or `NoHelper`."""
        self.done.wait()
        if self._error is not None:
            raise self._error
        assert self._answer is not None
        return self._answer

    def told(self, fraction: float | None, message: str) -> None:
        """Take progress from the helper."""
        self.fraction, self.message = fraction, message

    def answered(self, answer: dict[str, Any]) -> None:
        """Take the answer: the end of the work."""
        self._answer = answer
        self.done.set()

    def failed(self, error: Exception) -> None:
        """Take the error: the end of the work. One that was cancelled has no other."""
        self._error = Cancelled("The work in the helper process was cancelled") if self.cancelled.is_set() else error
        self.done.set()
