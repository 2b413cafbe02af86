# SPDX-License-Identifier: GPL-3.0-or-later
"""In a window, against services of our own: the list of jobs with each of its buttons, the comparison, the gallery.

Started with --enable-event-simulate.
"""

import dataclasses
import math
import os
import sys
from pathlib import Path

import bpy
import mathutils

sys.path.insert(0, str(Path(__file__).parent))
import driver as d
from driver import newest, ours, redrawn, settings, views

MANY = 200
HEADER = 28  # pixels from the header of a closed panel to the next
_open = {"main", "result", "jobs"}


def preferences():
    return d.module("blender.session").preferences()


def steps():
    settings().picture = bpy.data.images.load(str(d.ROOT / "examples" / "rocket.png"))
    settings().provider = "stability_spar3d"
    bpy.context.preferences.system.use_online_access = True
    type(d.module("blender.session").providers()["scenario_pixal3d"]).poll_every = 0.5
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    yield from d.open_sidebar()
    yield from d.widen_sidebar(90)
    watch, heart = d.Stopwatch(), d.Heartbeat()
    yield from only("jobs")
    d.shot("00-no-jobs")
    yield from failed_and_uncertain()
    yield from running_and_left()
    yield from imported()
    yield from remove()
    yield from narrow_and_wide()
    yield from compare()
    yield from gallery()
    yield from place()
    yield from assets()
    yield from many(watch)
    watch.check()
    d.log(f"longest gap of the main loop, drawing included: {heart.stop():.2f} s")


def only(panel):
    """Open one panel and close the others, with A over their headers, which stand close together then."""
    has_mesh = getattr(bpy.context.active_object, "type", "") == "MESH"
    shown = ["main", "compare", *(["result"] if has_mesh else []), "jobs", "gallery"]
    view = d.area().spaces.active.region_3d
    distance = view.view_distance
    yield from d.scroll("WHEELUPMOUSE")
    view.view_distance = distance  # below the last panel the wheel zooms
    for number, name in enumerate(shown):
        if name in _open and name != panel:
            yield from toggle(number)
            _open.discard(name)
    if panel not in _open:
        yield from toggle(shown.index(panel))
        _open.add(panel)


