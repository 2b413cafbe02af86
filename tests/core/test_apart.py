# SPDX-License-Identifier: GPL-3.0-or-later
"""Large pictures in a child process: the same files, the same sentences, and no child where it would not pay."""

import threading
import time
from dataclasses import replace

import pytest
from PIL import Image

from img3d_addon.core.errors import BadInput, Cancelled, OutputError
from img3d_addon.core.files import apart, images
from img3d_addon.core.helper import python
from img3d_addon.core.values import ImageLimits

from .fakes import LIMIT

LIMITS = ImageLimits(max_side=200, min_side=64, max_bytes=99_000)


@pytest.fixture(autouse=True)
def all_are_large(monkeypatch):
    monkeypatch.setattr(apart, "LARGE", 0)


@pytest.fixture
def children(monkeypatch):
    """Return the list that every started child is put on; at the end none of them is alive."""
    started = []

    class Remembered(python.Process):
        def __init__(self, command):
            super().__init__(command)
            started.append(self)

    monkeypatch.setattr(python, "Process", Remembered)
    yield started
    assert not any(child.alive for child in started)
    assert not [thread for thread in threading.enumerate() if thread.name == "img3d child reader"]


def drawing(mode="RGB", size=(300, 200)):
    image = Image.merge("RGB", [Image.linear_gradient("L").rotate(turn).resize(size) for turn in (0, 90, 180)])
    if mode == "RGBA":
        image.putalpha(Image.radial_gradient("L").resize(size))
        return image
    return image.convert(mode)


def save(tmp_path, image, name="Stühle.png", **options):
    path = tmp_path / name
    image.save(path, **options)
    return path


@pytest.mark.parametrize(
    ("mode", "name"), [("RGB", "a.jpg"), ("CMYK", "a.jpg"), ("RGBA", "ä b.png"), ("I;16", "a.png")]
)
def test_the_child_writes_what_this_process_writes(tmp_path, children, mode, name):
    image = (
        drawing("L").convert("I").point(lambda value: value * 257 + 0).convert("I;16")
        if mode == "I;16"
        else drawing(mode)
    )
    source = save(tmp_path, image, name)
    here = images.prepare(source, LIMITS, folder=tmp_path / "here", name="Stuhl")
    there = apart.prepare(source, LIMITS, folder=tmp_path / "there", name="Stuhl")
    assert len(children) == 1
    assert replace(there, path=here.path) == here
    assert there.path == tmp_path / "there" / here.path.name
    assert there.path.read_bytes() == here.path.read_bytes()


def test_a_picture_beside_the_main_one_goes_the_same_way(tmp_path, children):
    source = save(tmp_path, drawing())
    images.prepare_beside(source, LIMITS, path=tmp_path / "here.png")
    apart.prepare_beside(source, LIMITS, path=tmp_path / "there" / "mask.png")
    assert len(children) == 1
    assert (tmp_path / "there" / "mask.png").read_bytes() == (tmp_path / "here.png").read_bytes()


def test_a_small_picture_starts_no_child(tmp_path, children, monkeypatch):
    monkeypatch.setattr(apart, "LARGE", 60_000)
    apart.prepare(save(tmp_path, drawing()), LIMITS, folder=tmp_path / "job")
    assert not children
    apart.prepare(save(tmp_path, drawing(size=(301, 200))), LIMITS, folder=tmp_path / "job")
    assert len(children) == 1


def refusals(tmp_path):
    """Yield pictures that are refused, as (source, limits, folder, whether its header says it already)."""
    job = tmp_path / "job"
    cut = save(tmp_path, Image.effect_noise((200, 200), 90), "cut.png")
    cut.write_bytes(cut.read_bytes()[:9000])
    clear = drawing("RGBA")
    clear.putalpha(0)
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "file").write_text("in the way")
    yield cut, LIMITS, job, False
    yield save(tmp_path, clear, "clear.png"), LIMITS, job, False
    yield save(tmp_path, Image.new("RGB", (99, 99), "teal"), "teal.png"), LIMITS, job, False
    yield save(tmp_path, Image.effect_noise((200, 200), 90), "n.png"), ImageLimits(max_bytes=9, min_side=99), job, False
    yield save(tmp_path, drawing(), "good.png"), LIMITS, tmp_path / "file" / "job", False
    yield save(tmp_path, drawing(size=(9, 99)), "thin.png"), LIMITS, job, True
    yield tmp_path / "text.png", LIMITS, job, True
    yield tmp_path / "none.png", LIMITS, job, True


