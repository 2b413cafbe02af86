# SPDX-License-Identifier: GPL-3.0-or-later
"""In a window: pictures from every source, what is said of them, and each repair, as a user clicks them.

Started with --enable-event-simulate.
"""

import functools
import http.server
import os
import sys
import threading
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))
import driver as d
from driver import settings

FILES = d.OUT / "files"


def chosen():
    return settings().picture.name if settings().picture else ""


def facts():
    """Return what is known of the chosen picture, None while that is nothing."""
    found = d.module("blender.pictures.facts").known(settings().picture, bpy.context.scene)
    return None if found.waiting else found


def looked():
    d.region().tag_redraw()
    yield from d.wait(lambda: facts() is not None, 60, what="a look at the picture")
    yield 1.5  # the panels below move down bit by bit


def becomes(name):
    yield from d.wait(lambda: chosen() == name, what=f"the picture {name}, not {chosen()}")
    yield 0.3


def steps():
    draw_files()
    d.window().scene.img3d.provider = "offline"
    yield from d.open_sidebar()
    yield 1.0
    d.shot("1-none")
    watch, heart = d.Stopwatch(), d.Heartbeat()
    yield from menu()
    yield from browser()
    yield from widths()
    yield from drops()
    yield from several()
    yield from clipboard()
    yield from in_blender()
    yield from repairs()
    yield from odd_ones()
    watch.check()
    d.log(f"longest gap of the main loop, drawing included: {heart.stop():.2f} s")


