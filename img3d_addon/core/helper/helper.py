# SPDX-License-Identifier: GPL-3.0-or-later
"""The helper: a warm child process that takes one request at a time, and is replaced when it dies. No bpy.

A thread lives only while there is work: an idle helper holds up no end of Python. The child ends by itself when it
hears nothing for a while.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any

from .. import errors
from ..errors import Img3dError, ImportFailed
from ..jobs.workers import Workers
from .process import DYING, Process, last_line
from .work import Work

__all__ = ["KINDS", "Helper", "NoHelper"]

START_LIMIT = 60.0  # seconds until the child says that it is ready
_LOOK = 0.05  # seconds between two looks at a request that is waited for
_KILLED = (-9, -15)  # by signals that no fault of its own sends
KINDS: dict[str, type[Img3dError]] = {kind.kind: kind for kind in (getattr(errors, name) for name in errors.__all__)}
_log = logging.getLogger(__name__)


class NoHelper(Exception):  # noqa: N818 - the state of this computer, no fault of the request
    """No helper can be started here; the same functions have to run in this process."""


class Helper:
    """Owner of one child at a time, started by `command` when it is needed. For one main thread."""

    def __init__(self, command: Sequence[str], *, environ: Mapping[str, str] | None = None) -> None:
        self._command = tuple(command)
        self._environ = dict(environ or {})
        self._workers = Workers(1, name="img3d helper")
        self._lock = threading.Lock()
        self._child: Process | None = None
        self._works: list[Work] = []  # the first is the one under way
        self._refused = ""
        self._closed = False

    @property
    def refused(self) -> str:
        """Why no child can be started, as the system or the child said; "" as long as that did not happen."""
        return self._refused

    @property
    def busy(self) -> bool:
        """Whether a request waits or is under way."""
        return bool(self._works)

    def warm(self) -> None:
        """Have the child started soon, or kept awake; returns at once."""
        if not self._closed and not self._refused and not self.busy:
            self._workers.put(self._wake)

    def submit(self, request: Mapping[str, Any], *, limit: float | None = None) -> Work:
        """Hand in a request; returns at once. After `limit` seconds without a sign of progress the child is killed."""
        work = Work(request, limit=limit)
        with self._lock:
            if self._closed:
                work.failed(NoHelper("It was closed"))
                return work
            self._works.append(work)
        self._workers.put(lambda: self._serve(work))
        return work

    def run(
        self,
        request: Mapping[str, Any],
        *,
        limit: float | None = None,
        on_progress: Callable[[float | None, str], None] | None = None,
    ) -> dict[str, Any]:
        """Wait for the answer to a request; raises as `Work.result` does. An interruption kills the child."""
        work = self.submit(request, limit=limit)
        seen: tuple[float | None, str] = (None, "")

        def watch(fraction: float | None, message: str) -> None:
            nonlocal seen
            if on_progress and (fraction, message) != seen:
                on_progress(fraction, message)
            seen = fraction, message

        self.wait(work, watch=watch)
        return work.result()

    def wait(self, work: Work, *, watch: Callable[[float | None, str], None] | None = None) -> None:
        """Wait for the end of a request; `watch` is told how far it is, again and again.

        An interruption, or what `watch` raises, ends the request as `cancel` does.
        """
        try:
            while not work.done.wait(_LOOK):
                if watch:
                    watch(work.fraction, work.message)
        except BaseException:
            self.cancel(work)
            raise

    def cancel(self, work: Work) -> None:
        """End a request; its child, if it has begun, is killed at once."""
        work.cancelled.set()
        with self._lock:
            if self._works and self._works[0] is work and self._child is not None:
                self._child.kill()

    def close(self) -> None:
        """Kill the child and join the thread; what is under way ends as cancelled."""
        with self._lock:
            self._closed = True
            works = list(self._works)
        for work in works:
            self.cancel(work)
        self._workers.close()
        for work in works:
            if not work.done.is_set():  # its call was dropped
                work.failed(NoHelper("It was closed"))
        self._drop()

    def _serve(self, work: Work) -> None:
        try:
            work.answered(self._answer(work))
        except (Img3dError, NoHelper) as error:
            work.failed(error)
        except Exception as error:
            _log.exception("the helper process")
            work.failed(ImportFailed(f"An error in img3d's helper ({type(error).__name__}: {error})"))
        finally:
            with self._lock:
                self._works.remove(work)

    def _answer(self, work: Work) -> dict[str, Any]:
        request = {**work.request, "limit": work.limit}
        for fresh in (False, True):
            was_warm = self._child is not None
            child = self._started()
            if work.cancelled.is_set():
                raise errors.Cancelled("The work in the helper process was cancelled")
            heard = self._followed(child, work) if child.send(request) else False
            if isinstance(heard, dict):
                return heard
            status, words = self._drop(patience=DYING)
            if heard or fresh or not was_warm or work.cancelled.is_set():
                raise _died(work, status, words)
            _log.info("the helper had ended meanwhile; starting another")
        raise AssertionError

    def _followed(self, child: Process, work: Work) -> dict[str, Any] | bool:
        """Return the answer, else whether the child has said anything before it died."""
        heard = False
        messages = child.messages()
        while (message := _next(messages, work, child)) is not None:
            heard = True
            if "result" in message:
                return message["result"]
            if "error" in message:
                raise _error_of(message["error"])
            work.told(message.get("fraction"), str(message.get("message", "")))
        return heard

    def _wake(self) -> None:
        try:
            if not self._started().send():
                self._drop()
        except NoHelper as error:
            _log.info("no helper process: %s", error)

    def _started(self) -> Process:
        """Return the child that lives, or a new one that has said that it is ready; `NoHelper` when none can be had."""
        if self._refused:
            raise NoHelper(self._refused)
        if self._child is not None and self._child.alive:
            return self._child
        self._drop()
        try:
            child = Process(self._command, environ=self._environ)
        except OSError as error:
            self._refused = str(error)
            raise NoHelper(self._refused) from error
        with self._lock:
            self._child = child
        self._await_ready(child)
        return child

    def _await_ready(self, child: Process) -> None:
        with _ended_after(START_LIMIT, child.kill):
            # Blender greets on its standard output before our program can take that away from it.
            ready = next(child.messages(strict=False), None)
        if ready is None or "ready" not in ready:
            killed = self._closed or any(work.cancelled.is_set() for work in list(self._works)[:1])
            status, words = self._drop(patience=DYING)
            if killed:
                raise errors.Cancelled("The work in the helper process was cancelled")
            self._refused = f"it ended with status {status} at its start: {last_line(words)}"
            raise NoHelper(self._refused)

    def _drop(self, *, patience: float = 0.0) -> tuple[int, str]:
        with self._lock:
            child, self._child = self._child, None
        return child.end(patience=patience) if child else (0, "")


@contextlib.contextmanager
def _ended_after(limit: float | None, end: Callable[[], None]) -> Generator[None]:
    """Call `end` when the block takes longer than `limit` seconds."""
    if not limit:
        yield
        return
    timer = threading.Timer(limit, end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _next(messages: Iterator[dict[str, Any]], work: Work, child: Process) -> dict[str, Any] | None:
    """Wait for a message, for as long as the work may be silent; None at the end of the child."""
    with _ended_after(work.limit, lambda: _too_late(work, child)):
        return next(messages, None)


def _too_late(work: Work, child: Process) -> None:
    work.overdue = True
    child.kill()


def _error_of(told: Mapping[str, Any]) -> Img3dError:
    kind = KINDS.get(str(told.get("kind")), ImportFailed)
    return kind(str(told.get("message", "")), advice="")


def _died(work: Work, status: int, words: str) -> Img3dError:
    what = str(work.request.get("about") or "this file")
    step = f" ({work.message})" if work.message else ""
    if work.overdue:
        return ImportFailed(
            f"The work on {what} was ended, as {work.limit:.0f} seconds brought nothing new{step}",
            advice="Nothing else is lost. Try again with fewer faces, or without this step.",
        )
    reason = f"{last_line(words)} (status {status})" if status not in _KILLED else "the system or a user ended it"
    return ImportFailed(
        f"The helper Blender ended while it worked on {what}{step}: {reason}",
        advice="Nothing else is lost. Try again, or with other options; if it happens again, report it with the file.",
    )
