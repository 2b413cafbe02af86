# SPDX-License-Identifier: GPL-3.0-or-later
"""The gallery in the sidebar: all results with their pictures, to be had again without paying."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bpy.types import Panel

from ...core.jobs.job import JobView
from .. import job_list, pump, result_previews, session, thumbnails
from ..bringing import under_way
from ..layout import width_of
from ..translations import text as translated
from .tab import ViewTab

__all__ = ["CLASSES"]

_CELL = 84  # pixels at a scale of 1 that a result has
_ROWS = 3
_SCALE = 4.2  # of a picture, in Blender's units of 20 pixels


class IMG3D_PT_gallery(ViewTab, Panel):
    """Results as pictures."""

    bl_label = "Gallery"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw one page, from the engine's memory."""
        layout: Any = self.layout
        jobs = job_list.jobs_of(context.window_manager)
        views = [view for view in session.engine_views() if result_previews.has_result(view)]
        if not views:
            layout.label(text="No results yet")
            return
        columns = max(1, int((width_of(context) + 20) // _CELL))
        page = _draw_pages(layout, jobs, len(views), per_page=columns * _ROWS)
        _draw_page(layout, page, views, columns=columns)
        layout.operator("img3d.offer_assets", icon="ASSET_MANAGER")
        if left := result_previews.left():
            layout.label(text=translated("{count} assets are still to be written", count=left), translate=False)
        if thumbnails.wishes() or result_previews.waiting():
            pump.start()


CLASSES = (IMG3D_PT_gallery,)


def _draw_pages(layout: Any, jobs: Any, count: int, *, per_page: int) -> slice:
    """Draw the buttons to other pages where there are any; returns which results this page has."""
    pages = -(-count // per_page)
    page = min(jobs.page, pages - 1)
    if pages > 1:
        row = layout.row(align=True)
        for to, icon, there in ((page - 1, "TRIA_LEFT", page > 0), (page + 1, "TRIA_RIGHT", page + 1 < pages)):
            part = row.row(align=True)
            part.enabled = there
            part.operator("img3d.gallery_page", text="", icon=icon).to = to
        row.label(text=translated("Page {page} of {pages}", page=page + 1, pages=pages), translate=False)
    return slice(page * per_page, (page + 1) * per_page)


def _draw_page(layout: Any, page: slice, views: Sequence[JobView], *, columns: int) -> None:
    grid = layout.grid_flow(row_major=True, columns=columns, even_columns=True, even_rows=True, align=False)
    for view in views[page]:
        _draw_result(grid.column(align=True), view)
    for _ in range(-len(views[page]) % columns):  # so that a short row is no wider
        grid.column()


def _draw_result(layout: Any, view: JobView) -> None:
    result_previews.want(view)
    icon = thumbnails.icon_of(view)
    box = layout.box()
    if icon:
        box.template_icon(icon_value=icon, scale=_SCALE)
    else:
        empty = box.row()
        empty.scale_y = _SCALE
        empty.label(text="", icon="IMAGE_DATA")
    row = layout.row(align=True)
    bringing = under_way().get(view.id)
    if bringing:
        row.progress(factor=bringing.work.fraction or 0.0, text=view.name, type="BAR")
        return
    button = row.operator("img3d.import_result", text=view.name, translate=False)
    button.job, button.as_set = view.id, True
    row.operator("img3d.place_result", text="", icon="RESTRICT_SELECT_OFF").job = view.id
