# SPDX-License-Identifier: GPL-3.0-or-later
"""In a window: providers with their state, key and balance; settings, seeds, presets; limits that ask before paying.

Started with --enable-event-simulate.
"""

import os
import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))
import driver as d
from driver import newest, redrawn, settings, views

KEY = "sk-TEST-0123456789"
MIDDLE = (640, 400)


def spar3d():
    return settings().stability_spar3d


def own():
    return bpy.context.preferences.addons[d.PACKAGE].preferences


def popover(name):
    """Open a popover where the mouse is; its button is tried elsewhere, since where it opens depends on the room."""
    yield from d.move(MIDDLE)
    with bpy.context.temp_override(window=d.window(), area=d.area(), region=d.region("WINDOW")):
        bpy.ops.wm.call_panel("INVOKE_DEFAULT", name=name, keep_open=True)
    yield 0.6


def steps():
    settings().picture = bpy.data.images.load(str(d.ROOT / "examples" / "rocket.png"))
    settings().provider = "stability_spar3d"
    yield from d.open_sidebar()
    yield 1.0
    watch = d.Stopwatch()
    service = d.Service()
    os.environ.pop("STABILITY_API_KEY")
    yield from chosen()
    yield from key_entered()
    yield from balance_asked()
    yield from changed_and_reset()
    yield from presets()
    yield from seeds()
    yield from limits()
    service.stop()
    yield from looks()
    watch.check()


def chosen():
    """The table of providers opens from its button, and a row of it chooses one."""
    d.shot("1-online-access-off")
    bpy.context.preferences.system.use_online_access = True
    yield from redrawn()
    yield from popover("IMG3D_PT_which_provider")
    d.shot("2-which-one")
    yield from d.click((MIDDLE[0] - 60, MIDDLE[1] - 23))  # the mouse is on the chosen one
    yield 0.3
    assert settings().provider == "stability_sf3d", settings().provider
    yield from d.key("ESC")
    settings().provider = "stability_spar3d"


def key_entered():
    """A key is entered and tested beside the picture; it is in the preferences and nowhere else."""
    yield from redrawn()
    d.shot("3-key-missing")
    yield from popover("IMG3D_PT_account")
    bpy.context.window_manager.clipboard = KEY
    yield from d.click((MIDDLE[0] + 85, MIDDLE[1]))
    yield 0.3
    yield from d.key("V", ctrl=True)
    yield from d.key("RET")
    yield 0.5
    assert own().stability_api_key == KEY
    assert bpy.context.preferences.is_dirty, "Blender would forget the key"
    yield from d.click((MIDDLE[0] + 110, MIDDLE[1] - 26))
    yield from d.wait(lambda: told() and not told().waiting, what="the answer")
    assert "works" in told().text
    yield from d.key("ESC")
    yield from popover("IMG3D_PT_account")
    d.shot("4-key-tested")
    yield from d.key("ESC")


def told():
    provider = d.module("blender.session").providers()["stability_spar3d"]
    topic = d.module("blender.preferences").account_topic(own(), provider)
    return d.module("blender.asking").answer(*topic)


def balance():
    provider = d.module("blender.session").providers()["stability_spar3d"]
    return d.module("blender.balance").known_balance(provider)


def balance_asked():
    yield from redrawn()
    yield from d.press("img3d.ask_balance")
    yield from d.wait(lambda: balance() and balance().balance and not balance().waiting, what="the balance")
    yield 0.5
    d.shot("5-balance")
    assert balance().balance.amount == 412.5


def changed_and_reset():
    """What differs from its default is seen, and goes back alone or with all others."""
    spar3d().texture_resolution, spar3d().guidance_scale, spar3d().foreground_ratio = "2048", 5.0, 1.5
    yield from redrawn()
    d.shot("6-changed")
    place = yield from d.find("img3d.reset_setting")
    yield from d.click(place)
    yield 0.3
    assert spar3d().texture_resolution == "1024"
    assert spar3d().guidance_scale == 5.0
    yield from d.click((place[0] - 21, place[1] + 31))
    yield 0.3
    assert spar3d().guidance_scale == 3.0
    yield from redrawn()
    d.shot("7-reset")


