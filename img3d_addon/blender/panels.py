# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab "Image to 3D" in the sidebar of the 3D view. Drawing reads memory and does nothing else."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.types import Panel

from ..core.jobs.job import JobView
from ..core.provider import Provider
from ..core.values import Price
from . import pump, session
from .after import REMESH_LOSES_TEXTURE, own_quads_text
from .bringing import under_way
from .full_textures import has_small_textures
from .layout import draw_params, draw_text, fits
from .orders import KEY, ONLINE, PARAM, asked_price, blocked, price_of, provider_of
from .properties import SIDEBAR_AFTER, existing, settings_of
from .quad_facts import draw_quads
from .restoring import has_projection
from .words import capital, elapsed, headline, known_price, stage_of

__all__ = ["register", "unregister"]

CATEGORY = "Image to 3D"
_SHOWN = 8  # jobs that do not run
AFTER_SECTIONS = (
    ("location", "facing", "size"),
    ("shading", "shading_angle", "repair_normals"),
    ("texture", "texture_limit", "texture_files", "reuse"),
    ("decimate_by", "decimate_ratio", "decimate_faces", "remesh", "remesh_detail", "apply_modifiers"),
    ("quads", "quad_faces", "quad_texture", "quad_original"),
    ("lods", "asset", "asset_author", "asset_description", "asset_license", "asset_tags"),
)
"""The import options in the order of the sidebar, by what they are about."""
_ICONS: dict[str, Any] = {
    "ready": "IMPORT",
    "imported": "CHECKMARK",
    "cancelled": "X",
    "failed": "ERROR",
    "uncertain": "QUESTION",
}


class _Tab:
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = CATEGORY


class IMG3D_PT_main(_Tab, Panel):
    """Picture, provider, settings and the button."""

    bl_label = "Image to 3D"

    def draw(self, context: Any) -> None:
        """Draw from top to bottom in the order of work."""
        layout: Any = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = settings_of(context.scene)
        provider = provider_of(settings)
        group = getattr(settings, provider.name)
        layout.template_ID_preview(settings, "picture", open="image.open", rows=3, cols=6)
        row = layout.row()
        row.use_property_split = False
        row.prop(settings, "provider", text="")
        params = existing(group, provider.params)
        draw_params(layout, group, [param for param in params if not param.advanced], context)
        advanced = [param for param in params if param.advanced]
        if advanced:
            header, body = layout.panel("img3d_advanced", default_closed=True)
            header.label(text="Advanced")
            if body:
                draw_params(body, group, advanced, context)
        header, body = layout.panel("img3d_after", default_closed=True)
        header.label(text="Import Options")
        if body:
            own_quads = own_quads_text(provider, {param.name for param in params})
            _draw_after(body, settings.after, context, provider=provider, own_quads=own_quads)
        _draw_button(layout, settings, context)


class IMG3D_PT_result(_Tab, Panel):
    """What can be done with a result in the scene."""

    bl_label = "Active Object"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Show it while the active object is a mesh, or its quads are being made."""
        return getattr(context.active_object, "type", "") == "MESH"

    def draw(self, context: Any) -> None:
        """Draw what is known of the object, and the buttons that fit it."""
        layout: Any = self.layout
        item = context.active_object
        draw_quads(layout, item, context)
        if has_projection(item):
            layout.operator("img3d.restore_texture", icon="UV")
        if has_small_textures(item):
            layout.operator("img3d.full_textures", icon="TEXTURE")


class IMG3D_PT_jobs(_Tab, Panel):
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


CLASSES = (IMG3D_PT_main, IMG3D_PT_result, IMG3D_PT_jobs)


def register() -> None:
    """Register the panels."""
    for one in CLASSES:
        bpy.utils.register_class(one)


def unregister() -> None:
    """Undo `register`, in reverse."""
    for one in reversed(CLASSES):
        bpy.utils.unregister_class(one)


def _draw_after(layout: Any, after: Any, context: Any, *, provider: Provider, own_quads: str) -> None:
    shown = existing(after, SIDEBAR_AFTER)
    reduced = after.decimate_by != "none" or after.remesh != "none"
    for names in AFTER_SECTIONS:
        wanted = [param for param in shown if param.name in names and (reduced or param.name != "apply_modifiers")]
        draw_params(layout, after, sorted(wanted, key=lambda param: names.index(param.name)), context)
        if "remesh" in names and after.remesh != "none" and provider.base_url:
            draw_text(layout, REMESH_LOSES_TEXTURE, context, icon="INFO")
        if "quads" in names and after.quads and own_quads:
            draw_text(layout, own_quads, context, icon="INFO")
        layout.separator(factor=0.5)


def _draw_button(layout: Any, settings: Any, context: Any) -> None:
    kind, reason = blocked(settings)
    if kind in (ONLINE, KEY):
        column = layout.column(align=True)
        draw_text(column, reason, context, icon="INFO")
        if kind == KEY:
            column.operator(
                "preferences.addon_show", text="Open Preferences", icon="PREFERENCES"
            ).module = session.PACKAGE
        elif not bpy.app.online_access_override:
            column.operator("extensions.userpref_allow_online", text="Allow Online Access", icon="INTERNET")
    elif kind == PARAM:
        draw_text(layout, reason, context, icon="ERROR")
    price = price_of(settings)
    _draw_price(layout, settings, price, context, can_ask=kind not in (ONLINE, KEY, PARAM))
    row = layout.row()
    row.scale_y = 1.5
    words = capital(known_price(price, short=True))
    row.operator("img3d.generate", text=f"Generate  ({words})" if words else "Generate", icon="MESH_MONKEY")


def _draw_price(layout: Any, settings: Any, price: Price | None, context: Any, *, can_ask: bool) -> None:
    """Say what is to be said of the price beyond what stands on the button."""
    if price is not None:
        if price.amount and price.note:
            draw_text(layout, f"Price: {price}, {price.note}", context)
        return
    if not provider_of(settings).has_estimate:
        layout.label(text="Price not known beforehand")
        return
    asked = asked_price(settings)
    row = layout.row()
    row.use_property_split = False
    row.label(text="Asking..." if asked and asked.waiting else "Price on request")
    button = row.row()
    button.enabled = can_ask and not (asked and asked.waiting)
    button.operator("img3d.ask_price")
    if asked and asked.text:
        draw_text(layout, asked.text, context, icon="ERROR" if asked.failed else "INFO")


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
