# SPDX-License-Identifier: GPL-3.0-or-later
"""One job in the sidebar, whole: what it is, how it stands, and what can be done with it."""

from __future__ import annotations

import time
from typing import Any

from ...core.jobs.job import DONE, JobView
from .. import pump, session, thumbnails
from ..bringing import Bringing, under_way
from ..job_states import ICONS, state_of
from ..layout import BOX, ICON, draw_text, fits, width_of
from ..translations import text as translated
from ..words import capital, elapsed, headline, stage_of

__all__ = ["draw_details"]

_PICTURE = 80  # pixels of the picture at a scale of 1
_NARROW = 200  # pixels at a scale of 1 below which buttons stand one below the other
_LEFT_THERE = "The service goes on with it, or has it ready; Resume fetches the result, which is not paid again"
_TWO_WAYS = (
    "Two ways out: Submit Again sends the picture once more and may be charged a second time, Give Up ends the job here"
)


def draw_details(layout: Any, view: JobView, context: Any) -> None:
    """Draw the selected job with what fits its state."""
    box = layout.box()
    bringing = under_way().get(view.id)
    state = state_of(view, bringing=bringing is not None)
    _draw_facts(box, view, state, context)
    if state in ("running", "importing"):
        _draw_progress(box, view, bringing, context)
        _draw_stop(box, view, is_import=bringing is not None)
        return
    error = pump.errors.get(view.id) or ("" if view.state in DONE else view.error or view.message)
    if error:
        _say(box, error, context, icon="INFO" if state == "cancelled" else "ERROR")
    if state == "uncertain":
        _say(box, translated(_TWO_WAYS), context, icon="QUESTION")
    elif state == "interrupted" and view.resumable and view.state in ("remote", "downloading"):
        _say(box, translated(_LEFT_THERE), context, icon="INFO")
    _draw_way_on(box, view, state, narrow=width_of(context) < _NARROW)
    _draw_more(box, view, context, error=error)


def _draw_facts(layout: Any, view: JobView, state: str, context: Any) -> None:
    row = layout.row()
    icon = thumbnails.icon_of(view)
    if icon:
        picture = row.column()
        picture.ui_units_x = _PICTURE / 20
        picture.template_icon(icon_value=icon, scale=4.0)
    column = row.column(align=True)
    column.scale_y = 0.9
    column.label(text=view.name, translate=False)
    words = capital(translated(headline(view))) if state not in ("running", "importing") else ""
    if words:
        beside = _PICTURE if icon else 0
        _say(column, words, context, icon=ICONS[state], beside=beside)
    column.label(text=_label(view), translate=False)
    for line in _facts(view):
        column.label(text=line, translate=False)


def _say(layout: Any, words: str, context: Any, *, icon: str, beside: float = 0.0) -> None:
    """Draw words in the box, `beside` pixels less wide than it."""
    draw_text(layout, words, context, icon=icon, width=max(80.0, width_of(context) - BOX - ICON - beside))


def _draw_progress(layout: Any, view: JobView, bringing: Bringing | None, context: Any) -> None:
    text = capital(bringing.words if bringing else stage_of(view))
    fraction = bringing.work.fraction if bringing else view.fraction
    short = fits(text, context)
    layout.progress(factor=fraction or 0.0, text=text if short else elapsed(view), type="BAR")
    if not short:
        draw_text(layout, text, context, width=width_of(context) - BOX)


def _draw_stop(layout: Any, view: JobView, *, is_import: bool) -> None:
    row = layout.row(align=True)
    text = "Stop the Import" if is_import else "Cancel"
    row.operator("img3d.cancel", text=text, icon="X").job = view.id
    provider = session.providers().get(view.provider)
    if not is_import and provider and provider.base_url and view.state in ("remote", "downloading"):
        row.operator("img3d.stop_waiting", icon="PAUSE").job = view.id


def _draw_way_on(layout: Any, view: JobView, state: str, *, narrow: bool) -> None:
    """Draw the one thing that this state asks for."""
    row = layout.column(align=True) if narrow else layout.row(align=True)
    row.scale_y = 1.2
    if state in DONE:
        button = row.operator(
            "img3d.import_result", text="Import Again" if state == "imported" else "Import", icon="IMPORT"
        )
        button.job, button.as_set = view.id, state == "imported"
    elif state == "uncertain":
        button = row.operator("img3d.resume", text="Submit Again", icon="FILE_REFRESH")
        button.job, button.again = view.id, True
        row.operator("img3d.cancel", text="Give Up", icon="X").job = view.id
    elif view.resumable:
        row.operator("img3d.resume", text="Resume", icon="PLAY").job = view.id


def _draw_more(layout: Any, view: JobView, context: Any, *, error: str) -> None:
    """Draw what can be done beside that."""
    columns = 1 if width_of(context) < _NARROW else 2
    grid = layout.grid_flow(row_major=True, columns=columns, even_columns=True, align=True)
    if view.state == "imported":
        grid.operator("img3d.select_objects", icon="RESTRICT_SELECT_OFF").job = view.id
    grid.operator("img3d.reload_settings", icon="LOOP_BACK").job = view.id
    if view.state != "uncertain":  # Submit Again says what another request may cost
        grid.operator("img3d.try_again", icon="FILE_REFRESH").job = view.id
    if error:
        grid.operator("img3d.copy_error", icon="COPYDOWN").text = error
    grid.operator("img3d.open_folder", icon="FILE_FOLDER").job = view.id
    grid.operator("img3d.remove_job", text="Remove...", icon="TRASH").job = view.id


def _label(view: JobView) -> str:
    provider = session.providers().get(view.provider)
    return (provider.label if provider else view.provider).partition(" (")[0]


def _facts(view: JobView) -> list[str]:
    today = time.strftime("%Y-%m-%d") == time.strftime("%Y-%m-%d", time.localtime(view.created))
    made = time.strftime("%H:%M" if today else "%Y-%m-%d", time.localtime(view.created))
    cost = f"{made}, {view.cost}" if view.cost and view.cost.amount else made
    return [cost, *([translated("Seed {seed}", seed=view.seed)] if view.seed is not None else [])]
