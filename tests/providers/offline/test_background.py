# SPDX-License-Identifier: GPL-3.0-or-later
"""The background's choices from the order to the GLB: what was taken is said, and a mask is followed."""

import json

import numpy as np
import pytest
from PIL import Image

from img3d_addon.core.errors import BadInput
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.settings import Settings
from img3d_addon.core.values import Order
from img3d_addon.providers.offline import Offline

from .drawing import WHITE, Sheet
from .surfaces import Glb, assert_solid

RED, BLUE = (210, 50, 40), (30, 80, 190)


@pytest.fixture
def engine(tmp_path):
    made = Engine(Settings(home=tmp_path / "home", online=False, environ={}), {"offline": Offline()})
    yield made
    made.close()


def made(engine, path, **params):
    """Return the GLB of a job, and all that was told on the way."""
    order = Order(provider="offline", image=path, params={"faces": 1000, "texture_size": 512, **params})
    events = list(engine.drive(order))
    return Glb(events[-1].path.read_bytes()), [event.message for event in events]


def aspect(glb):
    """Return width / height of the model."""
    width, height, _depth = np.ptp(glb.points, axis=0)
    return width / height


def two_things(page=WHITE):
    """A red disc beside a blue box."""
    return Sheet(300, 200, page=page).disc(80, 100, 60, RED).box(180, 80, 280, 120, BLUE)


@pytest.mark.parametrize(
    ("page", "params", "method", "words"),
    [
        (None, {}, "alpha", "transparent background"),
        (WHITE, {}, "plain", "plain background"),
        (WHITE, {"background": "none"}, "none", "whole picture"),
    ],
)
def test_it_says_which_treatment_it_took(engine, tmp_path, page, params, method, words):
    glb, told = made(engine, two_things(page).save(tmp_path / "two.png"), **params)
    assert glb.document["asset"]["extras"]["segmentation"] == method
    assert any(f"({words})" in message for message in told), told


def test_the_whole_picture_keeps_its_proportions(engine, tmp_path):
    glb, _told = made(engine, two_things().save(tmp_path / "two.png"), background="none")
    assert aspect(glb) == pytest.approx(1.5, rel=0.01)


@pytest.mark.parametrize("mode", ["inflate", "relief", "extrude", "revolve"])
def test_every_mode_takes_the_whole_picture(engine, tmp_path, mode):
    glb, _told = made(engine, two_things().save(tmp_path / "two.png"), background="none", mode=mode)
    assert_solid(*glb.welded())


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_mask_chooses_among_things_and_turns_with_the_picture(engine, tmp_path, orientation):
    """Both files are of one camera, which stood on its side."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    two_things().done().convert("RGB").save(tmp_path / "two.jpg", quality=95, exif=exif)
    mask = Sheet(300, 200, page=(0, 0, 0)).box(180, 80, 280, 120, WHITE).done().convert("L")
    mask.save(tmp_path / "mask.png", exif=exif)
    glb, told = made(engine, tmp_path / "two.jpg", background="mask", mask=str(tmp_path / "mask.png"))
    assert aspect(glb) == pytest.approx(2.5 if orientation == 1 else 0.4, rel=0.03)
    assert glb.document["asset"]["extras"]["segmentation"] == "mask"
    assert any("(mask picture)" in message for message in told)


def test_a_mask_of_another_shape_is_bad_input(engine, tmp_path):
    path = two_things().save(tmp_path / "two.png")
    mask = Sheet(200, 200, page=(0, 0, 0)).disc(100, 100, 50, WHITE).save(tmp_path / "mask.png")
    with pytest.raises(BadInput, match="another shape than the picture.*neither cropped nor turned"):
        made(engine, path, background="mask", mask=str(mask))


def test_a_mask_must_be_named_where_it_is_wanted_and_only_there(engine, tmp_path):
    path = two_things().save(tmp_path / "two.png")
    with pytest.raises(BadInput, match="background = mask needs a mask picture"):
        made(engine, path, background="mask")
    with pytest.raises(BadInput, match="mask can be given only with background = mask"):
        made(engine, path, mask=str(path))


def test_the_facts_tell_what_was_taken_off(engine, tmp_path):
    path = two_things().line([(5, 190), (295, 196)], 1, (20, 20, 20)).save(tmp_path / "two.png")
    _glb, told = made(engine, path)
    assert any("(plain background, hairlines removed)" in message for message in told)
    facts = engine.jobs()[0].model.facts
    assert json.loads(json.dumps(facts))["hairlines_removed"] is True
