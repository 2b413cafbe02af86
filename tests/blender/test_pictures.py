# SPDX-License-Identifier: GPL-3.0-or-later
"""Where pictures come from, what is known of them, and their repairs; the artist's datablocks stay as they were."""

import io
import time
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from PIL import Image as Pillow, ImageGrab

import img3d_addon
from img3d_addon.blender import properties, session
from img3d_addon.blender.picture import missing
from img3d_addon.blender.pictures import background, clipboard, dropping, facts, several
from img3d_addon.core.errors import BadInput
from tests.servers.base import Reply
from tests.servers.plain import PlainServer

from .meshes import empty_scene

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
STATE = ("source", "filepath_raw", "file_format", "is_dirty", "name", "alpha_mode", "type", "users")


@pytest.fixture
def scene(home):
    empty_scene()
    img3d_addon.register()
    yield bpy.context.scene
    bpy.context.preferences.system.use_online_access = False
    img3d_addon.unregister()


@pytest.fixture
def operators(scene):
    return bpy.ops.img3d


def chosen():
    return properties.settings_of(bpy.context.scene).picture


def choose(image):
    properties.settings_of(bpy.context.scene).picture = image
    return image


def state(image):
    return {name: getattr(image, name) for name in STATE} | {"packed": bool(image.packed_file)}


def looked(image, limit=60.0):
    """Do what drawing and the timer do, until the picture is known."""
    end = time.monotonic() + limit
    while True:
        found = facts.known(image, bpy.context.scene)
        if not found.waiting:
            return found
        facts.begin_wanted()
        assert time.monotonic() < end, "the look does not end"
        time.sleep(0.02)


def arrived(limit=30.0):
    end = time.monotonic() + limit
    while not background.ready():
        assert time.monotonic() < end, "no picture arrives"
        time.sleep(0.02)
    background.take_all()


def test_files_are_chosen_once_each(operators):
    assert operators.open_pictures(filepath=str(EXAMPLES / "coin.png")) == {"FINISHED"}
    coin = chosen()
    assert coin.name == "coin.png"
    operators.open_pictures(directory=str(EXAMPLES), files=[{"name": "duck.png"}])
    assert chosen().name == "duck.png"
    operators.drop_pictures(directory=str(EXAMPLES), files=[{"name": "coin.png"}])
    assert chosen() == coin, "the same file was loaded twice"
    with pytest.raises(RuntimeError, match="no picture"):
        operators.open_pictures(filepath=str(EXAMPLES / "none.png"))
    assert chosen() == coin


def test_several_files_become_as_many_jobs(operators, monkeypatch):
    settings = properties.settings_of(bpy.context.scene)
    settings.offline.faces, settings.offline.texture_size = 2000, "512"
    names = ["coin.png", "vase.png"]
    assert operators.drop_pictures(directory=str(EXAMPLES), files=[{"name": name} for name in names]) == {"FINISHED"}
    engine = session.engine()
    assert engine.wait_idle(60)
    assert sorted(job.name for job in engine.jobs()) == ["coin", "vase"]
    assert chosen() is None


def test_of_several_none_is_made_when_one_is_gone(operators, tmp_path):
    names = [str(EXAMPLES / "coin.png"), str(tmp_path / "gone.png")]
    with pytest.raises(RuntimeError, match=r"gone\.png"):
        operators.generate_several(files=[{"name": name} for name in names])
    assert not session.engine().jobs()


def test_several_are_refused_with_the_reason(operators):
    properties.settings_of(bpy.context.scene).provider = "stability_spar3d"
    with pytest.raises(RuntimeError, match="online access"):
        operators.generate_several(files=[{"name": str(EXAMPLES / "coin.png")}] * 2)
    assert not session.engine().jobs()


def test_the_file_handler_takes_pictures_on_our_tab_and_on_the_scene(scene):
    def context(area, region, tab=""):
        return SimpleNamespace(
            area=SimpleNamespace(type=area), region=SimpleNamespace(type=region, active_panel_category=tab)
        )

    poll = dropping.IMG3D_FH_pictures.poll_drop
    assert poll(context("VIEW_3D", "UI", "Image to 3D"))
    assert poll(context("IMAGE_EDITOR", "UI", "Image to 3D"))
    assert poll(context("VIEW_3D", "WINDOW"))
    assert not poll(context("VIEW_3D", "UI", "Tool"))
    assert not poll(context("VIEW_3D", "HEADER"))
    assert not poll(context("IMAGE_EDITOR", "WINDOW"))
    assert not poll(SimpleNamespace(area=None, region=None))


