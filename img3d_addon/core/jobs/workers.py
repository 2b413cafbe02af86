# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads that take calls from a queue; they start when needed and end when idle. No bpy.

`concurrent.futures` is not used: at the end of Python it joins its threads before anybody can tell them to stop.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

__all__ = ["Workers"]

log = logging.getLogger(__name__)

IDLE = 2.0  # seconds after which a thread without work ends, so that a program that forgets us can end


class Workers:
    """At most `count` threads, which are not daemons: `close()` joins them."""

    def __init__(self, count: int, *, name: str) -> None:
        self._count = max(1, count)
        self._name = name
        self._calls: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition()
        self._threads: set[threading.Thread] = set()
        self._idle = 0
        self._closed = False

    def put(self, call: Callable[[], None]) -> None:
        """Have `call` made by the next free thread; ignored after `close()`."""
        with self._changed:
            if self._closed:
                return
            self._calls.append(call)
            if self._idle >= len(self._calls):
                self._changed.notify()
            elif len(self._threads) < self._count:
                thread = threading.Thread(target=self._work, name=self._name)
                self._threads.add(thread)
                thread.start()

    @property
    def busy(self) -> bool:
        """Whether a call waits or is being made."""
        with self._changed:
            return bool(self._calls) or self._idle < len(self._threads)

    def close(self) -> None:
        """Drop the calls that wait, let those under way end, and join the threads."""
        with self._changed:
            self._closed = True
            self._calls.clear()
            self._changed.notify_all()
            threads = self._threads - {threading.current_thread()}
        for thread in threads:
            thread.join()

    def _work(self) -> None:
        while (call := self._next()) is not None:
            try:
                call()
            except Exception:
                # a thread that dies would leave every later call waiting for ever
                log.exception("an error in a background call of img3d")

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            if not self._calls and not self._closed:
                self._idle += 1
                self._changed.wait(IDLE)
                self._idle -= 1
            if self._calls:
                return self._calls.popleft()
            self._threads.discard(threading.current_thread())
            return None
