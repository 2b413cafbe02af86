# SPDX-License-Identifier: GPL-3.0-or-later
"""The fuzz run itself: it passes a sound generator, and tells the seed of whatever is wrong."""

import collections

import numpy as np
import pytest
from PIL import Image, ImageDraw

from img3d_addon.providers.offline.silhouette import NoObject, Options, reconstruct

from . import fuzz_offline as fuzz


@pytest.fixture(scope="module")
def glb(tmp_path_factory):
    path = tmp_path_factory.mktemp("disc") / "disc.png"
    image = Image.new("RGBA", (80, 80))
    ImageDraw.Draw(image).ellipse((10, 10, 70, 70), fill="red")
    image.save(path)
    return reconstruct(path, Options(faces=500, texture_size=512)).glb


def test_a_sound_file_passes(glb):
    fuzz.judge(glb)


def test_a_wrong_index_is_found(glb):
    found = fuzz.Glb(glb)
    indices = next(one for one in found.document["accessors"] if one["type"] == "SCALAR")
    view = found.document["bufferViews"][indices["bufferView"]]
    data = bytearray(glb)
    at = len(glb) - len(found.buffer) + view["byteOffset"]
    data[at : at + 6] = np.array([0, 0, 1], "<u2").tobytes()
    with pytest.raises(AssertionError):
        fuzz.judge(bytes(data))


def test_the_same_seed_makes_the_same_picture_and_options(tmp_path):
    for seed in range(12):
        first, second = ([fuzz.picture(random), random.random()] for random in map(np.random.default_rng, [[seed]] * 2))
        assert first[0][0] == second[0][0]
        assert first[0][1].tobytes() == second[0][1].tobytes()
        assert first[1] == second[1]


def test_an_exception_is_told_with_its_options(monkeypatch):
    def broken(*_args):
        raise ZeroDivisionError("an edge of no length")

    monkeypatch.setattr(fuzz, "reconstruct", broken)
    seed, outcome, story = fuzz.attempt(3)
    assert (seed, outcome) == (3, "FAILED")
    assert "an edge of no length" in story
    assert "'mode':" in story


def test_an_unknown_sentence_is_a_failure(monkeypatch):
    def refused(*_args):
        raise NoObject("Something is odd", "Try again.")

    monkeypatch.setattr(fuzz, "reconstruct", refused)
    assert fuzz.attempt(3)[1] == "FAILED"
    monkeypatch.setattr(fuzz, "SENTENCES", ("Something",))
    assert fuzz.attempt(3)[1] == "Something"


@pytest.mark.parametrize(
    ("counts", "status"), [({"solid": 3}, 0), ({"solid": 3, "FAILED": 1}, 1), ({"The mask": 3}, 1)]
)
def test_the_end_is_good_only_with_solids_and_no_failure(counts, status, capsys):
    assert fuzz.report(collections.Counter(counts), wanted=10) == status
    assert "of 10: the time was over" in capsys.readouterr().out