def copied(monkeypatch, *, image=None, words=""):
    """Play the clipboard, which there is none of without a window."""

    def grab():
        if isinstance(image, Exception):
            raise image
        return image

    monkeypatch.setattr(ImageGrab, "grabclipboard", grab)
    return SimpleNamespace(window_manager=SimpleNamespace(clipboard=words), scene=bpy.context.scene)


def paste(context):
    pasting = SimpleNamespace(report=lambda _kind, words: pytest.fail(words))
    pasting._taken = lambda *given: clipboard.IMG3D_OT_paste_picture._taken(pasting, *given)
    return clipboard.IMG3D_OT_paste_picture.execute(pasting, context)


def test_paths_on_the_clipboard(scene, monkeypatch):
    path = EXAMPLES / "coin.png"
    for words in (str(path), f'"{path}"\n', path.as_uri()):
        choose(None)
        assert paste(copied(monkeypatch, words=words)) == {"FINISHED"}
        assert chosen().name == "coin.png"
    both = clipboard.paths_in(f"{path}\n{EXAMPLES / 'duck.png'}\n")
    assert [one.name for one in both] == ["coin.png", "duck.png"]
    assert clipboard.paths_in(f"{path}\nnone") == []
    assert clipboard.paths_in("") == clipboard.paths_in("x" * 10_000) == clipboard.paths_in("a\0b") == []


def test_an_image_on_the_clipboard_is_packed(scene, monkeypatch):
    paste(copied(monkeypatch, image=Pillow.linear_gradient("L").convert("CMYK"), words="a note"))
    assert chosen().packed_file
    assert tuple(chosen().size) == (256, 256)
    assert chosen().name == "clipboard"
    assert not list(session.scratch_folder().glob("clipboard-*")), "the file of the clipboard is left behind"


def test_a_file_copied_in_a_file_manager_is_taken_as_it_is(scene, monkeypatch):
    paste(copied(monkeypatch, image=[str(EXAMPLES / "coin.png")]))
    assert chosen().packed_file.data == (EXAMPLES / "coin.png").read_bytes()


@pytest.mark.parametrize("words", ["no picture on the clipboard", "notes.txt"])
def test_a_copied_file_that_is_no_picture_is_said(scene, monkeypatch, tmp_path, words):
    names = [tmp_path / "notes.txt"] if words == "notes.txt" else []
    for name in names:
        name.write_text("a note")
    with pytest.raises(pytest.fail.Exception, match=words):
        paste(copied(monkeypatch, image=[str(name) for name in names]))


