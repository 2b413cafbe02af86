# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain Python in a child process, for heavy work that needs our libraries and no Blender. No bpy."""

from __future__ import annotations

import importlib.util
import logging
import os
import queue
import sys
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .helper import KINDS
from .process import DYING, Process

__all__ = ["Ended", "asked"]

QUIET = 0.1  # seconds between two looks when there is nothing new
_PROGRAM = Path(__file__).with_name("plain.py")
_log = logging.getLogger(__name__)


class Ended(Exception):  # noqa: N818 - what became of the child
    """The child ended without an answer: its `status` and last `words`."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.words = words


def asked(
    module: str, request: Mapping[str, Any], *, libraries: Sequence[str]
) -> Generator[dict[str, Any] | None, None, dict[str, Any] | None]:
    """Have a child call `run(request)` of our `module` ("core.files.apart"); return its answer, a dict for JSON.

    Yields the child's progress (`fraction`, `message`), or None every 0.1 s of silence; an `Img3dError` there is raised
    here. Returns None where no child can be started that has our libraries. Closing this generator kills the child.
    """
    python = _python()
    if python is None:
        _log.warning("%s runs in this process, as no Python is found at %s", module, sys.prefix)
        return None
    words = (os.pathsep.join(_folders(libraries)), ",".join(libraries), module)
    try:
        child = Process([str(python), "-I", "-S", "-X", "utf8", str(_PROGRAM), *words])
    except OSError as error:
        _log.warning("%s runs in this process, as no other can be started: %s", module, error)
        return None
    return (yield from _followed(child, request))


def _python() -> Path | None:
    """Return this Python's program; `sys.executable` may be empty, or Blender itself, which would open a window."""
    names = (f"python{sys.version_info.major}.{sys.version_info.minor}", "python3", "python", "python.exe")
    stated = [Path(sys.executable)] if sys.executable else []
    for path in stated + [Path(sys.prefix) / "bin" / name for name in names]:
        if path.name.lower().startswith("python") and path.is_file():
            return path
    return None


def _folders(libraries: Sequence[str]) -> list[str]:
    """Return the folders of sys.path that hold the libraries; an extension's wheels are known to us only."""
    specs = (importlib.util.find_spec(name) for name in libraries)
    return list(dict.fromkeys(str(Path(spec.origin).parents[1]) for spec in specs if spec and spec.origin))


def _followed(
    child: Process, request: Mapping[str, Any]
) -> Generator[dict[str, Any] | None, None, dict[str, Any] | None]:
    messages: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(child, messages), name="img3d child reader")
    reader.start()
    ready = over = False
    try:
        child.send(request)  # one that is gone is judged by its end
        for message in _told(messages):
            if message is None:
                yield None
            elif "result" in message:
                return message["result"]
            elif "error" in message:
                told = message["error"]
                raise KINDS[told["kind"]](told["message"], advice=told["advice"])
            elif ready:
                yield message
            else:
                ready = True
        over = True
    finally:
        if not over:
            child.kill()
        reader.join()
        status, words = child.end(patience=DYING)
    _log.warning("The child process ended with status %s: %s", status, words)
    if ready:
        raise Ended(status, words)
    return None


def _told(messages: queue.SimpleQueue[dict[str, Any] | None]) -> Iterator[dict[str, Any] | None]:
    """Yield messages to their end, and None every 0.1 s of silence."""
    while True:
        try:
            message = messages.get(timeout=QUIET)
        except queue.Empty:
            yield None
            continue
        if message is None:
            return
        yield message


def _read(child: Process, messages: queue.SimpleQueue[dict[str, Any] | None]) -> None:
    for message in child.messages():
        messages.put(message)
    messages.put(None)
