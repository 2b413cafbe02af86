# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures of jobs for lists: the result's preview where there is one, else the picture that was sent.

`icon_of` is for drawing: it returns what is there and notes what is not. `load_some` takes a few of those up at a time;
Blender itself reads the files in the background when they are drawn, and keeps what it has scaled down.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy.utils.previews

from ..core.jobs.job import JobView
from . import session

__all__ = ["clear", "icon_of", "load_some", "preview_file", "renew", "wishes"]

AT_ONCE = 8
_PREVIEW = "preview.png"


class _State:
    def __init__(self) -> None:
        self.collection: Any = None
        self.icons: dict[str, int] = {}  # by job; 0: there is no picture
        self.wished: dict[str, JobView] = {}
        self.loads = 0


_state = _State()


def icon_of(view: JobView) -> int:
    """Return the icon of a job's picture, 0 while there is none; fit for `draw`."""
    icon = _state.icons.get(view.id)
    if icon is None:
        _state.wished[view.id] = view
    return icon or 0


def wishes() -> bool:
    """Whether something was drawn whose picture is not there yet."""
    return bool(_state.wished)


def load_some() -> bool:
    """Take up some of what was drawn without a picture; tells whether there is something new to draw."""
    jobs = list(_state.wished)[:AT_ONCE]
    for job in jobs:
        view = _state.wished.pop(job)
        icon = _load(view)
        if icon or not view.running:  # its picture may still be on the way
            _state.icons[job] = icon
    return bool(jobs)


def renew(job: str) -> None:
    """Look for the picture of a job again, such as when its result has a preview now."""
    _state.icons.pop(job, None)


def preview_file(job: str) -> Path:
    """Return where the preview of a job's result is, or will be."""
    return session.engine().folder(job) / _PREVIEW


def clear() -> None:
    """Give all pictures back to Blender."""
    if _state.collection is not None:
        bpy.utils.previews.remove(_state.collection)
    _state.__init__()


def _load(view: JobView) -> int:
    found = next((path for path in (preview_file(view.id), view.picture, view.image) if path and path.is_file()), None)
    return _icon(view.id, found) if found else 0


def _icon(job: str, path: Path) -> int:
    if _state.collection is None:
        _state.collection = bpy.utils.previews.new()
    _state.loads += 1  # a name is taken once
    return _state.collection.load(f"{job} {_state.loads}", str(path), "IMAGE").icon_id
