# SPDX-License-Identifier: GPL-3.0-or-later
"""The timer that takes what the workers have to say, imports one result at a time, and redraws the sidebar.

`tick` is an ordinary function: a modal operator and the tests call it too, since timers need a window.
"""

from __future__ import annotations

import importlib
import logging
import sys
import time
from collections import deque
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..core.errors import Img3dError
from ..core.events import Event
from . import arriving, asking, balance, bringing, job_list, notices, remeshing, result_previews, session, thumbnails
from .places import EDITORS, place_of, place_of_object, scene_of, show_status

__all__ = ["busy", "errors", "forget", "register", "run_import", "start", "tick", "unregister", "watch"]

INTERVAL = 0.2
_REDRAW = 0.5  # seconds: elapsed times in the sidebar go on without events
_STEPS = (
    *("core.events", "core.http.api", "core.http.transport", "core.files.delivery", "core.jobs.journal"),
    *("core.jobs.run", "core.jobs.work", "core.jobs.engine"),
    *("blender.quads", "blender.importing", "blender.importing.append"),
)
_DRAWN = {**dict.fromkeys(EDITORS, "UI"), "PREFERENCES": "WINDOW"}  # by kind of area the kind of region that we draw in
_log = logging.getLogger(__name__)


class _State:
    def __init__(self) -> None:
        self.watched: dict[str, int] = {}  # job id -> session_uid of the scene that wants its result
        self.ready: deque[str] = deque()
        self.errors: dict[str, str] = {}
        self.drawn = 0.0
        self.pausing = ""  # the job whose import by this process was announced


_state = _State()
errors = _state.errors
"""What went wrong in Blender after the download, by job id: sentences for the sidebar."""


def watch(job: str, scene: bpy.types.Scene) -> None:
    """Import the result of `job` into `scene` when it is there."""
    _state.watched[job] = scene.session_uid  # its name may change meanwhile
    errors.pop(job, None)
    start()


def forget(job: str) -> None:
    """Do not import the result of `job`."""
    _state.watched.pop(job, None)


def busy() -> bool:
    """Whether there is something to wait for."""
    engine = session.made_engine()
    return bool(
        _state.ready
        or bringing.under_way()
        or remeshing.under_way()
        or asking.waiting()
        or job_list.reading()
        or thumbnails.wishes()
        or result_previews.waiting()
        or (engine and engine.active)
    )


def tick() -> list[Event]:
    """Take the workers' events and bring at most one result in. Blocks only where there is no helper process."""
    engine = session.made_engine()
    events = engine.drain() if engine else []
    for event in events:
        if event.last:
            balance.ask_after(event.job)
            wanted = _state.watched.get(event.job)
            if event.kind == "downloaded" and wanted is not None:
                _state.ready.append(event.job)
            else:
                forget(event.job)
                notices.tell_end(event)
    if engine and engine.active:
        bringing.keep_warm()
    _bring_one()
    idle = not (_state.ready or bringing.under_way() or remeshing.under_way() or (engine and engine.active))
    if result_previews.step(idle=idle) or thumbnails.load_some() or events or time.monotonic() - _state.drawn > _REDRAW:
        job_list.sync()
        redraw()
    return events


def run_import(job: str) -> None:
    """Import through the operator, which makes the one undo step; `RuntimeError` carries what it reports."""
    operators: Any = bpy.ops
    operators.img3d.import_result("EXEC_DEFAULT", True, job=job)


def redraw() -> None:
    """Draw the sidebars and the preferences again, and nothing else: a whole 3D view may take half a second."""
    _state.drawn = time.monotonic()
    manager: Any = bpy.context.window_manager
    for window in manager.windows:
        for area in window.screen.areas:
            wanted = _DRAWN.get(area.type)
            for region in area.regions if wanted else ():
                if region.type == wanted:
                    region.tag_redraw()


def start() -> None:
    """Let the timer run until there is nothing to wait for."""
    if not bpy.app.background and not bpy.app.timers.is_registered(_beat):
        bpy.app.timers.register(_beat, first_interval=INTERVAL, persistent=True)


