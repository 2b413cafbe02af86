# SPDX-License-Identifier: GPL-3.0-or-later
"""Know which datablocks are ours, although the user may make some between two steps of the work."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any, TypeVar

import bpy

__all__ = ["marked", "remove_marked"]

MARK = "img3d_work"
"""Custom property of what was made while our own code ran."""

Answer = TypeVar("Answer")


def marked(steps: Generator[Any, None, Answer]) -> Generator[Any, None, Answer]:
    """Run the steps, and mark what each of them makes, up to one that raises or is the last."""
    from ..importing.fresh import Fresh

    try:
        while True:
            fresh = Fresh()
            try:
                step = next(steps)
            except StopIteration as end:
                return end.value
            finally:
                for item in fresh.new():
                    item[MARK] = True
            yield step
    finally:
        steps.close()


def remove_marked(*, keep: Iterable[Any] = ()) -> None:
    """Remove all that is marked, and take the mark off what is kept."""
    from ..importing.fresh import KINDS

    kept = set(keep)
    for item in kept:
        item.pop(MARK, None)
    found = [item for kind in KINDS for item in getattr(bpy.data, kind, ()) if MARK in item]
    bpy.data.batch_remove([item for item in found if item not in kept])
