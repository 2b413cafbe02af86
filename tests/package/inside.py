# SPDX-License-Identifier: GPL-3.0-or-later
"""The program inside a clean Blender: takes steps as JSON, writes what each has found to a file.

It knows the add-on only as Blender has installed it, by the name of its repository.
"""

import gc
import importlib
import json
import os
import sys
import threading
import time
import traceback
import types
import weakref
from pathlib import Path

import bpy

SMALL = {"faces": 1500, "texture_size": 512}  # of the offline provider: quick


def package(repo="user_default"):
    return f"bl_ext.{repo}.img3d"


def module(name, repo="user_default"):
    return importlib.import_module(f"{package(repo)}.{name}")


def img3d(repo="user_default"):
    return importlib.import_module(package(repo))


def repos():
    return bpy.context.preferences.extensions.repos


def index_of(repo):
    return next(number for number, one in enumerate(repos()) if one.module == repo)


# --- steps; each takes plain values and returns some


def install(path, enable=True):
    """Install a zip as the preferences do; the operator is FINISHED also when the zip was refused."""
    bpy.ops.extensions.package_install_files(
        filepath=path, repo="user_default", enable_on_install=enable, overwrite=True
    )
    return enabled()


def enabled(repo="user_default"):
    return list(importlib.import_module("addon_utils").check(package(repo)))  # there once bpy is


def uninstall(repo="user_default"):
    bpy.ops.extensions.package_uninstall(repo_index=index_of(repo), pkg_id="img3d")
    return enabled(repo)


def add_repository(url):
    bpy.context.preferences.system.use_online_access = True
    repos().new(name="Own", module="own", remote_url=url)


def move_repository(url):
    repos()["Own"].remote_url = url


def sync():
    bpy.ops.extensions.repo_sync(repo_index=index_of("own"))


def install_from_repository():
    bpy.ops.extensions.package_install(repo_index=index_of("own"), pkg_id="img3d")
    return enabled("own")


def upgrade_all():
    bpy.ops.extensions.package_upgrade_all()
    return enabled("own")


def generate(image, provider="offline", repo="user_default"):
    bpy.context.preferences.system.use_online_access = True
    objects = img3d(repo).generate(image, provider=provider, **(SMALL if provider == "offline" else {}))
    return [[item.name, len(item.data.polygons) > 0] for item in objects]


def generate_error(image):
    try:
        img3d().generate(image)
    except img3d().Img3dError as error:
        return [type(error).__name__, error.kind, str(error)]
    return None


def submit(image, provider):
    """Order something and leave it under way."""
    bpy.context.preferences.system.use_online_access = True
    job = img3d().submit(image, provider=provider)
    end = time.monotonic() + 60
    while job.state != "remote":
        assert time.monotonic() < end, job.state
        time.sleep(0.05)
    return job.id


def finish(job):
    """Go on with a job of before, until its model is there."""
    bpy.context.preferences.system.use_online_access = True
    handle = img3d().job(job)
    handle.resume()
    assert handle.wait(120)
    return handle.state


def press_generate(image):
    """Press the button as the sidebar does, without an image first."""
    settings = bpy.context.scene.img3d
    orders = module("blender.orders")
    settings.picture = bpy.data.images.load(image)
    return {"blocked": list(orders.blocked(settings)), "poll": bool(bpy.ops.img3d.generate.poll())}


def jobs(repo="user_default"):
    return [[job.facts.provider, job.state] for job in img3d(repo).jobs()]


def set_up(key):
    """Choose something in preferences and scene that an update has to keep."""
    bpy.context.preferences.addons[package()].preferences.stability_api_key = key
    bpy.context.scene.img3d.provider = "stability_spar3d"
    bpy.context.scene.img3d.stability_spar3d.foreground_ratio = 1.5
    return kept()


def kept():
    settings = bpy.context.scene.img3d
    return {
        "key": bpy.context.preferences.addons[package()].preferences.stability_api_key,
        "provider": settings.provider,
        "foreground_ratio": settings.stability_spar3d.foreground_ratio,
    }


