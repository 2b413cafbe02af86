# SPDX-License-Identifier: GPL-3.0-or-later
"""Let one build command at a time work on a folder; the lock is gone when its process ends, however it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .talk import say


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path`; wait, and say so, while another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        told = False
        while not _try(file):
            if not told:
                say(f"Waiting for another build command that works on {path.with_suffix('').name} ...")
                told = True
            time.sleep(0.5)
        yield


def _try(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
