# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions to services that belong to no job: asked in the background, ended with the engine. No bpy."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

from ..errors import Stopped
from ..http.api import Api
from .control import Control
from .workers import Workers

__all__ = ["Questions"]


class Questions:
    """Makes calls in threads of its own, so that a slow service holds up no job."""

    def __init__(self) -> None:
        self._threads = Workers(2, name="img3d-question")
        self._lock = threading.Lock()
        self._open: set[Control] = set()
        self._closed = False

    def put(self, call: Callable[[], None]) -> None:
        """Have `call` made soon; ignored after `close()`."""
        self._threads.put(call)

    @property
    def busy(self) -> bool:
        """Whether a call waits or is under way."""
        return self._threads.busy

    @contextmanager
    def stoppable(self, api: Api) -> Generator[None]:
        """Let `close()` end what `api` asks meanwhile."""
        control = Control()
        with self._lock:
            self._open.add(control)
            closed = self._closed
        if closed:
            control.stop(_stopped())
        control.attach(api)
        try:
            yield
        finally:
            control.attach(None)
            with self._lock:
                self._open.discard(control)

    def close(self) -> None:
        """End all questions and join the threads."""
        with self._lock:
            self._closed = True
            under_way = tuple(self._open)
        for control in under_way:
            control.stop(_stopped())
        self._threads.close()


def _stopped() -> Stopped:
    return Stopped("img3d was closed before the service answered", advice="Ask again.")
