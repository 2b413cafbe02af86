# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels that are handed in with an order: written as a file before the journal knows of the job."""

import random
import threading
from array import array

import pytest
from PIL import Image

from img3d_addon.core.errors import OutputError
from img3d_addon.core.files import pixels as files
from img3d_addon.core.files.pixels import RULES, Pixels, Rule, shown, write
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.values import Order

from .fakes import LIMIT, Local, a_picture, settings

PLAIN = Rule(curved=False, divided=False)


def noise(width, height, *, channels=4, rule=PLAIN):
    chance = random.Random(4)
    values = array("f", (chance.uniform(-0.2, 1.3) for _ in range(width * height * channels)))
    return Pixels(width=width, height=height, channels=channels, values=values, rule=rule)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_the_fast_way_gives_the_colours_of_the_plain_one(tmp_path, rule):
    width, height = 7, 130  # more rows than one piece has
    pixels = noise(width, height, rule=rule)
    write(pixels, tmp_path / "folder" / "a.png")
    with Image.open(tmp_path / "folder" / "a.png") as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGBA", (width, height))
        found = image.tobytes()
    for row in range(height):
        for column in range(width):
            start = 4 * (width * (height - 1 - row) + column)
            expected = shown(pixels.values[start : start + 4], rule)
            at = 4 * (width * row + column)
            assert all(abs(one - other) <= 1 for one, other in zip(found[at : at + 4], expected, strict=True))


@pytest.mark.parametrize(
    ("channels", "expected"), [(1, (51, 51, 51, 255)), (2, (51, 51, 51, 255)), (3, (51, 102, 153, 255))]
)
def test_fewer_channels_are_filled_up(tmp_path, channels, expected):
    values = array("f", [0.2, 0.4, 0.6][:channels] * 6)
    write(Pixels(width=3, height=2, channels=channels, values=values, rule=PLAIN), tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert image.getcolors() == [(6, expected)]


def test_what_is_no_number_is_some_colour(tmp_path):
    values = array("f", [float("nan"), float("inf"), float("-inf"), 1.0] * 4)
    write(Pixels(width=2, height=2, channels=4, values=values, rule=RULES[-1]), tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert image.getpixel((0, 0))[1:] == (255, 0, 255)


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="The picture could not be written"):
        write(noise(4, 4), tmp_path / "file" / "a.png")


def a_provider():
    made = Local()
    made.let_finish.set()
    return made


@pytest.fixture
def engine(tmp_path):
    made = Engine(settings(tmp_path / "home"), {"local": a_provider()})
    yield made
    made.close()


def test_the_picture_is_a_file_before_the_job_is_journalled(tmp_path, engine, monkeypatch):
    order = Order(provider="local", image=tmp_path / "Skizze.png", pixels=noise(70, 50))
    known = []
    write_it = files.write

    def look(pixels, path):
        known.append([job.id for job in engine._journal.list(None)])
        write_it(pixels, path)

    monkeypatch.setattr(files, "write", look)
    *_, last = engine.drive(order)
    assert known == [[]]
    assert order.image.is_file()
    job = engine.job(last.job)
    assert (job.state, job.name, job.picture.has_alpha) == ("ready", "Skizze", True)
    assert engine._registry.ticket(last.job).pixels is None


def test_of_a_picture_that_cannot_be_written_no_job_is_kept(tmp_path, engine):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError):
        list(engine.drive(Order(provider="local", image=tmp_path / "file" / "a.png", pixels=noise(70, 50))))
    assert not engine._journal.list(None)


def test_a_job_whose_turn_never_came_is_kept_with_its_picture(tmp_path, engine, monkeypatch):
    """The one before it is being written while Blender ends."""
    begun, go_on = threading.Event(), threading.Event()
    write_it = files.write

    def slow(pixels, path):
        begun.set()
        assert go_on.wait(LIMIT)
        write_it(pixels, path)

    monkeypatch.setattr(files, "write", slow)
    orders = [Order(provider="local", image=tmp_path / f"{name}.png", pixels=noise(70, 50)) for name in "ab"]
    ids = [engine.submit(order) for order in orders]
    assert begun.wait(LIMIT)
    threading.Timer(0.2, go_on.set).start()
    engine.close()
    again = Engine(settings(tmp_path / "home"), {"local": a_provider()})
    try:
        assert sorted(job.id for job in again.jobs()) == sorted(ids)
        assert all(order.image.is_file() for order in orders)
        *_, last = again.drive(ids[1])
        assert last.kind == "downloaded"
    finally:
        again.close()


def test_a_job_that_is_cancelled_before_its_turn_lets_go_of_its_pixels(tmp_path, engine, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr(files, "write", lambda _pixels, _path: (begun.set(), go_on.wait(LIMIT), a_picture(tmp_path)))
    first, second = (
        engine.submit(Order(provider="local", image=a_picture(tmp_path), pixels=noise(70, 50))) for _ in range(2)
    )
    assert begun.wait(LIMIT)
    engine.cancel(second)
    go_on.set()
    assert engine.wait_idle(LIMIT)
    assert engine.job(second).state == "cancelled"
    assert engine.job(first).state == "ready"
    assert engine._registry.ticket(second).pixels is None
