# SPDX-License-Identifier: GPL-3.0-or-later
"""In a window, where timers run: another version over the installed one and back, then the removal.

Started with --enable-event-simulate.
"""

import sys
import tempfile
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "package"))
import driver as d
import inside
from driver import ours
from profiles import OLD, older

KEY = "sk-MARKED-0123456789"


def archive():
    """Return the zip that is installed: the newest one for this system."""
    return max((d.ROOT / "dist").glob("img3d-*-linux-x64.zip"), key=lambda path: path.stat().st_mtime)


def preferences():
    return bpy.context.preferences.addons[d.PACKAGE].preferences


def steps():
    yield from d.open_sidebar()
    new = inside.facts()["version"]
    bpy.context.scene.img3d.picture = bpy.data.images.load(str(d.ROOT / "examples" / "duck.png"))
    preferences().stability_api_key = KEY
    yield from make_object(1)
    assert inside.enabled() == [True, True]
    assert inside.install(str(older(archive(), Path(tempfile.mkdtemp())))) == [True, True]
    d.region().tag_redraw()
    yield 1.5
    d.shot("1-older")
    assert inside.facts()["version"] == OLD
    assert inside.install(str(archive())) == [True, True]
    d.region().tag_redraw()
    yield 2.5  # the timers look for the jobs of before
    found = inside.facts()
    assert found["version"] == new
    assert not found["gone"]
    assert preferences().stability_api_key == KEY
    assert bpy.context.scene.img3d.picture.name == "duck.png"
    assert inside.jobs() == [["offline", "imported"]]
    d.shot("2-updated")
    yield from make_object(2)
    yield from show_preferences()
    yield from remove(Path(found["home"]))


def make_object(count):
    yield from d.press("img3d.generate")
    yield from d.wait(lambda: len(ours()) == count, what="the object")
    yield 0.5


def show_preferences():
    """Show what Blender says of the add-on, and what the add-on says of its folders."""
    bpy.ops.screen.userpref_show(section="ADDONS")
    yield 1.0
    bpy.context.window_manager.addon_search = "Image to 3D"
    bpy.ops.preferences.addon_show(module=d.PACKAGE)
    yield 1.5
    d.shot("3-preferences")
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[-1]):
        bpy.ops.wm.window_close()
    yield 0.5


def remove(home):
    kept = len(ours())
    inside.note_functions()
    assert inside.uninstall() == [False, False]
    yield 2.5
    left = inside.traces()
    assert not any(left[name] for name in left if name not in ("threads", "previews")), left
    assert not [name for name in left["threads"] if "img3d" in name], left
    assert (home / "journal.sqlite3").is_file()
    assert len(list(home.glob("library/*/*.glb"))) == 2
    assert len(ours()) == kept
    d.shot("4-removed")


d.main(steps)
