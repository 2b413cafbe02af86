# SPDX-License-Identifier: GPL-3.0-or-later
"""A heartbeat in the main thread: how long the window would have stood still while something else went on."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["beats"]


def beats(until: Callable[[float], bool], *, every: float) -> list[float]:
    """Sleep `every` seconds again and again and return how long each of them took, in milliseconds.

    `until` is told how many seconds have passed; the first beat, in which things only start, is left out.
    """
    gaps: list[float] = []
    begun = last = time.perf_counter()
    while not until(last - begun):
        time.sleep(every)
        now = time.perf_counter()
        gaps.append(1000.0 * (now - last))
        last = now
    return gaps[1:]
