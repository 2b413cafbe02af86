# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs in the sidebar: a list of all, and the selected one whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bpy.types import Panel, UIList

from ...core.jobs.job import JobView
from .. import job_list, pump, session, thumbnails
from ..bringing import under_way
from ..job_states import ICONS, WORDS, state_of
from ..layout import width_of
from ..words import elapsed
from .job_details import draw_details
from .tab import ViewTab

__all__ = ["CLASSES", "draw_jobs"]

_NARROW, _WIDE = 190, 330  # pixels at a scale of 1: below, a row has no words; above, it has the provider, too
_ROWS = 6
_drawn: dict[str, JobView] = {}  # what the list under way is drawn from


class IMG3D_UL_jobs(UIList):
    """One line for each job."""

    def draw_item(
        self,
        context: Any,
        layout: Any,
        data: Any,
        item: Any,
        icon: Any,
        active_data: Any,
        active_property: Any,
    ) -> None:
        """Draw picture, name, how far it is, and its state."""
        view = _drawn.get(item.name)
        if view is None:  # removed a moment ago
            layout.label(text="...")
            return
        _draw_row(layout, view, width=width_of(context))

    def filter_items(self, context: Any, data: Any, propname: str) -> tuple[list[int], list[int]]:
        """Return which rows are shown, and in which order."""
        jobs = job_list.jobs_of(context.window_manager)
        views = [_drawn.get(row.name) for row in getattr(data, propname)]
        shown = [
            self.bitflag_filter_item
            if view and job_list.is_shown(view, text=self.filter_name, unfinished=jobs.unfinished)
            else 0
            for view in views
        ]
        if jobs.sort == "NEWEST":
            return shown, []
        keyed: list[Any] = [(job_list.sort_key(view, jobs.sort), n) for n, view in enumerate(views) if view]
        places = {number: place for place, (_key, number) in enumerate(sorted(keyed))}
        gone = iter(range(len(places), len(views)))
        return shown, [places[number] if number in places else next(gone) for number in range(len(views))]


class IMG3D_PT_jobs(ViewTab, Panel):
    """The list of jobs and the selected one."""

    bl_label = "Jobs"

    def draw(self, context: Any) -> None:
        """Draw the snapshot that the engine keeps in memory."""
        draw_jobs(self.layout, context)


CLASSES = (IMG3D_UL_jobs, IMG3D_PT_jobs)


def draw_jobs(layout: Any, context: Any) -> None:
    """Draw the jobs, in whichever editor."""
    views = job_list.views_by_id()
    if not views:
        layout.label(text="No jobs yet")
        return
    _drawn.clear()
    _drawn.update(views)
    jobs = job_list.jobs_of(context.window_manager)
    _draw_order(layout, jobs)
    rows = min(_ROWS, max(2, len(views)))
    layout.template_list("IMG3D_UL_jobs", "", jobs, "rows", jobs, "at", rows=rows, maxrows=_ROWS * 2)
    if view := job_list.selected(views):
        draw_details(layout, view, context)
    if thumbnails.wishes():
        pump.start()


def _draw_order(layout: Any, jobs: Any) -> None:
    row = layout.row(align=True)
    row.prop(jobs, "unfinished", text="Unfinished", toggle=True, icon="FILTER")
    row.prop(jobs, "sort", text="")
    row.operator("img3d.refresh_jobs", text="", icon="FILE_REFRESH")
    row.operator("img3d.refresh_jobs", text="", icon="TRIA_DOWN_BAR").older = True


def _draw_row(layout: Any, view: JobView, *, width: float) -> None:
    bringing = under_way().get(view.id)
    state = state_of(view, bringing=bringing is not None)
    row = layout.split(factor=0.45 if width > _NARROW else 0.85, align=True)
    icon = thumbnails.icon_of(view)
    row.label(text=view.name, translate=False, **({"icon_value": icon} if icon else {"icon": "IMAGE_DATA"}))
    right = row.row(align=True)
    if width > _NARROW:
        _draw_progress(right, view, state, bringing, width=width)
    error = view.id in pump.errors
    right.label(text="", icon="ERROR" if error else ICONS[state])


def _draw_progress(layout: Any, view: JobView, state: str, bringing: Any, *, width: float) -> None:
    if state in ("running", "importing"):
        fraction = bringing.work.fraction if bringing else view.fraction
        text = elapsed(view) if fraction is None else f"{fraction:.0%}"
        layout.progress(factor=fraction or 0.0, text=text, type="BAR")
        layout.operator("img3d.cancel", text="", icon="X", emboss=False).job = view.id
        return
    if width > _WIDE:
        layout.label(text=_provider(session.providers(), view), translate=False)
    cost = f"{view.cost.amount:g} {view.cost.unit}" if view.cost and view.cost.amount else ""
    layout.label(text=cost or WORDS[state])


def _provider(providers: Mapping[str, Any], view: JobView) -> str:
    found = providers.get(view.provider)
    return (found.label if found else view.provider).partition(" (")[0]