def draw_files():
    """Write pictures with something to say about them: a small object, a long one, one that is too large."""
    from PIL import Image

    FILES.mkdir()
    with Image.open(d.ROOT / "examples" / "mushroom.png") as opened:
        mushroom = opened.convert("RGBA")
    plain = Image.new("RGB", (1600, 1200), (226, 228, 231))
    small = mushroom.resize((300, 300))
    plain.paste(small, (1000, 500), small)
    plain.save(FILES / "small mushroom.jpg", quality=95)
    long = Image.new("RGB", (1800, 500), (226, 228, 231))
    blade = mushroom.resize((1500, 300))
    long.paste(blade, (150, 100), blade)
    long.save(FILES / "sword.png")
    with Image.open(d.ROOT / "examples" / "rocket.png") as opened:
        opened.convert("RGB").resize((3000, 3000)).save(FILES / "huge.png")
    Image.effect_noise((800, 600), 90).convert("RGB").save(FILES / "meadow.png")
    (FILES / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    Image.new("CMYK", (700, 700), (0, 0, 0, 0)).save(FILES / "white.jpg")


def open_menu():
    """Click the button of the menu, which is below the name of the picture: a menu's own name cannot be asked for."""
    place = yield from d.find("bpy.data.images[" if chosen() else "img3d.open_pictures")
    yield from d.click((place[0], place[1] - 22))
    yield 0.6


def menu():
    """The menu names each source, and greys out what there is nothing of."""
    yield from open_menu()
    d.shot("2-menu")
    yield from d.key("ESC")
    operators = bpy.ops.img3d
    try:
        operators.picture_from_render()
    except RuntimeError as error:
        assert "Render first" in str(error), error
    else:
        raise AssertionError("a render that is none was chosen")
    assert not operators.picture_from_empty.poll()
    assert not operators.picture_from_editor.poll()
    assert operators.picture_from_viewport.poll()


def browser():
    """The file browser shows thumbnails of pictures only; Esc leaves everything as it was."""
    yield from d.press("img3d.open_pictures")
    yield 1.5
    windows = bpy.context.window_manager.windows
    area = next((one for window in windows for one in window.screen.areas if one.type == "FILE_BROWSER"), None)
    assert area is not None, "no file browser was opened"
    assert area.spaces.active.params.display_type == "THUMBNAIL"
    assert area.spaces.active.params.use_filter_image
    area.spaces.active.params.directory = str(d.ROOT / "examples").encode()
    yield 2.0
    d.shot("3-browser")
    window = next(window for window in windows if area in tuple(window.screen.areas))
    with bpy.context.temp_override(window=window, area=area):
        bpy.ops.file.cancel()
    yield 0.8
    assert not chosen()
    bpy.ops.img3d.open_pictures(directory=str(d.ROOT / "examples"), files=[{"name": "coin.png"}])
    yield from becomes("coin.png")
    yield from looked()
    d.shot("4-coin")


def widths():
    """Nothing is cut off in a narrow sidebar, nor lost in a wide one."""
    settings().provider = "scenario_pixal3d"
    yield from load("small mushroom.jpg")
    yield from d.widen_sidebar(-60)
    yield 0.8
    d.shot("5-narrow")
    yield from d.widen_sidebar(260)
    yield 0.8
    d.shot("5-wide")
    yield from d.widen_sidebar(-200)
    settings().provider = "offline"


def drop(names, region):
    """Do what Blender does when files are let go over a region."""
    with bpy.context.temp_override(window=d.window(), area=d.area(), region=region):
        files = [{"name": name} for name in names]
        return bpy.ops.wm.drop_import_file("INVOKE_DEFAULT", directory=str(d.ROOT / "examples"), files=files)


def offered(region):
    """Return the labels of the file handlers that take a picture over a region."""
    with bpy.context.temp_override(window=d.window(), area=d.area(), region=region):
        found = [one for one in bpy.types.FileHandler.__subclasses__() if ".png" in one.bl_file_extensions]
        return [one.bl_label for one in found if one.poll_drop(bpy.context)]


def drops():
    """Blender asks whether a picture is to be an empty, as that can be anywhere in a 3D view, or ours."""
    for region in (d.region(), d.region("WINDOW")):
        labels = offered(region)
        assert "Image to 3D" in labels, labels
        assert len(labels) > 1, "Blender's own way is gone"
    yield from d.move(d.middle(d.region()))
    drop(["vase.png"], d.region())
    yield 0.6
    d.shot("5-dropped-on-the-tab")
    yield from d.key("M")
    yield from becomes("vase.png")
    yield from d.open_sidebar("View")
    assert "Image to 3D" not in offered(d.region()), "another tab takes pictures"
    yield from d.move(d.view_3d())
    drop(["duck.png"], d.region("WINDOW"))
    yield 0.6
    d.shot("5-dropped-on-the-scene")
    yield from d.key("M")
    yield from becomes("duck.png")
    assert d.region().active_panel_category == d.TAB, "the tab is not shown after a drop on the scene"
    yield from looked()
    d.shot("6-duck")


def jobs():
    return d.module("blender.session").engine_views()


def several():
    """Several pictures are asked about once, and become as many jobs."""
    yield from d.move(d.middle(d.region()))
    before = chosen()
    drop(["vase.png", "coin.png"], d.region())
    yield 0.5
    yield from d.key("M")
    yield 0.8
    d.shot("7-several")
    yield from d.key("ESC")
    yield 0.5
    assert not jobs(), "jobs without a word"
    yield from d.move(d.middle(d.region()))
    drop(["vase.png", "coin.png"], d.region())
    yield 0.5
    yield from d.key("M")
    yield 0.8
    yield from d.key("RET")
    yield from d.wait(lambda: len(jobs()) == 2, what="two jobs")
    assert chosen() == before
    ours = [item for item in bpy.data.objects if "img3d_job" in item]
    yield from d.wait(lambda: all(job.state == "imported" for job in jobs()), 120, what="two objects")
    ours = {item.name for item in bpy.data.objects if "img3d_job" in item}
    assert ours == {"vase", "coin"}, ours
    d.shot("8-two-objects")


def paste(text):
    bpy.context.window_manager.clipboard = text
    bpy.ops.img3d.paste_picture("INVOKE_DEFAULT")


def clipboard():
    """A path, an address, an image: each becomes the picture; what is none is said."""
    paste(str(FILES / "sword.png"))
    yield from becomes("sword.png")
    server = serve()
    address = f"http://127.0.0.1:{server.server_port}/small%20mushroom.jpg"
    bpy.context.window_manager.clipboard = address
    try:
        bpy.ops.img3d.paste_picture("INVOKE_DEFAULT")
    except RuntimeError as error:
        assert "Online Access" in str(error), error
    else:
        raise AssertionError("fetched although online access is off")
    bpy.context.preferences.system.use_online_access = True
    paste(address)
    yield from becomes("small mushroom")
    assert settings().picture.packed_file
    paste(address.replace("small", "no"))
    yield from d.wait(lambda: making() and making().error, what="the refusal")
    d.region().tag_redraw()
    yield 0.5
    d.shot("9-no-such-picture")
    yield from d.press("img3d.stop_picture")
    assert making() is None
    server.shutdown()
    bpy.context.preferences.system.use_online_access = False
    yield from copied_image()


def making():
    return d.module("blender.pictures.background").under_way(bpy.context.scene)


def serve():
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(FILES)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def copied_image():
    """An image on the clipboard comes by way of the system; its program is played by a script here."""
    folder = d.OUT / "bin"
    folder.mkdir()
    program = folder / "xclip"
    program.write_text(f'#!/bin/sh\ncat "{d.ROOT}/examples/badge.png"\n')
    program.chmod(0o755)
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"
    paste("no picture")
    yield from becomes("clipboard")
    assert tuple(settings().picture.size) == (768, 768)
    program.write_text('#!/bin/sh\necho "Error: target image/png not available" >&2\nexit 1\n')
    paste("no picture")
    yield from d.wait(lambda: making() and making().error, what="that there is none")
    bpy.ops.img3d.stop_picture()


def in_blender():
    """The 3D view, the Image Editor, an image empty and the render."""
    shown = d.area().spaces.active.overlay.show_overlays
    bpy.ops.object.select_all(action="DESELECT")
    yield from open_menu()
    yield from d.key("V")  # Viewport Still
    yield from becomes("Scene viewport")
    assert d.area().spaces.active.overlay.show_overlays == shown
    yield from looked()
    assert facts().seen.transparent, "the world is in the still"
    d.shot("10-viewport")
    yield from d.key("Z", ctrl=True)
    yield from d.wait(lambda: chosen() != "Scene viewport", what="the picture of before")
    other = next(one for one in d.window().screen.areas if one.type == "OUTLINER")
    other.type = "IMAGE_EDITOR"
    vase = bpy.data.images.load(str(d.ROOT / "examples" / "vase.png"), check_existing=True)
    other.spaces.active.image = vase
    yield 0.3
    bpy.ops.img3d.picture_from_editor()
    assert chosen() == "vase.png"
    other.type = "OUTLINER"
    yield 0.3
    empty = bpy.data.objects.new("reference", None)
    duck = bpy.data.images.load(str(d.ROOT / "examples" / "duck.png"), check_existing=True)
    empty.empty_display_type, empty.data = "IMAGE", duck
    bpy.context.collection.objects.link(empty)
    bpy.context.view_layer.objects.active = empty
    bpy.ops.img3d.picture_from_empty()
    assert chosen() == "duck.png"
    bpy.data.objects.remove(empty)
    render = bpy.context.scene.render
    render.engine, render.resolution_x, render.resolution_y = "CYCLES", 96, 64
    bpy.context.scene.cycles.samples, bpy.context.scene.cycles.use_denoising = 1, False
    bpy.ops.render.render()
    yield 0.3
    bpy.ops.img3d.picture_from_render()
    assert chosen() == "Scene render"
    yield from looked()
    assert facts().seen.width == 96, facts()
    d.shot("11-render")


def load(name):
    bpy.ops.img3d.open_pictures("EXEC_DEFAULT", True, filepath=str(FILES / name))  # with an undo step
    yield from looked()


def repaired(name, kind, becomes_name):
    """Click the repair that is offered, look at what it made, and take it back."""
    yield from d.press(f"repair='{kind}'")
    yield from becomes(becomes_name)
    made = settings().picture
    assert made.packed_file and made != bpy.data.images[name]
    yield from looked()
    d.shot(f"12-{kind}")


def repairs():
    yield from load("small mushroom.jpg")
    d.shot("12-before")
    assert [one.repair for one in said()] == ["crop", "cut_out"], said()
    yield from repaired("small mushroom.jpg", "crop", "small mushroom cropped")
    assert "crop" not in [one.repair for one in said()]
    yield from repaired("small mushroom.jpg", "cut_out", "small mushroom cropped cut out")
    assert not said() or all(not one.warns for one in said())
    yield from d.move(d.view_3d())
    yield from d.key("Z", ctrl=True)
    yield from becomes("small mushroom cropped")
    yield from d.key("Z", ctrl=True)
    yield from becomes("small mushroom.jpg")
    yield from load("sword.png")
    yield from repaired("sword.png", "pad", "sword padded")
    assert settings().picture.size[0] == settings().picture.size[1]
    yield from load("huge.png")
    yield from repaired("huge.png", "shrink", "huge small")
    assert tuple(settings().picture.size) == (2048, 2048)


def said():
    remarks, session = d.module("core.files.remarks"), d.module("blender.session")
    provider = session.providers()[settings().provider]
    return remarks.remarks(facts().seen, provider.image, provider=provider.label)


def odd_ones():
    """A broken file, a picture with nothing in it, a busy one and a painted one are each said what they are."""
    for name in ("broken.png", "white.jpg", "meadow.png"):
        yield from load(name)
        assert facts().error or any(one.warns for one in said()), name
        d.shot(f"13-{name.partition('.')[0]}")
    painted = bpy.data.images.new("sketch", 256, 256)
    painted.generated_type = "COLOR_GRID"
    settings().picture = painted
    yield from looked()
    painted.pixels[0:4] = (1.0, 0.0, 0.0, 1.0)
    painted.update()
    yield from looked()
    assert painted.is_dirty and painted.source == "GENERATED"
    d.shot("14-painted")
    settings().picture = None
    yield 0.3


d.main(steps)
