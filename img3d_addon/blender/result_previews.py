# SPDX-License-Identifier: GPL-3.0-or-later
"""Renders of results for lists, and results as assets: made by the helper process while it has nothing else to do.

`want` is for drawing: it notes what a preview would be nice of. `offer` has results written as assets into a folder
that Blender's Asset Browser shows, from where they can be dragged into a scene. The pump calls `step`.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.errors import Img3dError
from ..core.helper.helper import NoHelper
from ..core.jobs.job import DONE, JobView
from . import bringing, session, thumbnails
from .helper.starting import helper, remember_refusal

if TYPE_CHECKING:
    from ..core.helper.work import Work

__all__ = ["asset_folder", "clear", "forget", "has_result", "left", "offer", "step", "waiting", "want"]

LARGEST = 40e6  # bytes of a result that is rendered for its preview alone
_log = logging.getLogger(__name__)


class _State:
    def __init__(self) -> None:
        self.seen: set[str] = set()  # jobs whose preview was asked for once
        self.wanted: dict[str, JobView] = {}
        self.offered: dict[str, JobView] = {}
        self.view: JobView | None = None  # what the helper works on
        self.work: Work | None = None


_state = _State()


def has_result(view: JobView) -> bool:
    """Whether the job has a model that can be imported; fit for `draw`."""
    return view.state in DONE and view.path is not None


def want(view: JobView) -> None:
    """Note that a preview of this result would be shown; fit for `draw`."""
    if view.id not in _state.seen and has_result(view):
        _state.seen.add(view.id)
        _state.wanted[view.id] = view


def offer(views: Iterable[JobView]) -> int:
    """Have each result that is no asset yet written as one; returns how many these are. Not for `draw`."""
    folder = asset_folder()
    _state.offered |= {view.id: view for view in views if has_result(view) and not (folder / _name(view)).is_file()}
    return left()


def left() -> int:
    """Return how many assets are still to be written."""
    return len(_state.offered)


def waiting() -> bool:
    """Whether there is something to do, and somebody to do it."""
    return bringing.usable() and bool(_state.work or _state.wanted or _state.offered)


def step(*, idle: bool) -> bool:
    """Take what the helper has made, and when `idle` hand it the next; tells whether there is something new to draw."""
    if _state.work is not None:
        return _state.work.done.is_set() and _took(_state.work)
    if not idle or not waiting():
        return False
    queue = _state.offered or _state.wanted
    view = queue[next(iter(queue))]
    if queue is _state.wanted:
        del queue[view.id]
        if not _is_cheap(view):
            return False
    _state.view = view
    _state.work = helper().submit(_request(view, as_asset=queue is _state.offered), limit=bringing.LIMIT)
    return False


def asset_folder() -> Path:
    """Return the folder of the assets, which may not exist."""
    return session.home() / "assets"


def forget(job: str) -> None:
    """Delete the asset of a job whose files are deleted."""
    for queue in (_state.wanted, _state.offered):
        queue.pop(job, None)
    with contextlib.suppress(OSError):  # Blender may hold it open; nothing else depends on it
        (asset_folder() / f"{job}.blend").unlink(missing_ok=True)


def clear() -> None:
    """Forget all; the helper goes on with what it has."""
    _state.__init__()


def _took(work: Work) -> bool:
    view, _state.work, _state.view = _state.view, None, None
    assert view is not None
    _state.offered.pop(view.id, None)
    try:
        work.result()
    except NoHelper as error:
        remember_refusal(str(error))
    except Img3dError as error:
        _log.info("no preview of %s: %s", view.name, error)
    thumbnails.renew(view.id)
    return True


def _is_cheap(view: JobView) -> bool:
    try:
        small = view.path is not None and view.path.stat().st_size < LARGEST
    except OSError:
        return False
    return small and not thumbnails.preview_file(view.id).is_file()


def _request(view: JobView, *, as_asset: bool) -> dict[str, Any]:
    from .importing import JobFacts

    request = {
        "task": "show",
        "about": view.name,
        "path": str(view.path),
        "after": {},
        "facts": asdict(JobFacts.of(view)),
        "target": str(thumbnails.preview_file(view.id)),
    }
    part = {"part": str(asset_folder() / _name(view)), "file": view.id, "catalog": ""}
    return {**request, **part} if as_asset else request


def _name(view: JobView) -> str:
    return f"{view.id}.blend"
