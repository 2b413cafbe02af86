# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures that take a while to be made: a thread makes the file, the main thread takes it as one undo step."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy
from bpy.props import StringProperty
from bpy.types import Operator, Scene

from ...core.errors import Cancelled, Img3dError
from ...core.jobs.control import Control
from .. import pump, session
from ..layout import ICON, draw_text, width_of
from ..places import place_of, scene_of
from ..translations import text
from . import choosing

__all__ = ["CLASSES", "Making", "begin", "close", "draw", "ready", "take_all", "under_way", "wait_for"]

INTERVAL = 0.1  # seconds
_log = logging.getLogger(__name__)
Work = Callable[[Control], Path]


@dataclass(kw_only=True)
class Making:
    """A picture on its way: `words` say what is being done, `name` is what it will be called."""

    words: str
    name: str
    scene: int  # session_uid
    control: Control = field(default_factory=Control)
    done: threading.Event = field(default_factory=threading.Event)
    path: Path | None = None
    error: str = ""


_makings: dict[int, Making] = {}  # by the session_uid of the scene: one at a time for each


def begin(scene: Scene, work: Work, *, words: str, name: str) -> None:
    """Have a thread make a picture; it is chosen when it is there. What was on its way for the scene is dropped."""
    if (before := _makings.get(scene.session_uid)) is not None:
        before.control.stop()
    making = _makings[scene.session_uid] = Making(words=words, name=name, scene=scene.session_uid)
    session.engine().ask(lambda: _make(making, work))
    if not bpy.app.background and not bpy.app.timers.is_registered(_beat):
        bpy.app.timers.register(_beat, first_interval=INTERVAL, persistent=True)


def wait_for(work: Work, *, name: str) -> Any:
    """Make a picture in this thread and return its image: for scripts. Raises what goes wrong, an `Img3dError`."""
    path = work(Control())
    try:
        return choosing.adopt(path, name)
    finally:
        path.unlink(missing_ok=True)


def under_way(scene: Scene) -> Making | None:
    """Return what is being made for a scene, or could not be; fit for `draw`."""
    return _makings.get(scene.session_uid)


def ready() -> bool:
    """Whether a thread has ended whose picture was not taken yet."""
    return any(making.done.is_set() and not making.error for making in _makings.values())


def take_all() -> None:
    """Choose each picture that is there, through an operator, which makes the undo step. On the main thread."""
    for uid, making in list(_makings.items()):
        if not making.done.is_set() or making.error:
            continue
        if making.path is None:  # it was stopped
            del _makings[uid]
            continue
        place = place_of(uid)
        if place is None:  # the scene is gone
            del _makings[uid]
            continue
        operators: Any = bpy.ops
        try:
            with bpy.context.temp_override(**place):
                operators.img3d.take_picture("EXEC_DEFAULT", True, filepath=str(making.path), picture_name=making.name)
            del _makings[uid]
        except RuntimeError as error:  # what the operator reported
            making.error = str(error).removeprefix("Error: ").strip()
        finally:
            making.path.unlink(missing_ok=True)


def draw(layout: Any, context: Any) -> None:
    """Say what is on its way, with a way to stop it, or why it did not come."""
    making = under_way(context.scene)
    if making is None:
        return
    row = layout.row()
    if making.error:
        column = row.column()
        draw_text(column, making.error, context, icon="ERROR", width=width_of(context) - 2 * ICON)
    else:
        row.label(text=making.words, icon="TIME")
    row.operator("img3d.stop_picture", text="", icon="X", emboss=False)


def close() -> None:
    """Stop all; the threads end by themselves."""
    if bpy.app.timers.is_registered(_beat):
        bpy.app.timers.unregister(_beat)
    for making in _makings.values():
        making.control.stop()
    _makings.clear()


class IMG3D_OT_take_picture(Operator):
    """What a thread has made becomes the picture."""

    bl_idname = "img3d.take_picture"
    bl_label = "Choose Picture"
    bl_description = "Make this file a packed picture of the .blend and choose it"
    bl_options = {"UNDO", "INTERNAL"}

    filepath: StringProperty(options={"HIDDEN", "SKIP_SAVE"})  # pyright: ignore[reportInvalidTypeForm]
    picture_name: StringProperty(options={"HIDDEN", "SKIP_SAVE"})  # pyright: ignore[reportInvalidTypeForm]

    def execute(self, context: Any) -> set[Any]:
        """Take it."""
        try:
            image = choosing.adopt(Path(self.filepath), self.picture_name)
        except Img3dError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        choosing.choose(context.scene, image)
        self.report({"INFO"}, text("Picture: {name}", name=image.name))
        return {"FINISHED"}


class IMG3D_OT_stop_picture(Operator):
    """Stop what makes a picture, or clear its error away."""

    bl_idname = "img3d.stop_picture"
    bl_label = "Dismiss"
    bl_description = "Stop the picture that is on its way, or clear the message away; the chosen picture stays"
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[Any]:
        """Forget it."""
        making = _makings.pop(context.scene.session_uid, None)
        if making is not None:
            making.control.stop()
        return {"FINISHED"}


CLASSES = (IMG3D_OT_take_picture, IMG3D_OT_stop_picture)


def _make(making: Making, work: Work) -> None:
    try:
        making.path = work(making.control)
    except Cancelled:
        pass
    except Img3dError as error:
        making.error = str(error)
    except Exception as error:
        _log.exception("%s", making.words)
        making.error = f"An error in img3d itself ({type(error).__name__}: {error})."
    finally:
        making.done.set()


def _beat() -> float | None:
    take_all()
    pump.redraw()
    for uid in [uid for uid in _makings if scene_of(uid) is None]:
        del _makings[uid]
    return INTERVAL if any(not making.done.is_set() for making in _makings.values()) else None
