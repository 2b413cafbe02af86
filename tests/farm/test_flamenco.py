# SPDX-License-Identifier: GPL-3.0-or-later
"""The job type of Flamenco: compiled by a strict stand-in of its Manager, and run as its Worker does."""

import subprocess
import sys

import pytest

from .programs import SMALL, TASK, compiled, environ, pictures

SETTINGS = {"source": "/shared/rows.csv", "results": "/shared/out", "task_script": "/shared/img3d_task.py"}


def words(task):
    (command,) = task["commands"]
    assert command["name"] == "exec"
    return command["parameters"]["exe"], command["parameters"]["args"]


def test_a_job_becomes_a_task_for_each_range_and_one_that_waits_for_all():
    made = compiled({**SETTINGS, "rows": 25, "rows_per_task": 10, "options": "--provider fal --jobs 8"})
    *tasks, merge = made["tasks"]
    assert [task["name"] for task in tasks] == ["rows-1-10", "rows-11-20", "rows-21-25"]
    assert merge["dependencies"] == [task["name"] for task in tasks]
    assert {task["type"] for task in made["tasks"]} == {"blender"}
    exe, args = words(tasks[1])
    assert exe == "python3"
    assert args == [
        *("/shared/img3d_task.py", "--blender", "{blender}", "--python", "", "--failed-rows", "report"),
        *("--rows", "11-20", "--name=chairs", "--home", "", "--options=--provider fal --jobs 8"),
        *("--", "batch", "/shared/rows.csv", "--out", "/shared/out", "--resume"),
    ]
    assert words(merge)[1][-3:] == ["--", "batch-merge", "/shared/out"]


def test_every_path_is_a_word_of_its_own_so_that_flamenco_can_translate_it():
    for task in compiled({**SETTINGS, "rows": 1})["tasks"]:
        assert not [word for word in words(task)[1] if "/shared/" in word and not word.startswith("/shared/")]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"source": ""}, "source is empty"),
        ({"results": ""}, "results is empty"),
        ({"rows": 0}, "rows must be a whole number"),
        ({"rows_per_task": -1}, "rows_per_task must be a whole number"),
        ({"rows": 2.5}, "rows must be a whole number"),
    ],
)
def test_a_job_that_cannot_work_is_refused_when_it_is_submitted(settings, complaint):
    with pytest.raises(RuntimeError, match=complaint):
        compiled({**SETTINGS, **settings})


def test_the_tasks_make_the_files(tmp_path):
    source = pictures(tmp_path / "pictures", ["coin", "duck"])
    made = compiled(
        {
            "source": str(source),
            "results": str(tmp_path / "out"),
            "rows": 2,
            "rows_per_task": 1,
            "options": SMALL,
            "task_script": str(TASK),
            "local_folder": str(tmp_path / "local"),
            "python": sys.executable,
            "blender_module": sys.executable,
        }  # fmt: skip
    )
    for task in made["tasks"]:
        exe, args = words(task)
        done = subprocess.run(
            [exe, *args], env=environ(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (task["name"], done.stdout, done.stderr)
    assert {path.name for path in (tmp_path / "out").glob("*.glb")} == {"coin.glb", "duck.glb"}
    assert sorted(path.name for path in (tmp_path / "local" / "chairs").iterdir()) == ["rows-1-1", "rows-2-2"]
    assert '"written": 2' in (tmp_path / "out" / "summary.json").read_text(encoding="utf-8")
