# SPDX-License-Identifier: GPL-3.0-or-later
"""Who works on a job: an owner whose life is a file lock, which the system releases at death. No bpy.

A process number may be given to another process, a lock may not: the kernel frees it in the moment its
holder ends, however it ends. Beside it stands a lease, for owners on another machine and for hung ones.
"""

from __future__ import annotations

import os
import platform
import secrets
import sys
from contextlib import suppress
from pathlib import Path

from ..errors import OutputError

__all__ = ["BEAT", "CREDIBLE", "LEASE", "Owner", "alive", "host_name", "lock", "sweep"]

LEASE = 60.0
"""Seconds after its last heartbeat for which an owner keeps its jobs."""
CREDIBLE = 86400.0
"""Seconds ahead at which the end of a lease of another machine, or of one before a restart, shows a wrong clock."""
BEAT = 15.0
"""Seconds between two heartbeats."""


class Owner:
    """One engine as the owner of jobs; holds the lock `folder/<id>.lock` until `close()`."""

    def __init__(self, folder: Path) -> None:
        self.host = host_name()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            sweep(folder)
            self.id, self._path, self._handle = _take(folder)
        except OSError as error:
            raise OutputError(f"The folder {folder} cannot be written ({error.strerror or error})") from error

    def close(self) -> None:
        """Give the lock back and remove its file; a second call does nothing."""
        if self._handle < 0:
            return
        if sys.platform != "win32":
            self._path.unlink(missing_ok=True)  # while it is locked: nobody can take a name that is going
        os.close(self._handle)
        self._handle = -1
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def alive(folder: Path, owner: str) -> bool:
    """Tell whether the owner's process of this machine still runs."""
    try:
        handle = os.open(folder / f"{owner}.lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # cannot be told: the lease decides
    try:
        return not lock(handle, shared=True)
    finally:
        os.close(handle)


def sweep(folder: Path) -> None:
    """Remove the lock files of the dead."""
    for path in folder.glob("*.lock"):
        with suppress(OSError):
            handle = os.open(path, os.O_RDWR)
            try:
                dead = lock(handle)
                if dead and sys.platform != "win32":
                    path.unlink()
            finally:
                os.close(handle)
            if dead and sys.platform == "win32":
                path.unlink()  # refused by the system when somebody opened it since


def host_name() -> str:
    """Return a name of this machine and, where it is known, of this start of it."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    try:
        return f"{platform.node()}/{boot.read_text(encoding='ascii').strip()}"
    except OSError:
        return platform.node()


def _take(folder: Path) -> tuple[str, Path, int]:
    while True:
        name = secrets.token_hex(8)
        path = folder / f"{name}.lock"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        if lock(handle) and path.exists():  # a sweeper may have come between the two calls
            return name, path, handle
        os.close(handle)


def lock(handle: int, *, shared: bool = False) -> bool:
    """Take the lock without waiting; tell whether it was free."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            # flock, not lockf: a second engine of the same process must see the first one's lock
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
