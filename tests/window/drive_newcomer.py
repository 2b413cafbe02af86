# SPDX-License-Identifier: GPL-3.0-or-later
"""In a window, as a newcomer after the installation: from the first click to the first object in at most six clicks.

Nothing is set by Python: only the mouse and the keys. Started with --enable-event-simulate.
"""

import os
import shutil
import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))
import driver as d
from driver import ours

MOST = 6
clicks = []


def clicked(place, what):
    clicks.append(what)
    d.log(f"click {len(clicks)}: {what}")
    yield from d.click(place)
    yield 0.5


def steps():
    shutil.copy(d.ROOT / "examples" / "mushroom.png", Path(os.environ["HOME"]))  # where the file browser begins
    yield 1.5
    d.shot("1-blender-as-it-starts")
    yield from d.move(d.view_3d())
    clicks.append("N, the key of the sidebar")  # counted as a click: the arrow at the edge is another way
    yield from d.key("N")
    yield 0.8
    assert d.region().width > 1
    d.shot("2-sidebar")
    yield from clicked((yield from tab()), "the tab")
    d.shot("3-tab")
    yield from clicked((yield from d.find("img3d.open_pictures")), "Open")
    yield from d.wait(browser, what="the file browser")
    yield 1.5
    d.shot("4-file-browser")
    yield from chosen()
    yield from d.wait(lambda: bpy.context.scene.img3d.picture, what="the picture")
    yield 1.0
    d.shot("6-picture")
    yield from clicked((yield from d.find("img3d.generate")), "Generate")
    yield from d.wait(ours, 90.0, what="the object")
    yield 1.0
    d.shot("7-object")
    assert ours()[0].name == "mushroom"
    d.log(f"{len(clicks)} clicks: {', '.join(clicks)}")
    assert len(clicks) <= MOST, clicks


def tab():
    """Look for our tab where an eye would: down the right edge of the sidebar."""
    place = d.region()
    x = place.x + place.width - 8
    for y in range(place.y + place.height - 20, place.y + 20, -20):
        yield from d.move((x, y))
        yield 0.05
        before = place.active_panel_category
        yield from d.click((x, y))
        if place.active_panel_category == d.TAB:
            place.active_panel_category = before
            place.tag_redraw()
            yield 0.5
            return (x, y)
    raise AssertionError("no tab of ours in the sidebar")


def browser():
    """Return the window and the area of the file browser, wherever Blender has opened it."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "FILE_BROWSER":
                return window, area
    return None


def chosen():
    """Click the one picture, then the button that takes it."""
    window, area = browser()
    files, below = d.region("WINDOW", area), d.region("EXECUTE", area)
    tile = (files.x + 70, files.y + files.height - 60)
    yield from clicked_in(window, tile, "the picture")
    assert area.spaces.active.params.filename == "mushroom.png", area.spaces.active.params.directory
    d.shot("5-picture-chosen")
    yield from clicked_in(window, (below.x + below.width - 60, below.y + below.height // 2), "Open Picture")


def clicked_in(window, place, what):
    """Click in a window of its own."""
    clicks.append(what)
    d.log(f"click {len(clicks)}: {what}")
    x, y = map(int, place)
    for kind, value in (("MOUSEMOVE", "NOTHING"), ("LEFTMOUSE", "PRESS"), ("LEFTMOUSE", "RELEASE")):
        window.event_simulate(type=kind, value=value, x=x, y=y)
        yield 0.2
    yield 0.5


d.main(steps)
