# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests and folders as people have them, and clear sentences for what is wrong with them."""

import os
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from img3d_addon.core.batch.entries import is_plain
from img3d_addon.core.batch.manifest import read_manifest
from img3d_addon.core.batch.sources import find
from img3d_addon.core.errors import BadInput


def write(path, text, *, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def test_a_csv_with_quotes_unicode_a_mark_and_windows_line_ends(tmp_path):
    head = "picture,provider,name,params.seed,after.size\r\n"
    text = head + '"a, b.png",offline,"Stuhl ""groß"" 椅子",7,0.9\r\n\r\nc.png,,,,\r\n'
    first, second = read_manifest(write(tmp_path / "rows.csv", text, encoding="utf-8-sig"))
    assert first.picture == tmp_path / "a, b.png"
    assert (first.provider, first.name) == ("offline", 'Stuhl "groß" 椅子')
    assert (first.params, first.after) == ({"seed": "7"}, {"size": "0.9"})
    assert first.where == "rows.csv, line 2"
    assert (second.where, second.provider, second.params) == ("rows.csv, line 4", "", {})


def test_a_quoted_line_break_is_counted(tmp_path):
    first, second = read_manifest(write(tmp_path / "rows.csv", 'picture,name\n"a.png","two\nlines"\nb.png,x\n'))
    assert (first.where, second.where) == ("rows.csv, line 2", "rows.csv, line 4")


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_separators_are_seen(tmp_path, mark):
    (entry,) = read_manifest(write(tmp_path / "rows.csv", f"Picture{mark} Params.seed \na.png{mark}3\n"))
    assert entry.params == {"seed": "3"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("picture,name\n\n", "is empty"),
        ("name\nx\n", "names no column 'picture'"),
        ("picture,provder\na.png,offline\n", "'provder', which means nothing here. Did you mean 'provider'"),
        ("picture,colour\na.png,red\n", "params.NAME"),
        ("picture,name,name\na.png,b,c\n", "'name' twice"),
        ('picture,name\na.png,"b\nc.png,d\n', "from line 2 on: a quote is never closed"),
    ],
)
def test_a_csv_that_cannot_be_read_is_refused_as_a_whole(tmp_path, text, words):
    with pytest.raises(BadInput) as caught:
        read_manifest(write(tmp_path / "rows.csv", text))
    assert words in str(caught.value)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "rows.csv").write_bytes(b"picture\n\xff\xfe.png\n")
    with pytest.raises(BadInput, match="is not UTF-8"):
        read_manifest(tmp_path / "rows.csv")


def test_a_broken_row_is_named_by_its_line_and_the_others_go_on(tmp_path):
    text = "picture,name\na.png,b,c,d\n,x\nb.png,../up\nc.png,c\n"
    many, none, up, good = read_manifest(write(tmp_path / "rows.csv", text))
    assert many.error.startswith("rows.csv, line 2 cannot be used: it has more cells")
    assert none.error == "rows.csv, line 3 cannot be used: no picture is named in it"
    assert "no name of a file below the output folder" in up.error
    assert not good.error


def test_json_lines(tmp_path):
    lines = [
        '{"picture": "a.png", "params": {"seed": 7}, "after": {"texture": false}, "params.faces": 900}',
        "",
        "{broken",
        "[1]",
        '{"picture": "b.png", "pictur": 1}',
        '{"picture": "c\u2028d.png"}',
    ]
    good, broken, no_object, unknown, odd = read_manifest(write(tmp_path / "rows.jsonl", "\r\n".join(lines)))
    assert good.params == {"seed": 7, "faces": 900}
    assert good.after == {"texture": False}
    assert broken.error.startswith("rows.jsonl, line 3 cannot be used: it is no JSON")
    assert "line 4" in no_object.error
    assert "'pictur'" in unknown.error
    assert "Did you mean 'picture'?" in unknown.error
    assert odd.picture.name == "c\u2028d.png"


def test_a_list_in_json(tmp_path):
    (entry,) = read_manifest(write(tmp_path / "rows.json", '[{"picture": "/x/a.png"}]'))
    assert (entry.picture, entry.where) == (Path("/x/a.png"), "rows.json, item 1")
    with pytest.raises(BadInput, match="is no list"):
        read_manifest(write(tmp_path / "other.json", '{"picture": 1}'))


def folder(tmp_path):
    for name in ("b.png", "a.JPG", ".hidden.png", "notes.txt", "in/c.png", "out/preview.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_a_folder_is_searched_in_order_and_says_what_it_leaves_out(tmp_path):
    found = find([folder(tmp_path)])
    assert [entry.where for entry in found.entries] == ["a.JPG", "b.png"]
    assert "2 folders inside" in found.notes[0]
    assert "--recursive" in found.notes[0]
    assert "1 file in" in found.notes[1]


def test_folders_inside_without_the_one_for_results(tmp_path):
    found = find([folder(tmp_path)], recursive=True, skip=tmp_path / "out")
    assert [(entry.where, str(entry.folder)) for entry in found.entries] == [
        ("a.JPG", "."),
        ("b.png", "."),
        (os.path.join("in", "c.png"), "in"),  # noqa: PTH118 - as the system writes it
    ]


def test_a_link_that_leads_back_up_is_no_endless_search(tmp_path):
    folder(tmp_path)
    (tmp_path / "in" / "loop").symlink_to(tmp_path)
    assert len(find([tmp_path], recursive=True, skip=tmp_path / "out").entries) == 3


def test_a_pattern(tmp_path):
    found = find([folder(tmp_path) / "**" / "*.png"], skip=tmp_path / "out")
    assert [entry.picture.name for entry in found.entries] == ["b.png", "c.png"]
    with pytest.raises(BadInput, match="No picture fits the pattern"):
        find([tmp_path / "*.webp"])


def test_results_in_the_folder_of_the_pictures_are_no_pictures(tmp_path):
    folder(tmp_path)
    (tmp_path / "contact-sheet.png").touch()
    assert len(find([tmp_path], skip=tmp_path).entries) == 2
    assert [entry.picture.name for entry in find([tmp_path / "**" / "*.png"], skip=tmp_path).entries] == ["b.png"]
    with pytest.raises(BadInput, match="could not be told from pictures"):
        find([tmp_path], recursive=True, skip=tmp_path)


def test_results_are_no_pictures_however_their_folder_is_written(tmp_path):
    folder(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "out")
    for out in (tmp_path / "in" / ".." / "out", tmp_path / "link"):
        assert len(find([tmp_path], recursive=True, skip=out).entries) == 3
        assert len(find([tmp_path / "**" / "*.png"], skip=out).entries) == 2


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        (PurePosixPath("in/a"), True),
        (PurePosixPath("a:b"), True),
        (PurePosixPath("/a"), False),
        (PurePosixPath("in/../../a"), False),
        (PurePosixPath("a\0b"), False),
        (PureWindowsPath(r"in\a"), True),
        (PureWindowsPath("C:a"), False),
        (PureWindowsPath(r"\a"), False),
        (PureWindowsPath("/a"), False),
    ],
)
def test_a_name_stays_below_the_output_folder(path, plain):
    assert is_plain(path) is plain


def test_nothing_to_be_found(tmp_path):
    with pytest.raises(BadInput, match="There is no folder, manifest or picture"):
        find([tmp_path / "gone"])
    (tmp_path / "sub").mkdir()
    with pytest.raises(BadInput, match="no picture in the folder .*--recursive"):
        find([tmp_path])
