# SPDX-License-Identifier: GPL-3.0-or-later
"""In a window: jobs run while the user works on, in other modes, scenes and files.

Started with --enable-event-simulate.
"""

import os
import sys
import tempfile
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))
import driver as d
from driver import newest, ours, views

SAVED = Path(tempfile.gettempdir())  # where Blender puts its auto-saves, too
seen = []  # whether the long job ran at the first auto-save


def started(main=None):
    """Press Generate by its operator, as the button does, in the first or another window; return the job."""
    before = {view.id for view in views()}
    main = main or d.window()
    area = next(one for one in main.screen.areas if one.type == "VIEW_3D")
    d.module("blender.pressing").clear()  # presses of a test come sooner than a user's
    with bpy.context.temp_override(window=main, area=area, region=d.region("UI", area)):
        bpy.ops.img3d.generate("INVOKE_DEFAULT")
    (job,) = {view.id for view in views()} - before
    return job


def of(job):
    return [item for item in ours() if item["img3d_job"] == job]


def arrived(job, limit=90.0):
    yield from d.wait(lambda: of(job), limit, what="the object")
    yield 0.5


def steps():
    settings = bpy.context.scene.img3d
    settings.picture = bpy.data.images.load(str(d.ROOT / "examples" / "vase.png"))
    settings.offline.faces = 2000
    bpy.ops.ed.undo_push(message="What a user would have chosen")
    yield from d.open_sidebar()
    watch = d.Stopwatch()
    service = d.Service("--delay", "500")
    long = yield from begun_for_long()
    yield from in_modes()
    yield from in_local_view()
    yield from in_another_workspace()
    yield from in_another_scene()
    yield from in_a_window_that_is_closed()
    yield from after_undo()
    yield from by_the_keyboard()
    yield from in_german()
    yield from in_the_image_editor()
    yield from auto_saved(long)
    service.stop()
    yield from switch_of_the_file()
    watch.check()


def in_modes():
    """A result comes in while a mesh is edited, sculpted and painted: the mode stays, and so does what is edited."""
    cube = bpy.data.objects["Cube"]
    for mode in ("EDIT", "SCULPT", "TEXTURE_PAINT"):
        with bpy.context.temp_override(window=d.window(), area=d.area(), region=d.region("WINDOW")):
            bpy.ops.object.mode_set(mode=mode)
        yield 0.3
        yield from arrived(started())
        assert bpy.data.objects["Cube"].mode == mode
        assert d.window().view_layer.objects.active == cube
        d.shot(f"1-{mode.lower()}")
    with bpy.context.temp_override(window=d.window(), area=d.area(), region=d.region("WINDOW")):
        bpy.ops.object.mode_set(mode="OBJECT")
    assert len(ours()) == 3
    yield 0.3


def in_local_view():
    """The result is seen where few objects are shown alone."""
    with bpy.context.temp_override(window=d.window(), area=d.area(), region=d.region("WINDOW")):
        bpy.ops.view3d.localview()
    yield 0.5
    job = started()
    yield from arrived(job)
    view = d.area().spaces.active
    assert view.local_view
    shown = all(item.local_view_get(view) for item in of(job))
    assert shown or bpy.app.version < (5, 0), "not to be seen in local view"  # 4.3 lets go of it again
    d.shot("2-local-view")
    with bpy.context.temp_override(window=d.window(), area=d.area(), region=d.region("WINDOW")):
        bpy.ops.view3d.localview()
    yield 0.5


def in_another_workspace():
    """The status bar is given back in the workspace that the job was started in, too."""
    first, other = d.window().workspace, bpy.data.workspaces["Shading"]
    job = started()
    yield from d.wait(lambda: newest().stage == "running", what="the generator")
    d.window().workspace = other
    yield 0.5
    yield from arrived(job)
    assert not d.module("blender.places")._marked
    d.shot("3-reported-without-the-tab")
    d.window().workspace = first
    yield 0.5
    d.shot("4-status-bar-given-back")


def in_another_scene():
    """The result goes to the scene that ordered it, shown or not."""
    first = d.window().scene
    job = started()
    other = bpy.data.scenes.new("Other")
    d.window().scene = other
    yield from arrived(job)
    assert {scene.name for item in of(job) for scene in item.users_scene} == {first.name}
    assert not other.objects
    d.window().scene = first
    yield 0.3
    bpy.data.scenes.remove(other)


def in_a_window_that_is_closed():
    """Two windows show two scenes; the one that a job was started in is closed: the result goes to its scene."""
    windows = bpy.context.window_manager.windows
    first = d.window()
    with bpy.context.temp_override(window=first):
        bpy.ops.wm.window_new()
    yield 1.0
    second = next(window for window in windows if window != first)
    scene = bpy.data.scenes.new("Second Window")
    second.scene = scene
    yield 0.5
    scene.img3d.picture = bpy.data.images["vase.png"]
    scene.img3d.offline.faces = 2000
    job = started(second)
    assert second.modal_operators
    d.shot("5-two-windows")
    with bpy.context.temp_override(window=second):
        bpy.ops.wm.window_close()
    yield from arrived(job)
    assert {found.name for item in of(job) for found in item.users_scene} == {scene.name}
    assert not d.module("blender.operators")._viewers
    yield 0.5
    d.shot("6-window-closed")
    bpy.data.scenes.remove(scene)