def toggle(number):
    place = d.region()
    yield from d.move((place.x + place.width // 2, place.y + place.height - 14 - number * HEADER))
    yield from d.key("A")
    yield 0.4


def generated(scene, *, service="stability", **more):
    """Make a job at a service that answers so, and wait for its end."""
    server = d.Service("--scene", scene, name=service, **more)
    had = len(views())
    bpy.ops.img3d.generate("INVOKE_DEFAULT")
    yield from d.wait(lambda: len(views()) > had and not newest().running, what="the end of the job")
    yield 1.1
    server.stop()


def failed_and_uncertain():
    yield from generated("payment_required")
    d.shot("01-failed")
    yield from d.press("img3d.copy_error")
    assert "credits" in bpy.context.window_manager.clipboard
    settings().stability_spar3d.foreground_ratio = 1.5
    settings().provider, settings().picture = "offline", None
    yield from d.press("img3d.reload_settings")
    yield 0.3
    assert settings().provider == "stability_spar3d" and settings().picture.name.startswith("rocket")
    yield from generated("reset")
    d.shot("02-uncertain")
    service = d.Service("--scene", "success")
    yield from d.press("img3d.resume")
    yield 0.5
    d.shot("03-submit-again")
    yield from d.key("ESC")
    yield from d.press("img3d.cancel")  # Give Up
    yield from d.wait(lambda: newest().state == "cancelled", what="the end of the uncertain job")
    yield from redrawn()
    d.shot("04-given-up")
    service.stop()


def running_and_left():
    """A job at a service: progress in list and details, left there, fetched later."""
    service = d.Service("--delay", "0.7", name="scenario")
    settings().provider = "scenario_pixal3d"
    bpy.ops.img3d.generate("INVOKE_DEFAULT")
    yield from d.wait(lambda: newest().state == "remote" and newest().fraction, what="the task")
    scenario = type(d.module("blender.session").providers()["scenario_pixal3d"])
    scenario.poll_every = 120.0  # until the button is found
    yield from redrawn(0.3)
    d.shot("05-running")
    yield from d.press("img3d.stop_waiting")
    yield from d.wait(lambda: not newest().running, what="the end of waiting")
    scenario.poll_every = 0.5
    yield from redrawn(1.0)
    assert newest().state in ("remote", "downloading"), newest()
    d.shot("06-left-at-the-service")
    had = len(ours())
    yield from d.press("img3d.resume")
    yield from d.wait(lambda: len(ours()) > had, 60, what="the object")
    yield 1.0
    service.stop()


def imported():
    yield from redrawn()
    d.shot("07-imported")
    (item,) = ours()
    item.select_set(False)
    yield from only("jobs")
    yield from d.press("img3d.select_objects")
    assert item.select_get()
    had = len(ours())
    yield from d.press("img3d.import_result")
    yield from d.wait(lambda: len(ours()) > had, 60, what="the second object")
    yield 1.0
    service = d.Service("--delay", "0.1", name="scenario")
    preferences().confirm_paying = "ALWAYS"
    count = len(views())
    yield from d.press("img3d.try_again")
    yield 0.6
    d.shot("08-try-again")
    yield from d.key("RET")
    yield from d.wait(lambda: len(views()) > count, what="another job")
    preferences().confirm_paying = "ABOVE"
    yield from d.wait(lambda: newest().state == "imported", 60, what="its object")
    yield 1.0
    service.stop()


def remove():
    gone = newest()
    folder = d.module("blender.session").engine().folder(gone.id)
    yield from d.press("img3d.remove_job")
    yield 0.6
    d.shot("09-remove")
    yield from d.key("RET")
    yield from d.wait(lambda: gone.id not in {view.id for view in views()}, what="its removal")
    assert (folder / "request.json").is_file()
    yield from redrawn()


def narrow_and_wide():
    yield from d.widen_sidebar(-150)
    d.shot("10-narrow")
    yield from only("gallery")
    d.shot("10-narrow-gallery")
    yield from only("jobs")
    yield from d.widen_sidebar(260)
    d.shot("11-wide")
    yield from d.widen_sidebar(-110)
    jobs = bpy.context.window_manager.img3d_jobs
    jobs.sort, jobs.unfinished = "STATE", True
    yield from redrawn()
    d.shot("12-only-unfinished")
    jobs.sort, jobs.unfinished = "NEWEST", False


def compare():
    """One picture to two providers and a failing third: one question, a row with labels, no gap."""
    servers = [d.Service(), d.Service("--scene", "failure", name="scenario")]
    bpy.context.scene.cursor.location = (0.0, -3.0, 0.0)
    yield from only("compare")
    d.shot("13-compare")
    for name in ("offline", "stability_spar3d", "scenario_pixal3d"):
        yield from d.press(f"img3d_compare.{name}")
    yield from redrawn()
    d.shot("14-compare-ticked")
    preferences().confirm_paying = "ALWAYS"
    count = len(views())
    yield from d.press("img3d.compare")
    yield 0.6
    d.shot("15-compare-question")
    yield from d.key("RET")
    yield from d.wait(lambda: len(views()) == count + 3, what="three jobs")
    preferences().confirm_paying = "ABOVE"
    yield from d.wait(lambda: len(compared()) == 2 and not d.module("blender.pump").busy(), 90, what="two objects")
    yield 1.0
    view = d.area().spaces.active.region_3d
    view.view_rotation = mathutils.Euler((math.radians(68), 0.0, 0.0)).to_quaternion()
    view.view_location, view.view_distance = (1.2, -3.0, 0.3), 7
    yield from redrawn(1.0)
    d.area().tag_redraw()
    yield 0.5
    d.shot("16-compared")
    for server in servers:
        server.stop()


def compared():
    homes = [one for one in bpy.data.collections if "img3d_compare" in one]
    return [item for home in homes for item in home.all_objects if "img3d_image" in item]


def gallery():
    yield from only("gallery")
    yield from redrawn(1.0)
    d.shot("17-gallery")
    pump = d.module("blender.pump")
    yield from d.wait(lambda: not pump.busy(), 90, what="the previews")
    yield from redrawn(1.5)
    d.shot("18-gallery-with-previews")
    had = len(ours())
    yield from d.press("img3d.import_result")
    yield from d.wait(lambda: len(ours()) > had, 60, what="the object")
    yield 1.0


def press_place():
    """Click the small button right of a result's name."""
    x, y = yield from d.find("img3d.import_result")
    for beside in range(8, 140, 8):
        yield from d.move((x + beside, y))
        yield 0.1
        if "img3d.place_result" in d.under_mouse(d.area(), d.region()):
            yield from d.click((x + beside + 4, y))
            return
    raise AssertionError("no button to place it")


def place():
    """Place a result on the floor with the mouse; Esc leaves it."""
    yield from only("gallery")
    yield from press_place()
    yield from d.move(d.view_3d())
    yield 0.5
    d.shot("20-place")
    yield from d.key("ESC")
    assert not d.window().modal_operators
    had = {item.name for item in ours()}
    yield from press_place()
    floor = d.region("WINDOW")
    yield from d.click((floor.x + 170, floor.y + 150))
    yield from d.wait(lambda: len(ours()) > len(had), 60, what="the object")
    yield 1.0
    (item,) = [item for item in ours() if item.name not in had]
    assert abs(item.location.z) < 0.01, item.location
    assert (item.location - bpy.context.scene.cursor.location).length > 0.5, item.location
    d.shot("21-placed")
    yield from d.key("Z", ctrl=True)
    yield 0.5
    assert len(ours()) == len(had), "placing is one undo step"


def assets():
    """Offer the results in the Asset Browser, and look at it."""
    yield from only("gallery")
    yield from d.press("img3d.offer_assets")
    previews = d.module("blender.result_previews")
    assert previews.left()
    yield from redrawn(0.3)
    yield from d.wait(lambda: not previews.left(), 120, what="the assets")
    count = len(list(previews.asset_folder().glob("*.blend")))
    assert count == sum(map(previews.has_result, views())), count
    bpy.context.preferences.system.use_online_access = False  # newer Blenders look for assets on the net
    area = d.area("PROPERTIES")
    area.ui_type = "ASSETS"
    yield 1.0
    area.spaces.active.params.asset_library_reference = "Image to 3D"
    yield 3.0
    d.shot("22-asset-browser")
    area.ui_type = "PROPERTIES"


def many(watch):
    """200 jobs in the list: drawing stays quick."""
    registry = d.module("blender.session").engine()._registry
    states = ("imported", "failed", "cancelled", "ready", "remote")
    template = newest()
    for number in range(MANY):
        view = dataclasses.replace(
            template,
            id=f"{number:014}",
            name=f"object {number}",
            state=states[number % len(states)],
            created=template.created - 60.0 * number,
            error="The service said no. " * 8 if states[number % len(states)] == "failed" else "",
        )
        registry._views[view.id] = view
    d.module("blender.job_list").sync()
    yield from only("jobs")
    for sort in ("NEWEST", "NAME", "STATE", "COST", "PROVIDER"):
        bpy.context.window_manager.img3d_jobs.sort = sort
        watch.spent["IMG3D_PT_jobs.draw"].clear()
        for _ in range(10):
            yield from redrawn(0.1)
        own, wall = watch.longest()["IMG3D_PT_jobs.draw"]
        d.log(f"draw of {len(views())} jobs by {sort}: {own * 1000:.1f} ms own time, {wall * 1000:.1f} ms by the clock")
    d.shot("23-many")
    yield from only("gallery")
    watch.spent["IMG3D_PT_gallery.draw"].clear()
    for _ in range(10):
        yield from redrawn(0.1)
    d.log("draw of the gallery:", watch.longest()["IMG3D_PT_gallery.draw"])
    d.shot("24-many-in-the-gallery")
    os.environ.pop("IMG3D_STABILITY_URL", None)


d.main(steps)