def test_every_refusal_is_the_same_to_the_letter(tmp_path, children):
    for source, limits, folder, at_once in refusals(tmp_path):
        started = len(children)
        told = []
        for way in (images.prepare, apart.prepare):
            with pytest.raises((BadInput, OutputError)) as caught:
                way(source, limits, folder=folder)
            told.append((type(caught.value), caught.value.message, caught.value.advice))
        assert told[0] == told[1]
        assert len(children) - started == (0 if at_once else 1)
        assert not (tmp_path / "job").exists(), "nothing is half-written"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_bomb_is_refused_from_its_header_by_the_limit_of_this_process(tmp_path, children, monkeypatch):
    source = save(tmp_path, drawing())
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 59_999)
    with pytest.raises(BadInput, match="has 300 x 200 pixels"):
        apart.prepare(source, LIMITS, folder=tmp_path / "job")
    assert not children
    picture = save(tmp_path, drawing(size=(200, 200)))
    assert list(apart.run(apart_request(picture, tmp_path, most=40_000))) == [(0.0, "preparing")]
    with pytest.raises(BadInput, match="has 200 x 200 pixels"):
        list(apart.run(apart_request(picture, tmp_path, most=39_999)))


def apart_request(source, tmp_path, *, most):
    limits = {"formats": ["png"], "max_side": 200}
    return {"source": str(source), "limits": limits, "folder": str(tmp_path / "job"), "name": "", "most": most}


def test_the_first_of_an_animation_is_used_and_said(tmp_path, children, caplog):
    source = save(tmp_path, drawing("P"), "a.gif", save_all=True, append_images=[drawing("P").rotate(180)])
    apart.prepare(source, LIMITS, folder=tmp_path / "job")
    assert caplog.text.count("a.gif is animated; its first picture is used") == 1


def test_a_cancel_kills_the_child_and_leaves_nothing(tmp_path, children, monkeypatch):
    source = save(tmp_path, Image.effect_noise((2500, 2500), 90), "large.png", compress_level=1)
    (tmp_path / "job").mkdir()

    def check():
        if children:
            (tmp_path / "job" / "input.png.part").write_bytes(b"half")
            raise Cancelled("Cancelled")

    monkeypatch.setattr(python, "QUIET", 0.01)
    with pytest.raises(Cancelled):
        apart.prepare(source, LIMITS, folder=tmp_path / "job", check=check)
    assert len(children) == 1
    assert not list((tmp_path / "job").iterdir())


def test_a_crash_is_one_sentence(tmp_path, children, monkeypatch):
    source = save(tmp_path, Image.effect_noise((2500, 2500), 90), "large.png", compress_level=0)
    monkeypatch.setattr(python, "QUIET", 0.01)
    end = time.monotonic() + LIMIT

    def crash():
        assert time.monotonic() < end
        if begun:
            children[0].kill()

    begun = []
    told = python._told

    def remember(messages):
        for message in told(messages):
            begun.extend([message] if message else [])
            yield message

    monkeypatch.setattr(python, "_told", remember)
    with pytest.raises(BadInput, match=r"^large.png could not be opened: .* ended with status ") as caught:
        apart.prepare(source, LIMITS, folder=tmp_path / "job", check=crash)
    assert "\n" not in str(caught.value)
    assert caught.value.advice


@pytest.mark.parametrize("missing", ["python", "libraries", "permission"])
def test_where_there_can_be_no_child_it_is_done_here(tmp_path, monkeypatch, missing):
    def refuse(_command):
        raise PermissionError(13, "Permission denied")

    given = {
        "python": ("_python", lambda: None),
        "libraries": ("_folders", lambda _l: []),
        "permission": ("Process", refuse),
    }
    monkeypatch.setattr(python, *given[missing])
    picture = apart.prepare(save(tmp_path, drawing()), LIMITS, folder=tmp_path / "job")
    assert picture.path.is_file()
    apart.prepare_beside(save(tmp_path, drawing()), LIMITS, path=tmp_path / "job" / "mask.png")
    assert (tmp_path / "job" / "mask.png").is_file()
