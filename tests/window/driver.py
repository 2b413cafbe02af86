# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives a Blender window from inside: mouse, keys, screenshots, and the time that our callbacks take.

A script yields the seconds to wait, while Blender's main loop goes on, and ends with `main(generator function)`. The
mouse and the keys are simulated, for which Blender needs a command-line switch; positions are Blender's own: pixels,
origin at the lower left. The exit status is 0 when the generator ended, 1 after an exception.
"""

from __future__ import annotations

import faulthandler
import importlib.util
import os
import subprocess
import sys
import time
import traceback
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parent.parent.parent
OUT = Path(os.environ.get("GUI_OUT", "."))
PACKAGE = "bl_ext.user_default.img3d"
TAB = "Image to 3D"
_T0 = time.perf_counter()
_at = [0, 0]
NOISE = 4  # a backstop: what a thread loses to others in the same memory, and older versions are slower
BUSY = 20  # how much slower a busy machine may be by the clock


def log(*words):
    sys.stdout.write(f"[{time.perf_counter() - _T0:7.2f}] {' '.join(map(str, words))}\n")
    sys.stdout.flush()


def module(name):
    """Return a module of the installed extension."""
    return sys.modules[f"{PACKAGE}.{name}"]


def window():
    return bpy.context.window_manager.windows[0]


def area(kind="VIEW_3D"):
    return next(one for one in window().screen.areas if one.type == kind)


def region(kind="UI", in_area=None):
    return next(one for one in (in_area or area()).regions if one.type == kind)


def settings():
    """Return what the sidebar shows and changes."""
    return bpy.context.scene.img3d


def ours():
    """Return the objects that came from jobs."""
    return [item for item in bpy.data.objects if "img3d_job" in item]


def views():
    return module("blender.session").engine_views()


def newest():
    return max(views(), key=lambda view: view.created)


def redrawn(seconds=0.6):
    """Have the sidebar drawn anew, and wait until it is."""
    region().tag_redraw()
    yield seconds


def shot(name):
    """Save the whole screen; Blender's own screenshot is black with software OpenGL."""
    path = OUT / f"{name}.png"
    subprocess.run(["python3", os.environ["GUI_SHOT"], os.environ["GUI_FB"], str(path)], check=True)
    log("screenshot", path.name)


def wait(condition, limit=30.0, what="condition"):
    end = time.perf_counter() + limit
    while not condition():
        assert time.perf_counter() < end, f"waited {limit:.0f} s in vain for {what}"
        yield 0.05


def send(kind, value, **more):
    window().event_simulate(type=kind, value=value, x=_at[0], y=_at[1], **more)


def move(place):
    _at[:] = [int(place[0]), int(place[1])]
    send("MOUSEMOVE", "NOTHING")
    yield 0.03


def click(place):
    yield from move(place)
    yield 0.1
    for value in ("PRESS", "RELEASE"):
        send("LEFTMOUSE", value)
        yield 0.05
    yield 0.1


def drag(start, end):
    yield from move(start)
    yield 0.2
    send("LEFTMOUSE", "PRESS")
    yield 0.1
    for step in range(1, 6):
        yield from move([a + (b - a) * step / 5 for a, b in zip(start, end, strict=True)])
    send("LEFTMOUSE", "RELEASE")
    yield 0.3


def key(kind, **more):
    """Press and release a key; `more`: ctrl=True, shift=True, unicode="x"."""
    for value in ("PRESS", "RELEASE"):
        send(kind, value, **(more if value == "PRESS" else {name: v for name, v in more.items() if name != "unicode"}))
        yield 0.05
    yield 0.1


