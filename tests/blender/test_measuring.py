# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts are cut where Blender's font ends, not where a number of letters does."""

from img3d_addon.blender.measuring import width_of_text, wrapped


def test_wide_letters_are_wider():
    assert width_of_text("MMMM") > 2 * width_of_text("iiii") > 0


def test_each_line_fits_and_nothing_is_lost():
    text = "The picture was sent, but no answer came: the service may have made the object, and charged it"
    for width in (80.0, 150.0, 300.0):
        found = wrapped(text, width=width)
        assert " ".join(found) == text
        assert all(width_of_text(line) <= width for line in found)


def test_a_long_word_stands_alone():
    assert wrapped("see /a/very/long/path/that/fits/nowhere.png there", width=60.0) == [
        "see",
        "/a/very/long/path/that/fits/nowhere.png",
        "there",
    ]
    assert wrapped("", width=60.0) == []