def save_preferences():
    bpy.ops.wm.save_userpref()


def load_preferences():
    """Do what a Blender does when it starts; return whether the module can, which the one of 4.2 dies of."""
    if can := bpy.app.version >= (4, 3):
        bpy.ops.wm.read_userpref()
    else:
        importlib.import_module("addon_utils").enable(package(), default_set=True)
    return can


def facts(repo="user_default"):
    """Return which version works, and from where its modules and Pillow come."""
    own = {name: found for name, found in sys.modules.items() if name.startswith(package(repo))}
    return {
        "version": module("core.version", repo).version(),
        "agent": module("blender.session", repo).settings().user_agent,
        "home": str(module("blender.session", repo).home()),
        "files": sorted({str(found.__file__) for found in own.values() if getattr(found, "__file__", None)}),
        "pillow": getattr(sys.modules.get("PIL"), "__file__", None),
        "tree": "img3d_addon" in sys.modules,
        "gone": sorted(name for name in own if "leftover" in name),
        "lacking": module("core.packages", repo).lacking(),
    }


def traces(repo="user_default"):
    """Return all that an add-on can leave in a Blender, with the number of the threads."""
    word = "img3d"
    gc.collect()  # classes and modules go round in circles
    return {
        "modules": sorted(name for name in sys.modules if word in name),
        "classes": sorted(
            {c.__name__ for c in _classes(bpy.types.bpy_struct) if word in c.__module__ and _is_known(c)}
        ),
        "types": sorted(name for name in dir(bpy.types) if word in name.lower()),
        "operators": sorted(dir(bpy.ops.img3d)),
        "scene": hasattr(bpy.types.Scene, word),
        "handlers": sorted(
            f"{name}: {one.__module__}"
            for name in dir(bpy.app.handlers)
            if isinstance(functions := getattr(bpy.app.handlers, name), list)
            for one in functions
            if word in getattr(one, "__module__", "")
        ),
        "timers": sorted(one.__qualname__ for one in _functions if bpy.app.timers.is_registered(one)),
        "draws": sorted({one.__module__ for one in _draw_functions() if word in one.__module__}),
        "keymaps": sorted(_shortcuts(word)),
        "previews": [repr(one) for one in _previews()],
        "preferences": [one.module for one in bpy.context.preferences.addons if word in one.module],
        "threads": sorted(one.name for one in threading.enumerate() if one is not threading.main_thread()),
    }


_functions = weakref.WeakSet()  # a strong hold would keep the add-on in memory by itself


def note_functions(repo="user_default"):
    """Remember the add-on's functions, to be asked later whether one is still a timer; return how many there are."""
    for name, found in list(sys.modules.items()):
        if name.startswith(package(repo)):
            _functions.update(one for one in vars(found).values() if isinstance(one, types.FunctionType))
    return len(_functions)


def _classes(base):
    for one in base.__subclasses__():
        yield one
        yield from _classes(one)


def _is_known(one):
    """Tell whether Blender knows a class; 4.2 keeps the Python half of a property group in memory for good."""
    return "bl_rna" in vars(one)


def _draw_functions():
    for name in dir(bpy.types):
        yield from getattr(getattr(getattr(bpy.types, name), "draw", None), "_draw_funcs", ())


def _shortcuts(word):
    for config in bpy.context.window_manager.keyconfigs:
        for keymap in config.keymaps:
            yield from (item.idname for item in keymap.keymap_items if word in item.idname)


def _previews():
    from bpy.utils.previews import ImagePreviewCollection

    return [one for one in gc.get_objects() if isinstance(one, ImagePreviewCollection)]


def main(steps, out):
    found = []
    try:
        for name, *arguments in steps:
            found.append(globals()[name](*arguments))
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        Path(out).write_text(json.dumps(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    status = main(json.loads(sys.argv[1]), sys.argv[2])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # 4.2 crashes at its own end after any glTF import
