# SPDX-License-Identifier: GPL-3.0-or-later
"""What the system says of a process and of the machine."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

__all__ = ["UNIT", "load", "peak_memory"]

UNIT = 1 if sys.platform == "darwin" else 1024  # of the system's account of memory


def peak_memory() -> int:
    """Return the largest number of bytes that this process held so far."""
    status = Path("/proc/self/status")
    if status.exists():  # there, ru_maxrss of our own counts our parent, too
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT


def load() -> float:
    """Return how many processes ran or waited to run in the last minute."""
    return os.getloadavg()[0]
