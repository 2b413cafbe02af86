# SPDX-License-Identifier: GPL-3.0-or-later
"""Room on the disk for an answer that is about to be paid for, held by a file until the answer comes. No bpy."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

from ..errors import OutputError

__all__ = ["ROOM_FOR_A_MODEL", "ROOM_FOR_A_NOTE", "give_back", "take"]

ROOM_FOR_A_MODEL = 64 << 20  # bytes; the models of services that answer at once have 1 to 20 MiB
ROOM_FOR_A_NOTE = 1 << 20  # bytes; for the journal's line with the number of the task
_NAME = "room"
_CANNOT = (errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS)  # this file system holds no room


def take(folder: Path, size: int) -> None:
    """Hold `size` bytes of the disk in `folder`; `OutputError` when there are fewer or nothing can be written."""
    try:
        with (folder / _NAME).open("wb") as file:
            _hold(file.fileno(), size, free=shutil.disk_usage(folder).free)
    except OSError as error:
        give_back(folder)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            text = f"The disk of {folder} is full: {size >> 20} MiB must be free for the answer"
        else:
            text = f"{folder} cannot be written ({error.strerror})"
        raise OutputError(text, advice="Nothing was submitted; make room, then resume the job.") from error


def give_back(folder: Path) -> None:
    """Free the room in `folder`; nothing happens where none is held."""
    with suppress(OSError):
        (folder / _NAME).unlink(missing_ok=True)


def _hold(handle: int, size: int, *, free: int) -> None:
    if free < size:
        raise OSError(errno.ENOSPC, "")
    if not hasattr(os, "posix_fallocate"):
        os.ftruncate(handle, size)  # holds it on Windows; on macOS the look before must do
        return
    try:
        os.posix_fallocate(handle, 0, size)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
