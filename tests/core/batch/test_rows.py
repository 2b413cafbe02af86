# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows with their settings and the names of their files, and what makes two of them the same work."""

from pathlib import Path

import pytest

from img3d_addon.core.batch.entries import Entry
from img3d_addon.core.batch.keys import Digests
from img3d_addon.core.batch.rows import Defaults, make_rows
from img3d_addon.core.errors import BadInput
from img3d_addon.core.params import File, Int
from tests.core.fakes import Local, Remote, a_picture


class Masked(Remote):
    name = "masked"
    params = (Int("seed", 1, min=0, max=9), File("mask", ""))


PROVIDERS = {"remote": Remote(), "local": Local(), "masked": Masked()}


def defaults(**values):
    def check(given, provider, params):
        if given.get("size") == "huge":
            raise BadInput("size = 'huge' is not allowed")
        return {"size": 0, **given}

    given = {"provider": "remote", "params": {"seed": 3}, "after": {}, "format": "glb", "kinds": ("glb", "obj")}
    return Defaults(**{**given, "check_after": check, **values})


def rows_of(*entries, **values):
    return make_rows(entries, defaults(**values), PROVIDERS)


def entry(picture, **values):
    return Entry(where=picture, picture=Path(picture), **values)


def files(*pictures):
    return [str(row.file) for row in rows_of(*(entry(picture) for picture in pictures))]


def test_every_row_has_a_file_of_its_own():
    assert files("a.png", "b.png") == ["a.glb", "b.glb"]
    assert files("a.png", "a.jpg", "A.webp") == ["a_png.glb", "a_jpg.glb", "A_webp.glb"]
    assert files("x/a.png", "y/a.png", "a_png.bmp") == ["a_png_2.glb", "a_png_3.glb", "a_png.glb"]


def test_names_and_kinds_of_a_row():
    named, other = rows_of(entry("a.png", name="red/chair.glb"), entry("b.png", format=".OBJ", folder=Path("in")))
    assert str(named.file) == "red/chair.glb"
    assert str(other.file) == "in/b.obj"


def test_a_row_takes_from_the_command_line_what_it_does_not_say():
    same, own, other = rows_of(
        entry("a.png"), entry("b.png", params={"seed": "7"}), entry("c.png", provider="local", after={"size": 2})
    )
    assert (same.params, own.params) == ({"seed": 3}, {"seed": 7})
    assert other.params == {"seed": 1}  # those of the command line are for its own provider
    assert other.after == {"size": 2}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"provider": "remot"}, "Did you mean 'remote'"),
        ({"params": {"seed": "x"}}, "seed = 'x' is not allowed"),
        ({"params": {"sed": "1"}}, "Did you mean 'seed'"),
        ({"after": {"size": "huge"}}, "size = 'huge'"),
        ({"format": "doc"}, "'doc' is no kind of file"),
        ({"error": "line 3 cannot be used"}, "line 3"),
    ],
)
def test_a_row_that_cannot_be_made_says_why_and_which(values, words):
    bad, good = rows_of(entry("line 3", **values), entry("b.png"))
    assert words in str(bad.error)
    assert "line 3" in str(bad.error)
    assert good.error is None


@pytest.mark.parametrize("name", ["x" * 300, "\u00e9" * 120, "x" * 300 + "/a", "/".join(["x" * 100] * 30), "\ud800"])
def test_a_file_that_no_disk_takes_is_refused_before_it_is_paid(name):
    bad, good = rows_of(entry("a.png", name=name), entry("b.png"))
    assert "cannot be named" in str(bad.error)
    assert (str(bad.file), str(good.file), good.error) == ("row_1.glb", "b.glb", None)


def test_ten_thousand_rows_share_their_settings():
    rows = rows_of(*(entry(f"{number}.png") for number in range(10_000)))
    assert len({id(row.params) for row in rows}) == 1


def keys(row, digests=None):
    return (digests or Digests()).keys(row, PROVIDERS[row.provider], after_defaults={"size": 0})


def test_the_key_is_content_and_settings_and_not_the_name(tmp_path):
    one, other = a_picture(tmp_path, "a.png"), a_picture(tmp_path, "b.png")
    first, same, seed, size, kind = rows_of(
        entry(str(one)),
        entry(str(other)),
        entry(str(one), params={"seed": 4}),
        entry(str(one), after={"size": 2}),
        entry(str(one), format="obj"),
    )
    assert keys(first) == keys(same)
    assert keys(seed).job != keys(first).job
    assert keys(size).job == keys(kind).job == keys(first).job  # paid once, written anew
    assert len({keys(row).file for row in (first, size, kind)}) == 3


def test_a_file_among_the_parameters_counts_by_its_content(tmp_path):
    picture, mask = a_picture(tmp_path, "a.png"), a_picture(tmp_path, "mask.png")
    row = entry(str(picture), provider="masked", params={"mask": "mask.png"}, base=tmp_path)
    (before,) = rows_of(row)
    assert before.params["mask"] == str(mask)
    first = keys(before)
    mask.write_bytes(mask.read_bytes() + b"more")
    assert keys(before).job != first.job


def test_an_unchanged_picture_is_not_read_again(tmp_path):
    (row,) = rows_of(entry(str(a_picture(tmp_path))))
    digests = Digests()
    first = keys(row, digests)
    known = Digests(digests.fresh)
    stamp = row.picture.stat()
    row.picture.write_bytes(bytes(stamp.st_size))
    import os

    os.utime(row.picture, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert keys(row, known) == first  # by its size and time
    os.utime(row.picture, ns=(stamp.st_atime_ns, stamp.st_mtime_ns + 1))
    assert keys(row, known) != first


def test_a_picture_that_is_not_there_is_bad_input(tmp_path):
    (row,) = rows_of(entry(str(tmp_path / "gone.png")))
    with pytest.raises(BadInput, match="There is no picture"):
        keys(row)
