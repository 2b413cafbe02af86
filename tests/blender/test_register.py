# SPDX-License-Identifier: GPL-3.0-or-later
"""Enabling imports nothing heavy, and disabling leaves nothing behind; each in a process of its own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

CYCLES = """
import os, sys, threading
import bpy
import img3d_addon

def seen():
    import img3d_addon.blender as ring
    handlers = {name: len(hooks) for name in dir(bpy.app.handlers)
                if isinstance(hooks := getattr(bpy.app.handlers, name), list)}
    return {
        "types": set(dir(bpy.types)),
        "subclasses": {one.__name__ for base in (bpy.types.PropertyGroup, bpy.types.Operator, bpy.types.Panel,
                       bpy.types.AddonPreferences) for one in base.__subclasses__() if one.is_registered},
        "operators": set(dir(bpy.ops.img3d)),
        "scene": set(bpy.types.Scene.bl_rna.properties.keys()),
        "attributes": set(vars(bpy.types.Scene)),
        "handlers": handlers,
        "threads": {one.name for one in threading.enumerate()},
        "commands": len(ring._commands),
    }

def timers():
    from img3d_addon.blender import pump
    return [bpy.app.timers.is_registered(one) for one in (pump._beat, pump._look)]

import img3d_addon.blender
before = seen()
for cycle in range(3):
    img3d_addon.register()
    during = seen()
    assert "img3d" in during["scene"] and "generate" in during["operators"], during["operators"]
    assert during["handlers"] != before["handlers"]
    settings = bpy.context.scene.img3d
    settings.after.size = 2.0
    from img3d_addon.blender import pump, session
    session.engine().refresh()
    bpy.app.timers.register(pump._beat)
    img3d_addon.unregister()
    after = seen()
    assert after == before, {key: (before[key], after[key]) for key in before if before[key] != after[key]}
    assert not any(timers())
    assert session.made_engine() is None
    assert not pump._state.watched and not pump.errors
print("nothing left")
sys.stdout.flush()
os._exit(0)
"""

LAZY = """
import os, sys
import bpy
before = set(sys.modules)
import img3d_addon
assert not {name for name in sys.modules if name.startswith("img3d_addon.")}
img3d_addon.register()
heavy = {"requests", "urllib3", "PIL", "sqlite3", "numpy"} & (set(sys.modules) - before)
assert not heavy, heavy
img3d_addon.unregister()
print("light")
sys.stdout.flush()
os._exit(0)
"""

API = """
import os, sys
import img3d_addon as img3d
assert img3d.BadInput.exit_status == 2
assert {"generate", "submit", "job", "jobs", "estimate", "providers", "Img3dError"} <= set(dir(img3d))
assert "offline" in img3d.providers()
import img3d_addon.providers
assert "offline" in img3d.providers.load()
try:
    img3d.nonsense
except AttributeError as error:
    assert "nonsense" in str(error)
else:
    raise AssertionError
assert "bpy" not in sys.modules
print("public")
"""


def run(code: str, word: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert word in done.stdout


def test_register_and_unregister_leave_nothing_behind():
    run(CYCLES, "nothing left")


def test_enabling_imports_nothing_heavy():
    run(LAZY, "light")


def test_the_public_names_are_there_without_bpy():
    run(API, "public")
