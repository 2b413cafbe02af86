# SPDX-License-Identifier: GPL-3.0-or-later
"""Work that is done in steps, a generator, run to its end at once. No bpy."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

__all__ = ["drained"]

T = TypeVar("T")


def drained(steps: Generator[Any, None, T]) -> T:
    """Run all steps and return the generator's value; what a step raises passes through."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
