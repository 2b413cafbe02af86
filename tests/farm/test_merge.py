# SPDX-License-Identifier: GPL-3.0-or-later
"""One summary of the parts of a batch."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from img3d_addon.core.batch.merge import merge, ranges
from img3d_addon.core.batch.outcome import Outcome, write_summary
from img3d_addon.core.batch.rows import Row
from img3d_addon.core.batch.sheet import preview_of
from img3d_addon.core.errors import BadInput
from img3d_addon.core.values import Price

from .programs import environ


def outcome(number, state, *, folder="pictures", **more):
    row = Row(
        number=number, where="", picture=Path(folder) / f"p{number}.png", file=Path(f"p{number}.glb"), provider="x"
    )
    return Outcome(row=row, state=state, **more)


def part(folder, first, last, *outcomes, age=0.0, **head):
    """Write the summary of a range and the files that it tells of; `age` in seconds."""
    folder.mkdir(exist_ok=True)
    for one in outcomes:
        if one.state == "written":
            (folder / one.row.file).write_bytes(b"glTF")
    suffix = f"-{first}-{last}" if last else ""
    made, _ = write_summary(folder, outcomes, {"version": 1, "interrupted": False, **head}, suffix=suffix)
    then = made.stat().st_mtime - age
    os.utime(made, (then, then))


def states(merged):
    return [(one.row.number, one.state) for one in merged.outcomes]


def test_the_parts_of_one_folder_become_one_summary(tmp_path):
    part(tmp_path, 0, 2, outcome(0, "written", faces=7, cost=Price(amount=4, unit="credits")), outcome(1, "failed"))
    part(tmp_path, 2, 3, outcome(2, "uncertain", error="No answer.", job="1abc"), interrupted=True)
    merged = merge([tmp_path], tmp_path)
    assert states(merged) == [(0, "written"), (1, "failed"), (2, "uncertain")]
    assert not merged.missing
    said = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert said["counts"] == {"written": 1, "failed": 1, "uncertain": 1}
    assert said["interrupted"]
    assert said["rows"][0] | {"seconds": 0} == {
        "row": 1, "picture": str(Path("pictures/p0.png")), "state": "written", "provider": "x", "faces": 7,
        "seconds": 0, "cost": 4.0, "unit": "credits", "file": "p0.glb", "error": None, "job": None,
    }  # fmt: skip
    with (tmp_path / "summary-failed.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [(row["row"], row["error"]) for row in csv.DictReader(file)] == [("2", ""), ("3", "No answer.")]
    assert states(merge([tmp_path], tmp_path)) == states(merged)


def test_a_part_that_was_interrupted_and_then_done_leaves_nothing_behind(tmp_path):
    part(tmp_path, 0, 1, outcome(0, "open", job="1abc"), interrupted=True)
    for _again in range(2):
        merge([tmp_path], tmp_path)
        assert json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["interrupted"]
    part(tmp_path, 0, 1, outcome(0, "written"))
    assert states(merge([tmp_path], tmp_path)) == [(0, "written")]
    assert not json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["interrupted"]


def test_folders_of_several_machines_are_seen_from_the_one_that_gets_the_summary(tmp_path):
    part(tmp_path / "a", 0, 1, outcome(0, "written"))
    part(tmp_path / "b", 1, 2, outcome(1, "written", folder="Z:\\pictures"))
    (tmp_path / "out").mkdir()
    merged = merge([tmp_path / "a", tmp_path / "b"], tmp_path / "out")
    assert [one.row.file.as_posix() for one in merged.outcomes] == ["../a/p0.glb", "../b/p1.glb"]
    assert [one.state for one in merged.outcomes] == ["written", "written"]


@pytest.mark.parametrize(
    ("earlier", "later", "counts"),
    [
        ("failed", "written", "written"),
        ("written", "failed", "written"),
        ("failed", "uncertain", "uncertain"),
        ("uncertain", "waiting", "uncertain"),
        ("waiting", "open", "open"),
    ],
)
def test_what_was_written_counts_else_what_was_last_said(tmp_path, earlier, later, counts):
    part(tmp_path, 0, 5, outcome(0, earlier), age=60)
    part(tmp_path, 0, 1, outcome(0, later))
    assert states(merge([tmp_path], tmp_path)) == [(0, counts)]


def test_a_whole_run_after_the_parts_counts_too(tmp_path):
    part(tmp_path, 0, 2, outcome(0, "written"), outcome(1, "failed"), age=60)
    part(tmp_path, 0, 0, outcome(0, "written"), outcome(1, "written"), outcome(2, "written"))
    assert states(merge([tmp_path], tmp_path)) == [(0, "written"), (1, "written"), (2, "written")]


def test_rows_that_no_part_tells_of_are_named(tmp_path):
    part(tmp_path, 1, 2, outcome(1, "written"))
    part(tmp_path, 5, 6, outcome(5, "written"))
    merged = merge([tmp_path], tmp_path)
    assert ranges(merged.missing) == "1, 3-5"


def test_a_file_that_is_gone_is_a_failure(tmp_path):
    part(tmp_path, 0, 1, outcome(0, "written"))
    (tmp_path / "p0.glb").unlink()
    (found,) = merge([tmp_path], tmp_path).outcomes
    assert found.state == "failed"
    assert "p0.glb was written and is gone" in found.error


def test_parts_of_different_batches_are_refused(tmp_path):
    part(tmp_path, 0, 1, outcome(0, "written"))
    other = outcome(0, "failed")
    part(tmp_path, 0, 9, Outcome(row=Row(**{**vars(other.row), "picture": Path("table.png")}), state="failed"))
    with pytest.raises(BadInput, match=r"Row 1 is two pictures.*one batch"):
        merge([tmp_path], tmp_path)


@pytest.mark.parametrize("inside", [False, True], ids=["one folder", "folders below"])
def test_the_contact_sheets_become_one(tmp_path, inside):
    folders = [tmp_path / name if inside else tmp_path for name in "ab"]
    for number, folder in enumerate(folders):
        part(folder, number, number + 1, outcome(number, "written"))
        preview = preview_of(folder, Path(f"p{number}.glb"))
        preview.parent.mkdir(exist_ok=True)
        Image.new("RGBA", (64, 64), (200, 0, 0, 255) if number else (0, 0, 200, 255)).save(preview)
    merged = merge(sorted(set(folders)), tmp_path)
    assert [path.name for path in merged.files[-2:]] == ["contact-sheet.png", "contact-sheet.html"]
    with Image.open(merged.files[-2]) as sheet:
        colours = {colour for _count, colour in sheet.convert("RGB").getcolors(1 << 16)}
    assert {(200, 0, 0), (0, 0, 200)} <= colours
    page = merged.files[-1].read_text(encoding="utf-8")
    for link in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert (tmp_path / link).is_file(), link


def test_without_previews_there_is_no_contact_sheet(tmp_path):
    part(tmp_path, 0, 1, outcome(0, "written"))
    merge([tmp_path], tmp_path)
    assert not list(tmp_path.glob("contact*"))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"rows": [{"row": 1}]}', '{"rows": [7]}'])
def test_a_file_that_is_no_summary_is_named(tmp_path, content):
    (tmp_path / "summary-0-1.json").write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=r"summary-0-1\.json is no summary"):
        merge([tmp_path], tmp_path)


def test_a_folder_without_a_summary_is_refused(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BadInput, match="There is no"):
            merge([folder], tmp_path)


def command(*words):
    """Run the command line; returns the exit status, its events and its lines for people."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "img3d_addon", "batch-merge", *map(str, words), "--json"],
        env=environ(), capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_the_command_ends_well_when_every_row_is_written(tmp_path):
    part(tmp_path / "a", 0, 1, outcome(0, "written", cost=Price(amount=4, unit="credits")))
    part(tmp_path / "b", 1, 2, outcome(1, "written", cost=Price(amount=4, unit="credits")))
    status, events, err = command(tmp_path / "a", tmp_path / "b", "--out", tmp_path / "new" / "all")
    assert (status, err) == (0, "")
    assert [event["event"] for event in events] == ["summary"]
    assert (events[0]["written"], events[0]["cost"]) == (2, {"credits": 8.0})
    assert sorted(path.name for path in (tmp_path / "new" / "all").iterdir()) == [
        "summary-failed.csv", "summary-failed.json", "summary.csv", "summary.json"
    ]  # fmt: skip


def test_the_command_tells_what_is_not_done(tmp_path):
    part(tmp_path, 0, 1, outcome(0, "failed", error="No."))
    part(tmp_path, 2, 4, outcome(2, "waiting"), outcome(3, "written"))
    status, events, err = command(tmp_path)
    assert status == 1
    assert [(event["row"], event["message"]) for event in events[:-1]] == [(1, "No."), (3, "It is not done yet.")]
    assert "No part tells of the rows 2" in err


def test_the_command_wants_to_know_where_the_summary_of_several_folders_goes(tmp_path):
    status, _events, err = command(tmp_path, tmp_path)
    assert status == 2
    assert "--out" in err