def test_a_damaged_image_on_the_clipboard_is_said(scene, monkeypatch):
    data = (EXAMPLES / "coin.png").read_bytes()
    with pytest.raises(pytest.fail.Exception, match="cannot be read"):
        paste(copied(monkeypatch, image=Pillow.open(io.BytesIO(data[: len(data) // 2]))))


@pytest.mark.parametrize(
    ("image", "words"), [(None, "no picture on the clipboard"), (NotImplementedError(), "xclip"), (OSError("x"), "x")]
)
def test_an_empty_clipboard_is_said(scene, monkeypatch, image, words):
    with pytest.raises(pytest.fail.Exception, match=words):
        paste(copied(monkeypatch, image=image))
    assert chosen() is None


def test_an_address_is_fetched_only_with_online_access(scene, monkeypatch):
    with PlainServer() as server:
        data = (EXAMPLES / "coin.png").read_bytes()
        url = server.on("/gold%20coin.php", Reply(200, data, {"Content-Type": "image/png"}))
        with pytest.raises(pytest.fail.Exception, match="needs the network"):
            paste(copied(monkeypatch, words=url))
        assert not server.requests
        bpy.context.preferences.system.use_online_access = True
        paste(copied(monkeypatch, words=url))
        assert chosen().name == "gold coin"
        assert chosen().packed_file.data == data
        junk = server.on("/junk", Reply(200, b"not a picture at all", {"Content-Type": "application/x"}))
        with pytest.raises(pytest.fail.Exception, match="no picture"):
            paste(copied(monkeypatch, words=junk))


def test_what_is_made_in_the_background_is_taken_once(scene, tmp_path):
    def work(_control):
        path = tmp_path / "made.png"
        Pillow.new("RGB", (20, 20)).save(path)
        return path

    background.begin(scene, work, words="Making...", name="a name")
    arrived()
    assert chosen().name == "a name"
    assert background.under_way(scene) is None
    assert not list(tmp_path.glob("*.png"))


def test_what_fails_in_the_background_is_kept_until_it_is_dismissed(scene, operators):
    def work(_control):
        raise BadInput("It is no use", advice="Try another.")

    background.begin(scene, work, words="Making...", name="a name")
    making = background.under_way(scene)
    assert making.done.wait(10)
    background.take_all()
    assert background.under_way(scene).error == "It is no use. Try another."
    operators.stop_picture()
    assert background.under_way(scene) is None
    assert chosen() is None


def test_a_picture_for_a_scene_that_is_gone_is_dropped(scene, tmp_path):
    other = bpy.data.scenes.new("other")
    background.begin(other, lambda _control: tmp_path / "none.png", words="Making...", name="a name")
    making = background.under_way(other)
    assert making.done.wait(10)
    bpy.data.scenes.remove(other)
    background.take_all()
    assert not background.ready()


def test_the_image_of_an_empty(scene, operators):
    assert not operators.picture_from_empty.poll()
    empty = bpy.data.objects.new("reference", None)
    scene.collection.objects.link(empty)
    bpy.context.view_layer.objects.active = empty
    assert not operators.picture_from_empty.poll()
    empty.empty_display_type = "IMAGE"
    assert not operators.picture_from_empty.poll()
    empty.data = bpy.data.images.load(str(EXAMPLES / "duck.png"))
    assert operators.picture_from_empty() == {"FINISHED"}
    assert chosen() == empty.data
    empty.data.source = "MOVIE"
    assert not operators.picture_from_empty.poll()


def test_the_render_is_chosen_when_there_is_one(scene, operators):
    scene.render.engine, scene.render.resolution_x, scene.render.resolution_y = "CYCLES", 32, 24
    scene.cycles.samples = 1
    scene.camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(scene.camera)
    bpy.ops.render.render()
    assert operators.picture_from_render() == {"FINISHED"}
    assert chosen().name == "Scene render"
    assert chosen().packed_file and tuple(chosen().size) == (32, 24)
    assert not list(session.scratch_folder().glob("Render*"))
    choose(bpy.data.images["Render Result"])
    before = facts.key_of(chosen())
    bpy.ops.render.render()
    assert facts.key_of(chosen()) != before, "a new render would not be looked at"


@pytest.mark.parametrize("kind", ["file", "packed", "painted", "generated", "float"])
def test_a_repair_leaves_the_artists_image_as_it_was(scene, operators, tmp_path, kind):
    if kind in ("generated", "float"):
        image = bpy.data.images.new("sketch", 96, 48, alpha=True, float_buffer=kind == "float")
        image.generated_type = "COLOR_GRID"
    else:
        path = tmp_path / "chair.png"
        Pillow.linear_gradient("L").resize((96, 48)).save(path)
        image = bpy.data.images.load(str(path))
    if kind == "packed":
        image.pack()
    if kind == "painted":
        image.pixels[0:4] = (0.0, 1.0, 0.0, 1.0)[: image.channels]
        image.update()
    choose(image)
    before, content = state(image), image.pixels[:]
    assert operators.repair_picture(repair="pad") == {"FINISHED"}
    choose_again, made = image, chosen()
    assert made != image and made.packed_file
    assert made.name == ("sketch padded" if kind in ("generated", "float") else "chair padded")
    assert made.size[0] == made.size[1] > 96
    choose(choose_again)
    assert state(image) == before
    assert image.pixels[:] == content
    assert sorted(one.name for one in bpy.data.images if one.source != "VIEWER") == sorted([image.name, made.name])


def test_what_is_known_follows_the_picture(scene, operators, tmp_path):
    path = tmp_path / "chair.png"
    with Pillow.open(EXAMPLES / "mushroom.png") as picture:
        picture.resize((200, 150)).save(path)
    image = choose(bpy.data.images.load(str(path)))
    first = facts.known(image, scene)
    assert first.waiting and not first.seen
    found = looked(image)
    assert (found.seen.width, found.seen.height, found.seen.transparent) == (200, 150, True)
    assert facts.known(image, scene) is found, "it is looked at again and again"
    image.pixels[0:4] = (0.0, 1.0, 0.0, 1.0)
    image.update()
    assert looked(image).seen.size != found.seen.size
    assert image.is_dirty


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\x89PNG\r\n\x1a\n no more", "damaged|no picture"), (b"", "empty"), (None, "not there"), ("tiny", "4 x 4")],
)
def test_what_cannot_be_used_is_said_before_money_is_spent(scene, tmp_path, content, words):
    path = tmp_path / "odd.png"
    if content == "tiny":
        Pillow.new("RGB", (4, 4)).save(path)
    else:
        path.write_bytes(b"x" if content is None else content)
    image = choose(bpy.data.images.load(str(path)))
    if content is None:
        path.unlink()
    error = looked(image).error
    assert any(word in error for word in words.split("|")), error


@pytest.mark.parametrize("source", ["MOVIE", "SEQUENCE", "TILED"])
def test_what_is_no_single_picture_is_neither_looked_at_nor_repaired(scene, operators, source):
    image = choose(bpy.data.images.load(str(EXAMPLES / "coin.png")))
    image.source = source
    assert missing(image)
    assert not operators.repair_picture.poll()
    assert not operators.check_picture.poll()


def test_a_large_painting_is_looked_at_when_somebody_asks(scene, operators, monkeypatch):
    monkeypatch.setattr(facts, "MOST_COPIED", 1000)
    image = bpy.data.images.new("sketch", 64, 64)
    image.generated_type = "COLOR_GRID"
    choose(image)
    assert looked(image).large
    operators.check_picture()
    assert looked(image).seen.width == 64


def test_a_large_file_that_blender_itself_reads_is_looked_at_when_asked(scene, operators, monkeypatch, tmp_path):
    made = bpy.data.images.new("light", 64, 48, float_buffer=True)
    made.generated_type, made.file_format = "COLOR_GRID", "OPEN_EXR"
    made.save(filepath=str(tmp_path / "light.exr"))
    bpy.data.images.remove(made)
    image = bpy.data.images.load(str(tmp_path / "light.exr"))
    choose(image)
    monkeypatch.setattr(facts, "MOST_READ", 100)
    assert looked(image).large
    assert not image.has_data, "Blender was made to read it"
    operators.check_picture()
    assert looked(image).seen.width == 64


def test_a_file_load_forgets_what_was_on_its_way(scene):
    background.begin(scene, lambda control: control.sleep(60), words="Making...", name="a name")
    making = background.under_way(scene)
    facts.known(bpy.data.images.new("sketch", 8, 8), scene)
    bpy.ops.wm.read_homefile(use_empty=True)
    assert making.done.wait(10)
    assert not facts.wanting()
    assert background.under_way(bpy.context.scene) is None


def test_the_question_about_several_names_the_total(scene):
    asked = several.IMG3D_OT_generate_several
    assert "provider" in asked.bl_description
    drawn = []

    class Layout:
        def __getattr__(self, _name):
            return lambda *_given, **_more: self

        def label(self, *, text="", **_more):
            drawn.append(text)

    names = [SimpleNamespace(name=f"{number}.png") for number in range(11)]
    asking = SimpleNamespace(layout=Layout(), files=names, _warnings=())
    asking._orders = lambda context: asked._orders(asking, context)
    asked.draw(asking, bpy.context)
    assert "0.png" in drawn and "10.png" not in drawn
    assert "and 3 more" in drawn
    assert "Free" in drawn
    asking._warnings = ("A limit of yours would be passed. " * 5,)
    region = SimpleNamespace(width=4000)  # of the 3D view: the question is not as wide
    asked.draw(asking, SimpleNamespace(scene=scene, region=region, preferences=bpy.context.preferences))
    assert max(len(words) for words in drawn) < 80
