# SPDX-License-Identifier: GPL-3.0-or-later
"""The job template: checked and run by Open Job Description's own program."""

import json
import sys

from .programs import FARM, SMALL, openjd, pictures

TEMPLATE = FARM / "template.yaml"
STUDIO = "/studio/project"


def parameters(**given):
    return [word for name, value in given.items() for word in ("-p", f"{name}={value}")]


def test_the_template_keeps_to_the_specification():
    status, said = openjd("check", TEMPLATE)
    assert status == 0, said


def test_a_job_has_its_tasks_and_its_files_as_parameters():
    given = parameters(Pictures="p", Results="r", Rows="1-25", RowsPerTask=10, Manifest="rows.csv")
    status, said = openjd("summary", TEMPLATE, *given, "--output", "json")
    assert status == 0, said
    found = json.loads(said)
    assert [step["name"] for step in found["steps"]] == ["Generate", "Merge"]
    assert found["total_tasks"] == 26
    kinds = {one["name"]: one["type"] for one in found["parameter_definitions"]}
    assert {name for name, kind in kinds.items() if kind == "PATH"} == {"Pictures", "Results", "TaskScript"}


def test_two_chunks_and_the_merge_run_with_translated_paths(tmp_path):
    source = pictures(tmp_path / "pictures", ["coin", "duck"])
    (source / "broken.png").write_bytes(b"")
    (source / "rows.csv").write_text("picture\ncoin.png\nduck.png\nbroken.png\n", encoding="utf-8")
    rules = {
        "version": "pathmapping-1.0",
        "path_mapping_rules": [
            {"source_path_format": "POSIX", "source_path": STUDIO, "destination_path": str(tmp_path)}
        ],
    }
    given = {
        "Pictures": f"{STUDIO}/pictures", "Manifest": "rows.csv", "Results": f"{STUDIO}/out", "Rows": "1-3",
        "RowsPerTask": 2, "Options": SMALL, "LocalFolder": tmp_path / "local", "BatchName": "three pictures",
        "Python": sys.executable, "BlenderModule": sys.executable,
    }  # fmt: skip
    words = ("run", TEMPLATE, "--path-mapping-rules", json.dumps(rules), "--step", "Merge")
    status, said = openjd(*words, *parameters(**given, FailedRows="REPORT"), "--run-dependencies")
    assert status == 0, said
    for line in ("Row(CHUNK[INT]) = 1-2", "Row(CHUNK[INT]) = 3-3", "openjd_progress: 50.0", "openjd_progress: 100.0"):
        assert line in said
    assert "openjd_status: 2 of 2 rows, 0 failed" in said
    assert {path.name for path in (tmp_path / "out").glob("*.glb")} == {"coin.glb", "duck.glb"}
    homes = sorted(path.name for path in (tmp_path / "local" / "three_pictures").iterdir())
    assert homes == ["rows-1-2", "rows-3-3"]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["counts"] == {"written": 2, "failed": 1}
    assert [row["row"] for row in summary["rows"]] == [1, 2, 3]

    status, said = openjd(*words, *parameters(**given, FailedRows="FAIL"), "--no-run-dependencies")
    assert status != 0
    assert "openjd_fail: " in said
    assert "is empty" in said
