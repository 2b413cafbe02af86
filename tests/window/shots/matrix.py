# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar with jobs in many states, in each scale of the interface, theme and width: pictures to look at.

Started with --enable-event-simulate.
"""

import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent.parent))
import driver as d
from driver import newest, views

SCALES = (1.0, 1.5)
THEMES = ("Blender_Dark", "Blender_Light")
WIDTHS = {"narrow": 190, "wide": 420}  # pixels at a scale of 1


def made(provider, picture, *, until):
    """Start a job as the button does, and wait for a state or a stage of it."""
    settings = bpy.context.scene.img3d
    settings.picture = bpy.data.images.load(str(d.ROOT / "examples" / f"{picture}.png"), check_existing=True)
    settings.provider = provider
    before = len(views())
    d.module("blender.pressing").clear()
    with bpy.context.temp_override(window=d.window(), area=d.area(), region=d.region()):
        bpy.ops.img3d.generate("INVOKE_DEFAULT")
    yield from d.wait(
        lambda: len(views()) > before and until in (newest().state, newest().stage), 90.0, what=f"{until} of {picture}"
    )
    yield 0.5


def steps():
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    bpy.context.preferences.system.use_online_access = True
    d.area().spaces.active.region_3d.view_distance = 8
    yield from d.open_sidebar()
    yield from made("offline", "duck", until="imported")
    for words, picture, until in (
        (("--scene", "payment_required"), "coin", "failed"),
        (("--scene", "reset"), "rocket", "uncertain"),
        (("--delay", "900"), "vase", "submitting"),
    ):
        service = d.Service(*words)
        yield from made("stability_spar3d", picture, until=until)
        if until != "submitting":  # the last one goes on while the pictures are taken
            service.stop()
    for theme in THEMES:
        with bpy.context.temp_override(window=d.window(), area=d.area()):
            bpy.ops.script.execute_preset(filepath=theme_file(theme), menu_idname="USERPREF_MT_interface_theme_presets")
        for scale in SCALES:
            bpy.context.preferences.view.ui_scale = scale
            yield 1.0
            for name, width in WIDTHS.items():
                yield from widened(int(width * scale))
                yield from taken(f"{theme.removeprefix('Blender_').lower()}-{scale:g}-{name}")


def widened(width):
    """Drag the sidebar to about this width."""
    missing = width - d.region().width
    if abs(missing) > 10:
        yield from d.widen_sidebar(missing)
    yield 0.4


def taken(name):
    """Take what is seen at first, and the rest below it."""
    yield from d.scroll("WHEELUPMOUSE", turns=40)
    yield 0.3
    d.shot(f"{name}-1")
    yield from d.scroll("WHEELDOWNMOUSE", turns=40)
    yield 0.3
    d.shot(f"{name}-2")


def theme_file(name):
    folders = bpy.utils.preset_paths("interface_theme")
    return next(str(path) for folder in folders if (path := Path(folder) / f"{name}.xml").is_file())


d.main(steps)
