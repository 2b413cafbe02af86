# SPDX-License-Identifier: GPL-3.0-or-later
"""Several pictures, each made a job of its own after one confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy
from bpy.props import CollectionProperty, StringProperty
from bpy.types import Operator, OperatorFileListElement

from ...core.errors import Img3dError
from ...core.files.given import check_file
from ...core.values import Order
from .. import pump, session, spending
from ..layout import ICON, draw_text
from ..orders import blocked_otherwise, params_of, provider_of
from ..properties import after_values, settings_of
from ..seeds import renewed
from ..translations import text
from ..words import capital

__all__ = ["CLASSES", "ask"]

_SHOWN = 8  # names in the question
_WIDTH = 360


def ask(paths: Sequence[Path]) -> set[Any]:
    """Ask whether these pictures become jobs; without a window they do."""
    operators: Any = bpy.ops
    how = "EXEC_DEFAULT" if bpy.app.background else "INVOKE_DEFAULT"
    try:
        found = operators.img3d.generate_several(how, files=[{"name": str(path)} for path in paths])
    except RuntimeError:  # it has reported why
        return {"CANCELLED"}
    return {"INTERFACE"} if found == {"RUNNING_MODAL"} else found  # no undo step for a question


class IMG3D_OT_generate_several(Operator):
    """One job for each of several pictures."""

    bl_idname = "img3d.generate_several"
    bl_label = "Generate from Several Pictures"
    bl_description = "Make one 3D object of each of these pictures, with the provider and settings of the sidebar"
    bl_options = {"INTERNAL"}

    files: CollectionProperty(  # pyright: ignore[reportInvalidTypeForm]
        type=OperatorFileListElement, options={"HIDDEN", "SKIP_SAVE"}
    )
    directory: StringProperty(options={"HIDDEN", "SKIP_SAVE"})  # pyright: ignore[reportInvalidTypeForm]

    _warnings: tuple[str, ...] = ()

    def invoke(self, context: Any, event: Any) -> set[Any]:
        """Show how many, where, and what they cost together."""
        if reason := blocked_otherwise(settings_of(context.scene))[1]:
            self.report({"ERROR"}, reason)
            return {"CANCELLED"}
        try:
            _paths(self)
            type(self)._warnings = tuple(spending.warnings(context, self._orders(context)))
        except Img3dError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        title = text("Generate {count} Objects", count=len(self.files))
        manager = context.window_manager
        return manager.invoke_props_dialog(self, width=_WIDTH, title=title, confirm_text="Generate")

    def draw(self, context: Any) -> None:
        """Name the pictures, the provider and the total price."""
        layout: Any = self.layout
        names = [Path(one.name).name for one in self.files]
        column = layout.column(align=True)
        for name in names[:_SHOWN]:
            column.label(text=name, icon="IMAGE_DATA", translate=False)
        if len(names) > _SHOWN:
            column.label(text=text("and {count} more", count=len(names) - _SHOWN), icon="BLANK1")
        provider = provider_of(settings_of(context.scene))
        price = spending.price_words(context, self._orders(context))
        column = layout.column(align=True)
        _draw_pair(column, "Provider", provider.label)
        _draw_pair(column, "Total Price", capital(price))
        for warning in self._warnings:
            draw_text(layout, warning, context, icon="ERROR", width=_WIDTH - 3 * ICON)

    def execute(self, context: Any) -> set[Any]:
        """Start the jobs; the pump imports their objects."""
        settings = settings_of(context.scene)
        provider = provider_of(settings)
        try:
            params, after, own = params_of(settings), after_values(settings), getattr(settings, provider.name)
            for path in _paths(self):
                params = renewed(own, provider.params, params)
                order = Order(provider=provider.name, image=path, params=params, name=path.stem, after=after)
                pump.watch(session.engine().submit(order), context.scene)
        except Img3dError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, text("{count} jobs started", count=len(self.files)))
        return {"FINISHED"}

    def _orders(self, context: Any) -> list[Any]:
        settings = settings_of(context.scene)
        return [(provider_of(settings), params_of(settings))] * len(self.files)


CLASSES = (IMG3D_OT_generate_several,)


def _paths(operator: Any) -> list[Path]:
    """Return the files; `BadInput` for one that holds no picture, before any job is made and paid."""
    paths = [Path(operator.directory) / one.name for one in operator.files]
    for path in paths:
        check_file(path)
    return paths


def _draw_pair(layout: Any, label: str, value: str) -> None:
    row = layout.split(factor=0.4)
    side = row.row()
    side.alignment = "RIGHT"
    side.label(text=label)
    row.label(text=value, translate=False)
