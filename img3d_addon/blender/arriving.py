# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a result goes that was meant for a place of its own: to where it was dropped, or into a row to compare.

It is settled within the import, and so in the same undo step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mathutils import Vector

from . import comparing

if TYPE_CHECKING:
    from .importing import Imported

__all__ = ["clear", "drop_at", "forget", "is_dropped", "settle"]

_places: dict[str, tuple[float, ...]] = {}


def drop_at(job: str, place: Sequence[float]) -> None:
    """Put the next import of this job's result onto a place in the scene."""
    _places[job] = tuple(place)


def is_dropped(job: str) -> bool:
    """Whether the job's result is to go to where it was dropped: it is imported onto the 3D cursor for that."""
    return job in _places


def settle(context: Any, job: str, made: Imported) -> None:
    """Bring what was just imported to its place."""
    place = _places.pop(job, None)
    if place is not None:
        scene = context.view_layer.id_data
        made.root.location += Vector(place) - scene.cursor.location
    else:
        comparing.settle(context, job, made)


def forget(job: str) -> None:
    """Let a result that could not be imported go where others go, should it come after all."""
    _places.pop(job, None)


def clear() -> None:
    """Forget all places: the file that they were meant for is gone."""
    _places.clear()
