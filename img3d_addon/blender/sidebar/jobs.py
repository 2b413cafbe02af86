# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs in the sidebar: what runs with its progress, and the latest others with what fits their state."""

from __future__ import annotations

from typing import Any

from bpy.types import Panel

from ...core.jobs.job import JobView
from .. import pump, session
from ..bringing import under_way
from ..layout import draw_text, fits
from ..words import capital, elapsed, headline, stage_of
from .tab import ViewTab

__all__ = ["CLASSES"]

_SHOWN = 8  # jobs that do not run
_ICONS: dict[str, Any] = {
    "ready": "IMPORT",
    "imported": "CHECKMARK",
    "cancelled": "X",
    "failed": "ERROR",
    "uncertain": "QUESTION",
}


class IMG3D_PT_jobs(ViewTab, Panel):
    """Running jobs with their progress, and the latest others."""

    bl_label = "Jobs"

    def draw(self, context: Any) -> None:
        """Draw the snapshot that the engine keeps in memory."""
        layout: Any = self.layout
        busy = under_way()
        views = sorted(
            session.engine_views(), key=lambda view: (not view.running and view.id not in busy, -view.created)
        )
        running = sum(view.running or view.id in busy for view in views)
        for view in views[: running + _SHOWN]:
            _draw_job(layout.box(), view, context)
        if not views:
            layout.label(text="No jobs yet")


CLASSES = (IMG3D_PT_jobs,)


def _draw_job(layout: Any, view: JobView, context: Any) -> None:
    row = layout.row()
    bringing = under_way().get(view.id)
    busy = view.running or bringing is not None
    row.label(text=view.name, icon="SORTTIME" if busy else _ICONS.get(view.state, "SORTTIME"))
    if busy:
        row.operator("img3d.cancel", text="", icon="X", emboss=False).job = view.id
        text = capital(bringing.words if bringing else stage_of(view))
        fraction = bringing.work.fraction if bringing else view.fraction
        short = fits(text, context)
        layout.progress(factor=fraction or 0.0, text=text if short else elapsed(view), type="BAR")
        if not short:
            draw_text(layout, text, context)
        return
    draw_text(layout, _subtitle(view), context)
    error = pump.errors.get(view.id) or ("" if view.state in ("ready", "imported") else view.error or view.message)
    if error:
        draw_text(layout, error, context)
        row.operator("img3d.copy_error", text="", icon="COPYDOWN", emboss=False).text = error
    _draw_choices(layout, view)


def _draw_choices(layout: Any, view: JobView) -> None:
    """Offer what fits the state of a job that does not run."""
    row = layout.row(align=True)
    if view.state in ("ready", "imported"):
        button = row.operator("img3d.import_result", text="Import Again" if view.state == "imported" else "Import")
        button.job, button.as_set = view.id, view.state == "imported"
    elif view.state == "uncertain":
        button = row.operator("img3d.resume", text="Submit Again")
        button.job, button.again = view.id, True
        row.operator("img3d.cancel", text="Give Up").job = view.id
    elif view.resumable:
        row.operator("img3d.resume", text="Resume").job = view.id


def _subtitle(view: JobView) -> str:
    provider = session.providers().get(view.provider)
    label = provider.label if provider else view.provider
    parts = [headline(view), label.partition(" (")[0]]
    if view.cost and view.cost.amount:
        parts.append(str(view.cost))
    return ", ".join(parts)
