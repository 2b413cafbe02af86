# SPDX-License-Identifier: GPL-3.0-or-later
"""Put a result where one clicks in the 3D view: on the surface under the mouse, else on the floor."""

from __future__ import annotations

import math
from typing import Any

import bpy
from bpy.props import StringProperty
from bpy.types import Operator
from bpy_extras import view3d_utils
from mathutils import Vector
from mathutils.geometry import intersect_line_plane

from . import arriving
from .job_list import view_of
from .places import show_status
from .reporting import JOB
from .translations import text as translated

__all__ = ["place_under", "register", "unregister"]

_RING = 0.06  # radius of the mark, as a share of the distance from the eye
_STATUS = "{name}: click where it shall stand, Esc or right click to leave it"


class IMG3D_OT_place_result(Operator):
    """The result of one job, where the mouse says."""

    bl_idname = "img3d.place_result"
    bl_label = "Place with the Mouse"
    bl_description = "Import the object of this job where you click next in a 3D view; costs nothing"
    bl_options = {"INTERNAL"}

    job: StringProperty(**JOB)  # pyright: ignore[reportInvalidTypeForm]

    _mark: _Mark

    @classmethod
    def poll(cls, context: Any) -> bool:
        """It needs a view to click in."""
        shown = bool(context.screen) and any(area.type == "VIEW_3D" for area in context.screen.areas)
        if not shown:
            cls.poll_message_set("Open a 3D view to place it in")
        return shown

    def invoke(self, context: Any, event: Any) -> set[Any]:
        """Wait for the click."""
        view = view_of(self.job)
        show_status(translated(_STATUS, name=view.name if view else ""))
        self._mark = _Mark()
        context.window.cursor_modal_set("CROSSHAIR")
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: Any, event: Any) -> set[Any]:
        """Follow the mouse; what turns and zooms the view goes on to it."""
        if event.type in {"ESC", "RIGHTMOUSE"} and event.value == "PRESS":
            self.cancel(context)
            return {"CANCELLED"}
        if event.type in {"MOUSEMOVE", "LEFTMOUSE"}:
            found = _view_at(context, event.mouse_x, event.mouse_y)
            place = place_under(context, *found) if found else None
            self._mark.show(place, found[0] if found else None)
            if event.type == "LEFTMOUSE" and event.value == "PRESS" and place is not None:
                self.cancel(context)
                return self._place(context, place)
            return {"PASS_THROUGH"} if event.type == "MOUSEMOVE" else {"RUNNING_MODAL"}
        return {"PASS_THROUGH"}

    def cancel(self, context: Any) -> None:
        """Take mark, cursor and status back; also when a file is loaded meanwhile."""
        self._mark.remove()
        context.window.cursor_modal_restore()
        show_status(None)

    def _place(self, context: Any, place: Vector) -> set[Any]:
        arriving.drop_at(self.job, place.to_tuple())
        operators: Any = bpy.ops
        try:
            operators.img3d.import_result("INVOKE_DEFAULT", True, job=self.job, as_set=True)
        except RuntimeError as error:
            arriving.forget(self.job)
            self.report({"ERROR"}, str(error).removeprefix("Error: ").strip())
            return {"CANCELLED"}
        return {"FINISHED"}


register, unregister = bpy.utils.register_classes_factory((IMG3D_OT_place_result,))  # pyright: ignore[reportGeneralTypeIssues]


def place_under(context: Any, area: Any, region: Any, at: tuple[float, float]) -> Vector | None:
    """Return where a ray through the point `at` of a 3D view's region meets a surface, else the floor.

    Above the horizon it is the plane through the 3D cursor that faces the view; None where the ray runs along it.
    """
    eye = area.spaces.active.region_3d
    origin = view3d_utils.region_2d_to_origin_3d(region, eye, at)
    ray = view3d_utils.region_2d_to_vector_3d(region, eye, at)
    hit, place, *_ = context.scene.ray_cast(context.evaluated_depsgraph_get(), origin, ray)
    if hit:
        return place
    floor = intersect_line_plane(origin, origin + ray, Vector(), Vector((0.0, 0.0, 1.0)))
    if floor is not None and (floor - origin).dot(ray) > 0.0 and (floor - origin).length < area.spaces.active.clip_end:
        return floor
    facing = eye.view_rotation @ Vector((0.0, 0.0, 1.0))
    return intersect_line_plane(origin, origin + ray, context.scene.cursor.location, facing)


def _view_at(context: Any, x: int, y: int) -> tuple[Any, Any, tuple[float, float]] | None:
    """Return area, region and place in it of the 3D view at these pixels of the window; None over anything else."""
    for area in context.window.screen.areas:
        if area.type != "VIEW_3D":
            continue
        # sidebar, toolbar and headers lie over the view
        over = [region for region in area.regions if _is_inside(region, x, y)]
        if len(over) == 1 and over[0].type == "WINDOW":
            return area, over[0], (x - over[0].x, y - over[0].y)
    return None


def _is_inside(region: Any, x: int, y: int) -> bool:
    return region.x <= x < region.x + region.width and region.y <= y < region.y + region.height


class _Mark:
    """A ring in the 3D views at the place that a click would mean."""

    def __init__(self) -> None:
        self._place: Vector | None = None
        self._area: Any = None
        self._handler: Any = bpy.types.SpaceView3D.draw_handler_add(self._draw, (), "WINDOW", "POST_VIEW")

    def show(self, place: Vector | None, area: Any) -> None:
        before, self._place, self._area = self._area, place, area
        for one in {before, area} - {None}:
            one.tag_redraw()

    def remove(self) -> None:
        bpy.types.SpaceView3D.draw_handler_remove(self._handler, "WINDOW")
        if self._area is not None:
            self._area.tag_redraw()

    def _draw(self) -> None:
        if self._place is None:
            return
        import gpu
        from gpu_extras.batch import batch_for_shader

        eye: Any = bpy.context.region_data
        distance = (eye.view_matrix @ self._place).length if eye.is_perspective else eye.view_distance
        radius = _RING * distance
        turns = [math.tau * step / 48 for step in range(49)]
        ring: Any = [self._place + radius * Vector((math.cos(turn), math.sin(turn), 0.0)) for turn in turns]
        shader = gpu.shader.from_builtin("UNIFORM_COLOR")
        shader.bind()
        shader.uniform_float("color", (1.0, 0.6, 0.1, 1.0))
        gpu.state.line_width_set(2.0)
        batch_for_shader(shader, "LINE_STRIP", {"pos": ring}).draw(shader)
        stem: Any = [self._place, self._place + Vector((0.0, 0.0, 2 * radius))]
        batch_for_shader(shader, "LINES", {"pos": stem}).draw(shader)
        gpu.state.line_width_set(1.0)