def presets():
    """A shipped preset is loaded, which can be undone, and an own one is kept."""
    yield from popover("IMG3D_PT_presets_stability_spar3d")
    d.shot("8-presets")
    yield from d.click((MIDDLE[0] - 10, MIDDLE[1] - 21))
    yield 0.5
    assert spar3d().texture_resolution == "2048", spar3d().texture_resolution
    d.shot("9-preset-loaded")
    yield from d.key("ESC")
    yield 0.3
    yield from popover("IMG3D_PT_presets_stability_spar3d")
    yield from d.click((MIDDLE[0] + 94, MIDDLE[1] - 100))
    yield 0.5
    d.shot("10-own-preset")
    folder = Path(bpy.utils.user_resource("SCRIPTS", path="presets/img3d/stability_spar3d"))
    (kept,) = folder.glob("*.py")
    assert "2048" in kept.read_text()
    assert KEY not in kept.read_text()
    yield from d.move(MIDDLE)  # the popover has grown under the mouse
    for _ in range(2):  # the text field, and the popover
        yield from d.key("ESC")
        yield 0.3


def seeds():
    """A seed is locked by a click, and another one is drawn."""
    place = yield from d.find("stability_spar3d.seed")
    yield from d.click((place[0] + 70, place[1]))
    yield 0.4
    assert spar3d().seed_locked
    yield from d.click((place[0] + 49, place[1]))
    yield 0.4
    assert int(spar3d().seed) > 0
    d.shot("11-seed")
    yield from d.click((place[0] + 70, place[1]))
    yield 0.4
    assert not spar3d().seed_locked


def limits():
    """Above a limit it is asked, and no is no; the second job is asked about with what the first one has cost."""
    own().day_limit = 0.01
    before = spar3d().seed
    generate = yield from d.find("img3d.generate")
    yield from d.click(generate)
    yield 0.5
    d.shot("12-above-the-limit")
    yield from d.key("ESC")
    yield 0.5
    assert not views()
    yield from d.click(generate)
    yield 0.5
    yield from d.key("RET")
    yield from d.wait(lambda: views() and not newest().running, what="the end of the job")
    assert newest().state in ("ready", "imported"), newest()
    used = d.module("blender.session").engine().job(newest().id).params["seed"]
    assert str(used) == spar3d().seed != before
    yield from d.wait(lambda: balance().balance.amount == 408.5, what="the balance after the job")
    yield from d.wait(lambda: any("img3d_job" in item for item in bpy.data.objects), what="the object")
    yield 0.5
    yield from d.click(generate)
    yield 0.5
    d.shot("13-asked-again")
    yield from d.key("ESC")
    assert len(views()) == 1


def looks():
    a = d.area()
    d.show_preferences(a)
    yield 1.0
    d.shot("14-preferences")
    a.type = "VIEW_3D"
    yield 0.3
    spar3d().texture_resolution = "2048"
    spar3d().guidance_scale = 5
    spar3d().seed = "77"
    path = next(Path(folder) / "Blender_Light.xml" for folder in bpy.utils.preset_paths("interface_theme"))
    bpy.ops.script.execute_preset(filepath=str(path), menu_idname="USERPREF_MT_interface_theme_presets")
    yield from d.open_sidebar()
    d.shot("15-light")
    bpy.context.preferences.view.ui_scale = 1.5
    yield 1.0
    d.shot("16-large")
    yield from popover("IMG3D_PT_which_provider")
    d.shot("17-large-which-one")
    yield from d.key("ESC")
    bpy.context.preferences.view.ui_scale = 1.0
    settings().provider = "offline"
    settings().after.quads = True
    yield 0.8
    d.shot("18-faces-to-expect")


d.main(steps)
