# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of jobs in the interface: its rows, which one is selected, how it is sorted and what it leaves out.

The rows have no more than the ids, in the window manager, which Blender's lists need; the rest is read from the
engine's memory when it is drawn. The selection follows the job and not the place in the list.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, IntProperty, PointerProperty
from bpy.types import PropertyGroup, WindowManager

from ..core.jobs.job import JobView
from . import bringing, session
from .job_states import is_unfinished, rank

__all__ = [
    "SORTS",
    "is_shown",
    "jobs_of",
    "reading",
    "refresh",
    "register",
    "select",
    "selected",
    "sort_key",
    "sync",
    "unregister",
    "view_of",
    "views_by_id",
]

SORTS = (
    ("NEWEST", "Newest", "The newest job first", "SORTTIME", 0),
    ("NAME", "Name", "By the name of the object", "SORTALPHA", 1),
    ("STATE", "State", "What runs or needs you first", "INFO", 2),
    ("COST", "Cost", "What cost most first", "SORTSIZE", 3),
    ("PROVIDER", "Provider", "By the provider", "WORLD", 4),
)
PAGE = 200  # jobs that are read from the journal at once


class _State:
    def __init__(self) -> None:
        self.chosen = ""  # the id of the selected job
        self.ids: tuple[str, ...] = ()
        self.reading = threading.Event()
        self.reading.set()


_state = _State()


def _choose(jobs: Any, _context: Any) -> None:
    if 0 <= jobs.at < len(jobs.rows):
        _state.chosen = jobs.rows[jobs.at].name


class IMG3D_PG_job_row(PropertyGroup):
    """One row: its `name` is the job's id."""


class IMG3D_PG_jobs(PropertyGroup):
    """What the list shows, for as long as Blender runs."""

    rows: CollectionProperty(type=IMG3D_PG_job_row)  # pyright: ignore[reportInvalidTypeForm]
    at: IntProperty(name="Job", description="The job whose details are shown", update=_choose)  # pyright: ignore[reportInvalidTypeForm]
    sort: EnumProperty(items=SORTS, name="Sort By", description="Order of the jobs in the list")  # pyright: ignore[reportInvalidTypeForm]
    unfinished: BoolProperty(  # pyright: ignore[reportInvalidTypeForm]
        name="Only Unfinished", description="Show only jobs that run, wait for you, or can be gone on with"
    )
    page: IntProperty(name="Page", description="Page of the gallery", min=0)  # pyright: ignore[reportInvalidTypeForm]


def jobs_of(manager: Any) -> Any:
    """Return the list's properties."""
    return manager.img3d_jobs


def views_by_id() -> Mapping[str, JobView]:
    """Return the jobs in the engine's memory, the newest first; fit for `draw`."""
    return {view.id: view for view in session.engine_views()}


def view_of(job: str) -> JobView | None:
    """Return one job as the engine has it in memory."""
    return views_by_id().get(job)


def selected(views: Mapping[str, JobView]) -> JobView | None:
    """Return the selected one of `views`."""
    return views.get(_state.chosen)


def select(job: str) -> None:
    """Select a job, once it has its row. Not for `draw`."""
    _state.chosen = job
    sync()


def sync() -> None:
    """Bring the rows up to the engine's jobs; one that is newer than all gets selected. Not for `draw`."""
    views = session.engine_views()
    ids = tuple(view.id for view in views)
    jobs = jobs_of(bpy.context.window_manager)
    if ids and _state.ids and ids[0] > _state.ids[0]:  # an id begins with its time
        _state.chosen = ids[0]
    elif _state.chosen not in ids:
        _state.chosen = _neighbour(ids)
    if ids != tuple(row.name for row in jobs.rows):
        jobs.rows.clear()
        for job in ids:
            jobs.rows.add().name = job
    _state.ids = ids
    at = ids.index(_state.chosen) if _state.chosen in ids else 0
    if jobs.at != at:
        jobs.at = at


def refresh(*, older: bool) -> None:
    """Have the journal's newest jobs read in the background, with `older` one page more than are shown."""
    shown = len(session.engine_views())
    _state.reading = session.engine().refresh(PAGE * (shown // PAGE + 1) if older else max(PAGE, shown))


def reading() -> bool:
    """Whether the journal is still being read."""
    return not _state.reading.is_set()


def is_shown(view: JobView, *, text: str, unfinished: bool) -> bool:
    """Whether a job passes the filters: `text` is part of its name, provider or error."""
    if unfinished and not is_unfinished(view, bringing=view.id in bringing.under_way()):
        return False
    provider = session.providers().get(view.provider)
    words = (view.name, provider.label if provider else view.provider, view.error)
    return not text or any(text.lower() in word.lower() for word in words)


def sort_key(view: JobView, sort: str) -> Any:
    """Return what jobs are sorted by; the newest of equal ones first, since they come in that order."""
    if sort == "NAME":
        return view.name.lower()
    if sort == "STATE":
        return rank(view, bringing=view.id in bringing.under_way())
    if sort == "COST":
        cost = view.cost or view.price
        return -(cost.usd if cost and cost.usd is not None else cost.amount if cost else 0.0)
    if sort == "PROVIDER":
        return view.provider
    return 0


def register() -> None:
    """Register the list's properties."""
    for one in (IMG3D_PG_job_row, IMG3D_PG_jobs):
        bpy.utils.register_class(one)
    WindowManager.img3d_jobs = PointerProperty(type=IMG3D_PG_jobs)  # pyright: ignore[reportAttributeAccessIssue]


def unregister() -> None:
    """Undo `register`, and forget the selection."""
    del WindowManager.img3d_jobs  # pyright: ignore[reportAttributeAccessIssue]
    for one in (IMG3D_PG_jobs, IMG3D_PG_job_row):
        bpy.utils.unregister_class(one)
    _state.__init__()


def _neighbour(ids: Sequence[str]) -> str:
    """Return the job that stands where the selected one stood, which is gone."""
    if not ids:
        return ""
    at = _state.ids.index(_state.chosen) if _state.chosen in _state.ids else 0
    return ids[min(at, len(ids) - 1)]
