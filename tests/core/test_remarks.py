# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a picture before money is spent, and which repair is offered."""

import pytest

from img3d_addon.core.files.remarks import REPAIRS, Seen, limit_words, remarks, size_words
from img3d_addon.core.values import ImageLimits
from img3d_addon.providers import load

WHOLE = (0.1, 0.1, 0.9, 0.9)
LIMITS = ImageLimits(min_side=640, max_side=2048, max_bytes=4_000_000, max_aspect=2.5)


def seen(**given):
    known = {"width": 1024, "height": 1024, "format": "PNG", "size": 300_000, "transparent": True}
    return Seen(**{**known, "how": "alpha", "box": WHOLE, **given})


def said(limits=LIMITS, **given):
    return [(one.kind, one.repair, one.warns) for one in remarks(seen(**given), limits, provider="Maker")]


def test_nothing_is_said_of_a_good_picture():
    assert said() == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"box": (0.4, 0.4, 0.6, 0.7)}, [("small", "crop", True)]),
        (
            {"width": 3000, "height": 700, "box": (0.1, 0.4, 0.9, 0.6)},
            [("long", "pad", True), ("large", "shrink", False)],
        ),
        ({"width": 1800, "height": 600, "box": (0.3, 0.1, 0.7, 0.9)}, [("long", "crop", True), ("tiny", "", False)]),
        ({"how": "plain", "transparent": False}, [("plain", "cut_out", False)]),
        ({"how": "plain", "transparent": False, "cut": True}, [("cut", "pad", True), ("plain", "cut_out", False)]),
        ({"how": "photo", "transparent": False}, [("busy", "", True)]),
        ({"how": "photo", "transparent": False, "box": (0.3, 0.3, 0.7, 0.7)}, [("busy", "", True)]),
        ({"how": "", "transparent": False, "box": None}, [("busy", "", True)]),
        ({"width": 4000, "height": 4000}, [("large", "shrink", False)]),
        ({"size": 5_000_000}, [("heavy", "shrink", False)]),
        ({"width": 600, "height": 600}, [("tiny", "", False)]),
        ({"width": 100, "height": 100}, [("tiny", "", True)]),
        ({"animated": True}, [("animated", "", False)]),
    ],
)
def test_each_fault_is_said_with_its_repair(given, expected):
    assert said(**given) == expected


def test_warnings_come_first_and_the_values_are_filled_in():
    found = remarks(seen(width=4000, height=4000, box=(0.5, 0.5, 0.6, 0.7)), LIMITS, provider="Maker")
    assert [one.warns for one in found] == [True, False]
    assert "20%" in str(found[0])
    assert "Maker" in str(found[1]) and "2048 x 2048" in str(found[1])


def test_every_repair_is_offered_for_something():
    pictures = [{"box": (0.4, 0.4, 0.5, 0.5)}, {"how": "plain", "cut": True}, {"width": 9000}]
    assert {repair for one in pictures for _kind, repair, _warns in said(**one)} >= set(REPAIRS)


def test_the_limits_of_each_provider_are_put_into_words():
    assert limit_words(LIMITS) == "640 to 2048 px, 2.5 : 1, 4 MB"
    assert limit_words(ImageLimits()) == ""
    assert limit_words(ImageLimits(min_side=64, max_pixels=4_194_304)) == "at least 64 px, 4.2 megapixels"
    assert all("px" in limit_words(provider.image) for provider in load().values())


@pytest.mark.parametrize(
    ("size", "words"), [(12, "12 bytes"), (1500, "1.5 KB"), (47_127, "47 KB"), (4_000_000, "4 MB"), (19e6, "19 MB")]
)
def test_sizes_are_said_as_people_read_them(size, words):
    assert size_words(int(size)) == words
