# SPDX-License-Identifier: GPL-3.0-or-later
"""One child process that is talked to in JSON lines, and dies with its parent. No bpy.

Requests go to its standard input; it answers on its standard output. What it prints besides (standard error) is kept
for the sentence about a crash.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

__all__ = ["DYING", "LIFELINE", "Process", "last_line"]

LIFELINE = "--lifeline"
"""Argument before the number of a pipe that nobody writes to: when it ends, the parent is dead (not on Windows)."""

DYING = 5.0
"""Seconds from the end of a child's standard output to its own end: then its status is its own."""

_KEYS = ("_KEY", "_SECRET", "_TOKEN")  # how the variables of all services that ask for secrets end
_TAIL = 4000  # bytes of the child's last words
_QUIET = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)


class Process:
    """A started child; `OSError` when it cannot be started. `kill` and `status` may be called from any thread.

    `environ` is added to this process's own environment without its keys: no helper asks a service.
    """

    def __init__(self, command: Sequence[str], *, environ: Mapping[str, str] | None = None) -> None:
        self._words: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
        self._lifeline: int | None = None
        try:
            self._child = self._start(list(command), {**_without_keys(os.environ), **(environ or {})})
        except BaseException:
            self._release()
            raise

    def send(self, message: Mapping[str, Any] | None = None) -> bool:
        """Send a message, None being an empty line, which only keeps the child awake; False when it is gone."""
        pipe = self._child.stdin
        assert pipe is not None
        try:
            pipe.write(json.dumps(message).encode() + b"\n" if message is not None else b"\n")
            pipe.flush()
        except (OSError, ValueError):  # ended, or closed by `kill`
            return False
        return True

    def messages(self, *, strict: bool = True) -> Iterator[dict[str, Any]]:
        """Wait for messages, to the end of the child. A line that is none ends the child, or is left out."""
        pipe = self._child.stdout
        assert pipe is not None
        while (line := pipe.readline()).endswith(b"\n"):
            try:
                found: Any = json.loads(line)
            except ValueError:
                found = None
            if isinstance(found, dict):
                yield found
            elif strict:
                self._child.kill()
                return

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._child.poll() is None

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(OSError):
            self._child.kill()

    def end(self, *, patience: float) -> tuple[int, str]:
        """Wait for the end, `patience` seconds for it to come by itself; returns the status and the last words."""
        try:
            status = self._child.wait(patience)
        except subprocess.TimeoutExpired:
            self._child.kill()
            status = self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            with contextlib.suppress(OSError):  # unsent data for a dead child
                if pipe is not None:
                    pipe.close()
        words = self._last_words()
        self._release()
        return status, words

    def _start(self, command: list[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
        inherited: tuple[int, ...] = ()
        if os.name == "posix":
            end, self._lifeline = os.pipe()
            inherited = (end,)
            command += [LIFELINE, str(end)]
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._words,
                creationflags=_QUIET,
                start_new_session=True,  # Ctrl-C is the parent's to judge
                pass_fds=inherited,
                env=environ,
            )
        finally:
            for number in inherited:
                os.close(number)

    def _last_words(self) -> str:
        size = self._words.seek(0, os.SEEK_END)
        self._words.seek(max(0, size - _TAIL))
        return self._words.read().decode(errors="replace").strip()

    def _release(self) -> None:
        self._words.close()
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None


def last_line(words: str) -> str:
    """Return what a dead child said last, for a sentence."""
    return words.splitlines()[-1][:300] if words else "it said nothing, so the system may have ended it"


def _without_keys(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.upper().endswith(_KEYS)}
