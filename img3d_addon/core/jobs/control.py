# SPDX-License-Identifier: GPL-3.0-or-later
"""Stopping one job from another thread: its waits and its request end at once. No bpy."""

from __future__ import annotations

import threading

from ..errors import Cancelled, Img3dError
from ..http.api import Api

__all__ = ["Control"]


class Control:
    """The stop switch of one run. `stop` from any thread, the rest from the thread that works."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._event = threading.Event()
        self._api: Api | None = None
        self._error: Img3dError | None = None

    def stop(self, error: Img3dError | None = None) -> None:
        """End the run with `error`, by default `Cancelled`; the first word counts."""
        with self._lock:
            if self._error is not None:
                return
            self._error = error or Cancelled("Cancelled")
            self._event.set()
            if self._api is not None:
                self._api.abort(self._error)

    def attach(self, api: Api | None) -> None:
        """Name the client whose requests `stop` must end; None when there is no more."""
        with self._lock:
            self._api = api
            if api is not None and self._error is not None:
                api.abort(self._error)

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise the error of `stop`, if it was called."""
        if self._error is not None:
            raise self._error

    def sleep(self, seconds: float) -> None:
        """Wait, or raise the error of `stop` as soon as it is called."""
        self._event.wait(seconds)
        self.check()