def after_undo():
    """Undo takes back one result and nothing else, redo brings it, and a job that runs meanwhile goes on."""
    had = len(ours())
    job = started()
    yield from arrived(job)
    later = started()
    yield from d.move(d.view_3d())
    yield from d.key("Z", ctrl=True)
    yield 0.5
    yield from arrived(later)
    assert of(later), "undo has stopped the job that ran"
    assert len(ours()) == had + 1, [item.name for item in ours()]
    assert bpy.context.scene.img3d.picture.name == "vase.png"


def begun_for_long():
    """Start a job that goes on during all that follows, with the shortest interval of auto-save that Blender has."""
    files = bpy.context.preferences.filepaths
    files.use_auto_save_temporary_files, files.auto_save_time = True, 1
    files.temporary_directory = str(SAVED)
    for old in saves():
        old.unlink()
    settings = bpy.context.scene.img3d
    bpy.context.preferences.system.use_online_access = True
    settings.provider = "stability_spar3d"
    d.module("blender.operators").HAND_OVER = 2.0
    job = started()
    yield from d.wait(lambda: newest().running and not d.window().modal_operators, 20.0, what="the hand-over")
    yield 0.5
    d.shot("0-handed-over")
    watch_for_save(job)
    settings.provider = "offline"
    bpy.ops.ed.undo_push(message="Provider")
    return job


def by_the_keyboard():
    """Ctrl Alt I closes the sidebar where it shows the tab, and opens it at the tab."""
    yield from d.move(d.view_3d())
    yield from d.key("I", ctrl=True, alt=True)
    yield 0.5
    assert not d.area().spaces.active.show_region_ui
    d.region().active_panel_category = "Item"
    yield from d.key("I", ctrl=True, alt=True)
    yield from d.wait(lambda: d.region().active_panel_category == d.TAB, what="the tab")
    assert d.area().spaces.active.show_region_ui


def in_german():
    """The interface speaks the user's language at once."""
    view = bpy.context.preferences.view
    view.language, view.use_translate_interface, view.use_translate_tooltips = "de_DE", True, True
    said = bpy.app.translations.pgettext_iface
    assert said("Import Options") == "Importoptionen"
    assert said("Show Image to 3D", "Operator") == "Bild zu 3D zeigen"
    yield 1.0
    d.shot("6-german")
    view.language = "en_US"
    yield 0.5


def in_the_image_editor():
    """The Image Editor has the tab, too, and its image is one click away from being the picture."""
    area = d.area()
    area.type = "IMAGE_EDITOR"
    area.spaces.active.image = bpy.data.images.load(str(d.ROOT / "examples" / "coin.png"))
    yield 0.5
    with bpy.context.temp_override(window=d.window(), area=area, region=d.region("WINDOW", area)):
        bpy.ops.img3d.show_tab()
    sidebar = d.region("UI", area)
    yield from d.wait(lambda: sidebar.active_panel_category == d.TAB, what="the tab in the Image Editor")
    yield 1.0
    d.shot("6-image-editor")
    with bpy.context.temp_override(window=d.window(), area=area, region=sidebar):
        bpy.ops.img3d.picture_from_editor("INVOKE_DEFAULT")
    yield from d.wait(lambda: bpy.context.scene.img3d.picture.name == "coin.png", what="the image as the picture")
    sidebar.tag_redraw()
    yield 1.0
    d.shot("6-image-editor-used")
    area.type = "VIEW_3D"
    yield 0.5


def auto_saved(job):
    """The file of Blender's auto-save has appeared while the job ran."""
    yield from d.wait(lambda: seen, 100.0, what="the auto-save")
    assert seen == [True], "the job has ended before the auto-save"
    d.log("auto-save:", saves()[0].name)
    if view_of(job).running:
        bpy.ops.img3d.cancel(job=job)
        yield from d.wait(lambda: not view_of(job).running, what="its end")
    d.shot("7-auto-saved")


def watch_for_save(job):
    """Note at the first auto-save whether the job ran then."""

    def look():
        if not saves():
            return 0.5
        seen.append(view_of(job).running)
        return None

    bpy.app.timers.register(look, persistent=True)


def view_of(job):
    return next(view for view in views() if view.id == job)


def saves():
    return [path for path in SAVED.glob("*.blend") if str(os.getpid()) in path.name]


def switch_of_the_file():
    """Another file is opened while a job runs: nothing is pushed into it, and the result is offered there."""
    bpy.context.scene.img3d.offline.faces = 200_000
    path = SAVED / "another.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True)
    job = started()
    bpy.ops.wm.open_mainfile(filepath=str(path))
    yield 0.5
    assert not d.window().modal_operators
    yield from d.wait(lambda: not view_of(job).running, 90.0, what="the result")
    yield 1.0
    assert not of(job), "the result was pushed into another file"
    yield from d.open_sidebar()
    d.shot("8-offered-in-another-file")
    with bpy.context.temp_override(window=d.window(), area=d.area(), region=d.region("UI")):
        bpy.ops.img3d.import_result("INVOKE_DEFAULT", job=job)
    yield from arrived(job)
    assert newest().state == "imported"


d.main(steps)
