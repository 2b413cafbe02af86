# SPDX-License-Identifier: GPL-3.0-or-later
"""What a farm starts for each task: rows, homes, lines for the log, exit status, signals."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .programs import TASK, environ

FAKE = """
import json, os, sys
for line in json.loads(sys.argv[1]):
    print(line if isinstance(line, str) else json.dumps(line), flush=True)
with open(sys.argv[2], "w") as file:
    json.dump([sys.argv[4:], os.environ.get("IMG3D_HOME")], file)
sys.exit(int(sys.argv[3]))
"""
WAITS = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
print("ready", flush=True)
while True:
    time.sleep(0.05)
"""


@pytest.fixture
def task():
    """Return the script as a module."""
    spec = importlib.util.spec_from_file_location("img3d_task", TASK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(task, tmp_path, monkeypatch, capfd):
    """Run a task with a stand-in for img3d that says `lines` and ends with `status`."""
    monkeypatch.setattr(task, "pass_on_signals", lambda child: None)  # they would stay behind in this process

    def go(*words, lines=(), status=0):
        fake, seen = tmp_path / "fake.py", tmp_path / "seen.json"
        fake.write_text(FAKE, encoding="utf-8")
        command = [sys.executable, str(fake), json.dumps(list(lines)), str(seen), str(status)]
        monkeypatch.setattr(task, "program", lambda args: command)
        found = task.main([str(word) for word in words])
        given, home = json.loads(seen.read_text(encoding="utf-8"))
        return found, capfd.readouterr().out.splitlines()[1:], given, home

    return go


def test_a_range_of_the_farm_is_one_of_the_batch(run, tmp_path):
    for rows, wanted in (("11-20", "10:20"), ("7", "6:7"), ("7-7", "6:7")):
        _, _, given, _ = run("--home", tmp_path, "--rows", rows, "--", "batch", "a.csv", "--out", "o")
        assert given == ["batch", "a.csv", "--out", "o", "--json", "--range", wanted]


def test_further_words_come_in_one_text(run, tmp_path):
    _, _, given, _ = run("--options=--provider fal -o 'prompt=a chair'", "--", "batch", "a.csv")
    assert given == ["batch", "a.csv", "--provider", "fal", "-o", "prompt=a chair", "--json"]


@pytest.mark.parametrize("rows", ["0-3", "5-4", "a-b", "1-3:2", "-4"])
def test_a_range_that_is_none_is_refused(task, rows, capsys):
    with pytest.raises(SystemExit) as ended:
        task.main([f"--rows={rows}", "--", "batch", "a.csv"])
    assert ended.value.code == 2
    assert "is no range of rows" in capsys.readouterr().err


def test_the_words_for_img3d_are_asked_for(task, capsys):
    with pytest.raises(SystemExit) as ended:
        task.main(["--rows", "1-2"])
    assert ended.value.code == 2
    assert "-- batch SOURCE" in capsys.readouterr().err


def test_each_task_has_a_home_of_its_own_and_finds_it_again(run, tmp_path, monkeypatch):
    def home(rows, *words):
        return run("--rows", rows, *words, "--", "batch", "a.csv", "--out", "o")[3]

    base = ("--home", tmp_path / "local")
    assert home("1-2", *base, "--name", "chairs") == str(tmp_path / "local" / "chairs" / "rows-1-2")
    assert home("3-4", *base, "--name", "../up there") == str(tmp_path / "local" / "_up_there" / "rows-3-4")
    assert Path(home("3-4", *base, "--name", "..")).parent.parent == tmp_path / "local"
    assert home("1-2", *base) == home("1-2", *base) != home("3-4", *base)
    monkeypatch.setenv("IMG3D_HOME", str(tmp_path / "set"))
    assert home("1-2", "--name", "chairs") == str(tmp_path / "set" / "chairs" / "rows-1-2")
    monkeypatch.delenv("IMG3D_HOME")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert home("1-2", "--name", "chairs").startswith(str(tmp_path / "img3d-farm-"))
    monkeypatch.setenv("IMG3D_HOME", "kept")
    assert run("--", "batch-merge", "o")[3] == "kept"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows has no owners of this kind")
def test_a_folder_that_somebody_else_has_made_is_not_used(task, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(os, "getuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(SystemExit):
        task.main(["--rows", "1-2", "--home", str(tmp_path), "--", "batch", "a.csv"])
    assert "belongs to another user" in capsys.readouterr().err


def test_events_become_the_lines_of_open_job_description(run, tmp_path):
    lines = [
        {"event": "progress", "job": "1", "stage": "running"},
        {"event": "written", "job": "1", "path": "o/a.glb"},
        "Blender said something",
        {"event": "failed", "job": "2", "message": "The picture\nis empty."},
        {"event": "summary", "job": None},
    ]
    status, said, _, _ = run("--openjd", "--home", tmp_path, "--rows", "1-4", "--", "batch", lines=lines, status=1)
    assert status == 1
    assert said == [
        "written: o/a.glb",
        "openjd_progress: 25.0",
        "openjd_status: 1 of 4 rows, 0 failed",
        "Blender said something",
        "failed: The picture is empty.",
        "openjd_progress: 50.0",
        "openjd_status: 2 of 4 rows, 1 failed",
        "openjd_fail: The picture is empty.",
    ]


def test_without_open_job_description_the_lines_are_for_people(run, tmp_path):
    lines = [{"event": "written", "job": "1", "path": "o/a.glb"}]
    status, said, _, _ = run("--home", tmp_path, "--rows", "1-1", "--", "batch", lines=lines)
    assert (status, said) == (0, ["written: o/a.glb"])


@pytest.mark.parametrize(
    ("status", "left", "wanted"),
    [(0, 0, 0), (1, 0, 0), (2, 0, 0), (1, None, 1), (3, None, 3), (5, 4, 5), (130, 4, 130)],
)
def test_rows_that_failed_need_not_fail_the_task(run, tmp_path, status, left, wanted):
    summary = [] if left is None else [{"event": "summary", "job": None, "left": left}]
    lines = [{"event": "failed", "job": "1", "message": "No."}, *summary]
    words = ("--failed-rows", "REPORT", "--home", tmp_path, "--rows", "1-2", "--", "batch")
    assert run(*words, lines=lines, status=status)[0] == wanted


@pytest.mark.kill
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM between processes")
def test_a_farm_that_takes_the_task_away_lets_img3d_end_in_order(tmp_path):
    fake = tmp_path / "img3d"
    fake.write_text(f"#!{sys.executable}\n{WAITS}", encoding="utf-8")
    fake.chmod(0o755)
    command = [sys.executable, TASK, "--blender", fake, "--home", tmp_path, "--rows", "1-2", "--", "batch", "a"]
    with subprocess.Popen(list(map(str, command)), env=environ(), stdout=subprocess.PIPE, text=True) as child:
        while "ready" not in child.stdout.readline():
            assert child.poll() is None
        child.send_signal(signal.SIGTERM)
        assert child.wait(60) == 130