def middle(of):
    return (of.x + of.width // 2, of.y + of.height // 2)


def view_3d():
    """Return a place over the scene, left of the sidebar and above the floor."""
    place = region("WINDOW")
    return (place.x + 150, place.y + 60)


def under_mouse(in_area, in_region):
    """Return the command or data path of the button under the mouse, or an empty text."""
    manager = bpy.context.window_manager
    manager.clipboard = ""
    with bpy.context.temp_override(window=window(), area=in_area, region=in_region):
        if bpy.ops.ui.copy_python_command_button.poll():
            bpy.ops.ui.copy_python_command_button()
        elif bpy.ops.ui.copy_data_path_button.poll():
            bpy.ops.ui.copy_data_path_button(full_path=True)
    return manager.clipboard


def find(what, in_area=None):
    """Return the place of the first button that `what` is part of the name of; scrolls for it.

    It is looked for in the sidebar, or in the one region of another area, such as the preferences.
    """
    seen = set()
    for wheel in ("", "WHEELUPMOUSE", "WHEELDOWNMOUSE"):
        yield from scroll(wheel, in_area=in_area)
        place = yield from _seen_now(what, seen, in_area)
        if place:
            return place
    raise AssertionError(f"no button {what!r} among {sorted(seen)}")


def scroll(wheel, turns=40, in_area=None):
    yield from move(middle(region("WINDOW", in_area) if in_area else region()))
    for _ in range(turns if wheel else 0):
        send(wheel, "PRESS")
        yield 0.03
    yield 0.3


def _seen_now(what, seen, in_area):
    where = region("WINDOW", in_area) if in_area else region()
    for column in (0.5, 0.81, 0.25):
        x = where.x + int(where.width * column)
        for y in range(where.y + where.height - 5, where.y, -13):  # a button has 20 pixels
            yield from move((x, y))
            name = under_mouse(in_area or area(), where)
            seen.add(name)
            if what in name:
                yield from move((x, y - 2))  # the button that was left may still be the active one
                yield 0.1
                if what in under_mouse(in_area or area(), where):
                    return (x, y - 2)
    return None


def press(what, in_area=None):
    """Click the button whose command contains `what`."""
    place = yield from find(what, in_area)
    yield from click(place)


def show_preferences(in_area):
    """Show the add-on's preferences in the place of `in_area`, as wide as a user has them."""
    in_area.type = "PREFERENCES"
    bpy.context.preferences.active_section = "ADDONS"
    bpy.context.window_manager.addon_search = TAB
    with bpy.context.temp_override(window=window(), area=in_area):
        bpy.ops.preferences.addon_expand(module=PACKAGE)


def open_sidebar(category=TAB):
    """Open the sidebar of the 3D view at a tab, which can be chosen only after the first drawing."""
    area().spaces.active.show_region_ui = True
    end = time.perf_counter() + 60
    while True:
        yield 0.2
        try:
            region().active_panel_category = category
            break
        except (AttributeError, TypeError):
            assert time.perf_counter() < end, f"no tab {category}"
    region().tag_redraw()
    yield 0.6
    assert region().active_panel_category == category


def widen_sidebar(pixels):
    """Drag the edge of the sidebar; a negative number makes it narrower."""
    edge, before = region(), region().width
    for beside in (-1, 4, -5, 9, -10):  # where the edge is to be grasped depends on the version
        start = (edge.x + beside, edge.y + edge.height // 2)
        yield from drag(start, (start[0] - pixels, start[1]))
        if region().width != before:
            return
    raise AssertionError("the sidebar has no edge to drag")


class Stopwatch:
    """How long our own callbacks take on the main thread; a result's way into the scene is "import".

    The thread's own time is judged, since a busy machine stretches the other one at will; that is a backstop.
    """

    def __init__(self):
        self.spent = {}
        pump, operators = module("blender.pump"), module("blender.operators")
        self._wrap(pump, "_import", note="import")
        self._wrap(pump, "_bring_quads", note="quads")
        self._wrap(pump, "tick")
        for one in (*module("blender.sidebar").CLASSES, operators.IMG3D_OT_generate):
            for method in ("draw", "modal", "invoke"):
                if method in vars(one):
                    self._wrap_method(one, method)

    def longest(self):
        return {name: (max(own for own, _ in times), max(all_ for _, all_ in times)) for name, times in self._said()}

    def _said(self):
        return [(name, times) for name, times in sorted(self.spent.items()) if times]

    def check(self, limit=0.05):
        """Nothing of ours may hold the window longer than `limit` seconds, `NOISE` aside: `bench/` judges the goals."""
        said = {name: f"{own * 1000:.1f} ({wall * 1000:.1f}) ms" for name, (own, wall) in self.longest().items()}
        log("longest callbacks, own time (by the clock):", said)
        for name, (own, wall) in self.longest().items():
            assert own < limit * NOISE, f"{name} took {own * 1000:.0f} ms"
            assert wall < limit * BUSY, f"{name} took {wall * 1000:.0f} ms by the clock"

    def _wrap(self, holder, name, *, note=""):
        inner = getattr(holder, name)
        times = self.spent.setdefault(note or name, [])

        def run(*arguments):
            begun = time.thread_time(), time.perf_counter()
            try:
                return inner(*arguments)
            finally:
                times.append((time.thread_time() - begun[0], time.perf_counter() - begun[1]))

        setattr(holder, name, run)

    def _wrap_method(self, owner, method):
        inner = getattr(owner, method)
        times = self.spent.setdefault(f"{owner.__name__}.{method}", [])

        def run(*arguments):
            begun = time.thread_time(), time.perf_counter()
            try:
                return inner(*arguments)
            finally:
                times.append((time.thread_time() - begun[0], time.perf_counter() - begun[1]))

        # Blender counts the named arguments: with "*arguments" alone it would pass no context.
        if inner.__code__.co_argcount == 2:
            setattr(owner, method, lambda self, context: run(self, context))
        else:
            setattr(owner, method, lambda self, context, event: run(self, context, event))


class Heartbeat:
    """A timer every 10 ms; `gaps` has the seconds between its beats, drawing included, so it is a backstop only."""

    def __init__(self, dump=5.0):
        self.gaps, self._dump, self._last, self._on = [], dump, time.perf_counter(), True
        bpy.app.timers.register(self._beat, persistent=True)

    def _beat(self):
        now = time.perf_counter()
        self.gaps.append(now - self._last)
        self._last = now
        faulthandler.dump_traceback_later(self._dump, exit=False)
        return 0.01 if self._on else None

    def stop(self):
        self._on = False
        faulthandler.cancel_dump_traceback_later()
        return max(self.gaps)


def _pillow():
    """Return the folder with the extension's own Pillow, which the service needs to look at pictures."""
    return str(Path(importlib.util.find_spec("PIL").origin).parent.parent)


KEY = "sk-TEST-0123456789"
ACCOUNTS = {  # what the loopback servers know of each service: its word in IMG3D_<VENDOR>_URL, its variables
    "stability": ("STABILITY", {"STABILITY_API_KEY": KEY}),
    "scenario": ("SCENARIO", {"SCENARIO_SDK_API_KEY": KEY, "SCENARIO_SDK_API_SECRET": f"{KEY}-2"}),
    "fal": ("FAL", {"FAL_KEY": KEY}),
    "modelslab": ("MODELSLAB", {"MODELSLAB_API_KEY": KEY}),
    "aiml": ("AIML", {"AIML_API_KEY": KEY}),
    "vtrix": ("VTRIX", {"VTRIX_API_KEY": KEY}),
    "hunyuan": ("HUNYUAN3D", {}),
}


class Service:
    """A loopback server as a process inside; its address and a key are in the environment of this Blender."""

    def __init__(self, *words, name="stability"):
        self._process = subprocess.Popen(
            ["python3", "-m", f"tests.servers.{name}", "--port", "0", *words],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": _pillow()},
            stdout=subprocess.PIPE,
            stdin=subprocess.PIPE,
            text=True,
        )
        vendor, account = ACCOUNTS[name]
        address = self._process.stdout.readline().strip()
        os.environ.update({f"IMG3D_{vendor}_URL": address, **account})
        log(name, "at", address)

    def stop(self):
        self._process.terminate()
        self._process.wait(10)


def main(steps, start_after=0.5):
    """Run the steps, then end Blender with a status, which `quit_blender` does not give."""
    preferences = bpy.context.preferences
    preferences.view.show_splash = False  # it would lie over the window
    preferences.use_preferences_save = False
    running = []

    def tick():
        try:
            if not running:
                running.append(steps())
            return max(0.001, next(running[0]))
        except StopIteration:
            log("DONE")
            status = 0
        except BaseException:
            traceback.print_exc()
            status = 1
            shot("failed")
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)

    bpy.app.timers.register(tick, first_interval=start_after, persistent=True)
