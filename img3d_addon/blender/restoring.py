# SPDX-License-Identifier: GPL-3.0-or-later
"""Restore Texture: the operator, and what it does to one object."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy
from bpy.props import BoolProperty
from bpy.types import Mesh, Object, Operator

from ..core.errors import BadInput, Img3dError, ImportFailed
from .live_texture import add_live_texture, remove_live_texture
from .restore import Projection, coordinates, projection_of, restore_uvs

__all__ = ["has_projection", "register", "remember_material", "restore_texture", "unregister"]

MATERIAL = "img3d_material"
"""Custom property that holds the material itself, so that no remesh can lose it."""

_DROPPING = ("REMESH", "SKIN")
_KEEPING = ("DECIMATE", "TRIANGULATE", "WELD")  # move no vertex far: the live texture comes behind them


def has_projection(item: Object | None) -> bool:
    """Whether the texture of this object can be restored; what a panel may ask while it draws."""
    return item is not None and item.type == "MESH" and projection_of(item) is not None


def remember_material(item: Object) -> None:
    """Let the object hold on to its first material, where its texture can be restored."""
    found = next((slot.material for slot in item.material_slots if slot.material), None)
    if found and has_projection(item):
        item[MATERIAL] = found


def restore_texture(item: Object, *, apply_modifiers: bool = False) -> str:
    """Put texture coordinates and material of an offline result back; returns a warning, or an empty text.

    A live modifier that drops the coordinates is applied with `apply_modifiers`; otherwise it stays, and a modifier
    behind it puts the texture back. `Img3dError` when the object's texture cannot be restored.
    """
    projection = _projection(item)
    remove_live_texture(item)
    last = _last_dropping(item)
    if apply_modifiers and last >= 0:
        _apply(item, count=last + 1)
        last = _last_dropping(item)
    restore_uvs(_mesh(item), projection)
    if last >= 0:
        add_live_texture(item, projection, index=_behind(item, last))
    return _material_missing(item) or _misfit(item, projection)


def _projection(item: Object) -> Projection:
    _mesh(item)
    projection = projection_of(item)
    if projection is None:
        raise BadInput(
            f"{item.name} carries no texture projection, so there is nothing to restore its texture from",
            advice="Only results of the offline provider carry one.",
        )
    return projection


def _mesh(item: Object) -> Mesh:
    if not isinstance(item.data, Mesh):
        raise BadInput(f"{item.name} is no mesh, so it has no texture to restore")
    if item.library or item.data.library:
        raise BadInput(f"{item.name} is linked from another file", advice="Make it local first.")
    return item.data


def _last_dropping(item: Object) -> int:
    """Return the number of the last modifier after which there are no coordinates, or -1."""
    on = [(number, one) for number, one in enumerate(item.modifiers) if one.show_viewport or one.show_render]
    known = [number for number, one in on if one.type in _DROPPING]
    nodes = [number for number, one in on if one.type == "NODES"]
    if nodes and not known and _mesh(item).uv_layers and not _evaluated(item).uv_layers:
        known = nodes
    return max(known, default=-1)


def _evaluated(item: Object) -> Any:
    return item.evaluated_get(bpy.context.evaluated_depsgraph_get()).data


def _behind(item: Object, number: int) -> int:
    stack = list(item.modifiers)
    number += 1
    while number < len(stack) and stack[number].type in _KEEPING:
        number += 1
    return number


def _apply(item: Object, *, count: int) -> None:
    """Apply the first modifiers, as far as they are shown; the object gets a mesh of its own where it shared one."""
    advice = "Restore the texture without applying modifiers."
    if _mesh(item).shape_keys:
        raise ImportFailed(f"Modifiers of {item.name} cannot be applied, as it has shape keys", advice=advice)
    with bpy.context.temp_override(object=item, active_object=item, selected_objects=[item]):
        for name in [one.name for one in list(item.modifiers)[:count] if one.show_viewport]:
            try:
                bpy.ops.object.modifier_apply(modifier=name, single_user=True)
            except RuntimeError as error:  # what the operator reports as an error
                reason = str(error).removeprefix("Error: ").strip().rstrip(".")
                message = f"The modifier {name} of {item.name} cannot be applied: {reason}"
                raise ImportFailed(message, advice=advice) from None


def _material_missing(item: Object) -> str:
    """Put the material back into the slots when none of them holds one; say so when it is not known."""
    remember_material(item)
    if any(slot.material for slot in item.material_slots):
        return ""
    material = item.get(MATERIAL)
    if material is None:
        return f"{item.name} has no material any more: choose it anew, or import the result again"
    mesh = _mesh(item)
    mesh.materials.clear()  # of empty slots; all faces are in the first one then
    mesh.materials.append(material)
    return ""


def _misfit(item: Object, projection: Projection) -> str:
    """Say when the coordinates leave the picture: the vertices are no longer where the numbers count from."""
    mesh = _mesh(item)
    if len(mesh.loops):
        uv = coordinates(mesh, projection)
        if ((uv < -0.02) | (uv > 1.02)).any(axis=1).mean() > 0.01:
            return (
                f"{item.name} has vertices beside the picture: its scale, rotation or location was applied, "
                "or it was deformed, so the texture does not fit any more"
            )
    return ""


class IMG3D_OT_restore_texture(Operator):
    """Put the texture back after a remesh."""

    bl_idname = "img3d.restore_texture"
    bl_label = "Restore Texture"
    bl_description = (
        "Put texture and material of selected offline results back after Remesh, QuadriFlow, Decimate or sculpting, "
        "exactly where they were: the picture is projected anew, nothing is baked"
    )
    bl_options = {"REGISTER", "UNDO"}

    apply_modifiers: BoolProperty(  # pyright: ignore[reportInvalidTypeForm]
        name="Apply Modifiers",
        description=(
            "Apply what drops texture coordinates, such as a Remesh modifier, and the modifiers above it. "
            "Off: they stay adjustable, and a modifier behind them puts the texture on whatever they make"
        ),
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say what is missing, if anything is."""
        if context.mode != "OBJECT":
            cls.poll_message_set("Switch to Object Mode first")
            return False
        if not _chosen(context):
            cls.poll_message_set("Select the objects whose texture was lost")
            return False
        return True

    def execute(self, context: Any) -> set[Any]:
        """Restore all that can be, and say what could not."""
        chosen = _chosen(context)
        ours = [item for item in chosen if has_projection(item)]
        done, troubles = _restore_all(ours or chosen, apply_modifiers=self.apply_modifiers)
        for trouble in troubles:
            self.report({"WARNING"} if done else {"ERROR"}, trouble)
        if not done:
            return {"CANCELLED"}
        if not troubles:
            self.report({"INFO"}, f"Texture of {done} object{'s' if done > 1 else ''} restored")
        return {"FINISHED"}


def _chosen(context: Any) -> list[Object]:
    return [item for item in context.selected_objects if item.type == "MESH"]


def _restore_all(items: Iterable[Object], *, apply_modifiers: bool) -> tuple[int, list[str]]:
    """Return how many were restored, and what there is to say about the others."""
    done, troubles = 0, []
    for item in items:
        try:
            warning = restore_texture(item, apply_modifiers=apply_modifiers)
        except Img3dError as error:
            troubles.append(str(error))
            continue
        done += 1
        troubles += [warning] if warning else []
    return done, troubles


CLASSES = (IMG3D_OT_restore_texture,)
register, unregister = bpy.utils.register_classes_factory(CLASSES)  # pyright: ignore[reportGeneralTypeIssues]
