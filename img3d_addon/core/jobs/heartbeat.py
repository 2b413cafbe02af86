# SPDX-License-Identifier: GPL-3.0-or-later
"""The one thread that renews the lease while jobs run, and reads what other processes ask. No bpy."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ..errors import Img3dError
from .lease import BEAT

__all__ = ["Heartbeat"]

log = logging.getLogger(__name__)

TICK = 1.0
TICKS_PER_LOOK = 3  # a cancel from another process is heard within as many seconds


class Heartbeat:
    """Runs from `start()` until `busy()` says no or `close()`; all the callables are called on its thread."""

    def __init__(
        self,
        *,
        beat: Callable[[], None],
        look: Callable[[], None],
        busy: Callable[[], bool],
        program_ends: Callable[[], None],
    ) -> None:
        self._beat = beat
        self._look = look
        self._busy = busy
        self._program_ends = program_ends
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to beat, unless it does already."""
        with self._lock:
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="img3d-heartbeat")
                self._thread.start()

    def close(self) -> None:
        """End the thread and join it."""
        self._stop.set()
        with self._lock:
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _run(self) -> None:
        ticks = 0
        while not self._stop.wait(TICK):
            ticks += 1
            if not threading.main_thread().is_alive():
                # nobody called close(): Python now waits for our threads, which would wait for the service
                self._program_ends()
                return
            with self._lock:
                if not self._busy():
                    self._thread = None
                    return
            self._serve(ticks)

    def _serve(self, ticks: int) -> None:
        try:
            if ticks % int(BEAT / TICK) == 0:
                self._beat()
            if ticks % TICKS_PER_LOOK == 0:
                self._look()
        except Img3dError as error:
            log.warning("the lease could not be renewed: %s", error)