def register() -> None:
    """Watch for file loads, and have a look at the journal of earlier sessions soon."""
    bpy.app.handlers.load_post.append(_on_load)
    if not bpy.app.background:
        bpy.app.timers.register(_look, first_interval=1.0, persistent=True)


def unregister() -> None:
    """Stop the timers and forget all."""
    for timer in (_look, _beat):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)
    bpy.app.handlers.load_post.remove(_on_load)
    _state.watched.clear()
    _state.ready.clear()
    errors.clear()
    asking.clear()
    bringing.clear()
    thumbnails.clear()
    result_previews.clear()
    arriving.clear()
    show_status(None)


def _beat() -> float | None:
    waited = busy()
    tick()
    if waited or busy():  # what came last may have come after the tick
        return INTERVAL
    job_list.sync()
    redraw()
    return None


def _look() -> float | None:
    """Import what jobs need in small steps, so that no press of a button is slow; show the jobs of before."""
    for name in _STEPS:
        if f"{session.PACKAGE}.{name}" not in sys.modules:
            importlib.import_module(f"{session.PACKAGE}.{name}")
            return 0.1
    if session.made_engine() is None and (session.home() / "journal.sqlite3").is_file():
        job_list.refresh(older=False)
    if job_list.reading():
        return 0.1
    job_list.sync()
    redraw()
    return None


@persistent
def _on_load(_file: str) -> None:
    # A job of the file before goes on, but its result is not pushed into this one: the sidebar offers it.
    _state.watched.clear()
    _state.ready.clear()
    bringing.clear()
    arriving.clear()
    remeshing.clear()
    start()


def _bring_one() -> None:
    if uid := remeshing.done():
        _bring_quads(uid)
    elif job := bringing.done():
        _import(job, bringing.under_way()[job].scene)
    elif job := _free_result():
        _begin(job)


def _free_result() -> str:
    """Return the first result whose worker has let go of the job, "" when there is none."""
    running = {view.id for view in session.engine_views() if view.running} if _state.ready else set()
    return next((job for job in _state.ready if job not in running), "")


def _begin(job: str) -> None:
    """Hand a result to the helper; where there is none, say that Blender will pause, and import it a moment later."""
    scene = scene_of(_state.watched.get(job, 0))
    if scene is not None and bringing.usable():
        _state.ready.remove(job)
        forget(job)
        _hand_over(job, scene)
    elif scene is None or bpy.app.background or _state.pausing == job:
        _state.ready.remove(job)
        _state.pausing = ""
        _import(job, _state.watched.pop(job, 0))
        show_status(None)
    else:
        _state.pausing = job
        show_status(f"Image to 3D: Blender will pause for about {bringing.pause_of(job):.0f} s to import the result")


def _hand_over(job: str, scene: bpy.types.Scene) -> None:
    try:
        bringing.begin(job, scene)
    except Img3dError as error:
        errors[job] = str(error)


def _bring_quads(uid: int) -> None:
    override = place_of_object(uid)
    if override is None:
        remeshing.stop(uid)
        return
    operators: Any = bpy.ops
    try:
        with bpy.context.temp_override(**override):
            operators.img3d.quad_remesh("EXEC_DEFAULT", True, uid=uid)
    except RuntimeError as error:  # what the operator reported as an error
        remeshing.errors[uid] = str(error).removeprefix("Error: ").strip()
        notices.tell(remeshing.errors[uid], level=notices.WARNING)


def _import(job: str, scene_uid: int) -> None:
    override = place_of(scene_uid)
    if override is None:
        bringing.stop(job)
        arriving.forget(job)
        notices.tell_ready(job)
        return  # the scene is gone: the sidebar offers the result
    try:
        with bpy.context.temp_override(**override):
            run_import(job)
    except RuntimeError as error:  # what the operator reported as an error; it is in `errors`, too
        _log.info("%s", error)
        notices.tell_failure(job, errors.get(job, str(error)))
    else:
        notices.tell_import(job, override["scene"], override["view_layer"])
