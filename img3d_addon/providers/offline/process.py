# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the generator in a child process, so that it neither holds Blender's GIL nor outlives a cancel. No bpy."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import logging
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import IO, Any

__all__ = ["Broken", "Refused", "generate"]

log = logging.getLogger(__name__)

_QUIET = 0.1  # seconds between two looks when there is nothing new
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_ADVICE = "Try a smaller texture size; if that does not help, look into the log."

Steps = Generator[tuple[float, str] | None, None, dict[str, Any]]


class Refused(Exception):  # noqa: N818 - it is an answer about the picture, not a fault
    """The picture cannot become an object."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class Broken(Exception):  # noqa: N818 - names the state of the generator
    """The generator came to an unexpected end."""

    advice = _ADVICE


def generate(job: Mapping[str, Any]) -> Steps:
    """Run `job` (see `work.run`) and return its facts; yields (fraction, stage), or None every 0.1 s of silence.

    Closing this generator kills the child. Where no child can be started, the work is done in this process.
    """
    with tempfile.TemporaryFile() as errors:
        child = _start(errors)
        if child is not None:
            facts = yield from _watched(child, job, errors)
            if facts is not None:
                return facts
    return (yield from _in_this_process(job))


def _start(errors: IO[bytes]) -> subprocess.Popen[bytes] | None:
    python = _python()
    if python is None:
        log.warning("The generator runs in this process, as no Python is found at %s", sys.prefix)
        return None
    child = Path(__file__).with_name("child.py")
    command = [str(python), "-I", "-S", "-X", "utf8", str(child), *_library_folders()]
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **_ONE_THREAD},
            creationflags=_NO_WINDOW,
            start_new_session=True,  # Ctrl-C is the parent's to judge; the child ends with it
        )
    except OSError as error:
        log.warning("The generator runs in this process, as no other can be started: %s", error)
        return None


def _python() -> Path | None:
    """Return this Python's program; `sys.executable` may be empty, or Blender itself, which would open a window."""
    names = (f"python{sys.version_info.major}.{sys.version_info.minor}", "python3", "python", "python.exe")
    stated = [Path(sys.executable)] if sys.executable else []
    for path in stated + [Path(sys.prefix) / "bin" / name for name in names]:
        if path.name.lower().startswith("python") and path.is_file():
            return path
    return None


def _library_folders() -> list[str]:
    """Return the folders of sys.path that hold numpy and Pillow; an extension's wheels are known to us only."""
    specs = (importlib.util.find_spec(name) for name in ("numpy", "PIL"))
    return list(dict.fromkeys(str(Path(spec.origin).parents[1]) for spec in specs if spec and spec.origin))


def _watched(
    child: subprocess.Popen[bytes], job: Mapping[str, Any], errors: IO[bytes]
) -> Generator[tuple[float, str] | None, None, dict[str, Any] | None]:
    """Send the job and follow the child to its end; None when it could not even begin."""
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(child, lines), name="img3d offline reader")
    reader.start()
    try:
        _send(child, job)
        return (yield from _followed(child, lines, errors))
    finally:
        child.kill()
        child.wait()
        reader.join()
        for pipe in (child.stdin, child.stdout):
            _close(pipe)
        with contextlib.suppress(OSError):  # a killed child cannot do it
            Path(job["output"]).with_suffix(".part").unlink()


def _send(child: subprocess.Popen[bytes], job: Mapping[str, Any]) -> None:
    assert child.stdin is not None
    try:
        child.stdin.write(json.dumps(job).encode() + b"\n")
        child.stdin.flush()
    except OSError:
        log.debug("The child ended before it read its job")  # its exit is judged by the reader


def _close(pipe: IO[bytes] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except OSError:
        log.debug("A pipe to the dead child held unsent data")


def _read(child: subprocess.Popen[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    """Pass the child's lines on, and an empty one at their end."""
    assert child.stdout is not None
    for line in child.stdout:
        lines.put(line)
    lines.put(b"")


def _followed(
    child: subprocess.Popen[bytes], lines: queue.SimpleQueue[bytes], errors: IO[bytes]
) -> Generator[tuple[float, str] | None, None, dict[str, Any] | None]:
    ready = False
    while True:
        try:
            line = lines.get(timeout=_QUIET)
        except queue.Empty:
            yield None
            continue
        if not line.endswith(b"\n"):  # the end, or half a line before it
            return _failed(child, errors, ready=ready)
        news: dict[str, Any] = json.loads(line)
        ready = True
        if "facts" in news:
            return news["facts"]
        if "refused" in news:
            raise Refused(news["refused"], news["advice"])
        if "fraction" in news:
            yield news["fraction"], news["message"]


def _failed(child: subprocess.Popen[bytes], errors: IO[bytes], *, ready: bool) -> None:
    """Raise `Broken`; a child that could not load its parts (another Python, no numpy) is no failure of the job."""
    status = child.wait()
    errors.seek(0)
    words = errors.read().decode(errors="replace").strip()
    log.warning("The child process ended with status %s: %s", status, words)
    if ready:
        raise Broken(f"The offline generator ended with status {status}: {_last_line(words)}")


def _last_line(words: str) -> str:
    return words.splitlines()[-1][:300] if words else "it said nothing, so the system may have ended it"


def _in_this_process(job: Mapping[str, Any]) -> Steps:
    from . import silhouette, work  # here, as they load numpy and Pillow

    try:
        return (yield from work.run(silhouette, job))
    except silhouette.NoObject as refused:
        raise Refused(refused.message, refused.advice) from None
    except MemoryError:
        raise Broken("The offline generator needs more memory than there is") from None
    except OSError as error:
        raise Broken(f"The offline generator could not read or write a file: {error}") from None
