# SPDX-License-Identifier: GPL-3.0-or-later
"""Between two pieces of heavy work in a thread: let the thread that draws the window go on. No bpy.

Python lends its lock for 5 ms at a time, but a thread that reads or writes in between gives it back and takes it again
so quickly that a waiting one may miss it for ten times as long.
"""

from __future__ import annotations

import time

__all__ = ["let_others_run"]

_LONG = 0.0002  # seconds: enough for the system to wake another thread


def let_others_run() -> None:
    """Stay away from Python's lock for a moment."""
    time.sleep(_LONG)
