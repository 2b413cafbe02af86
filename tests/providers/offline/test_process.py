# SPDX-License-Identifier: GPL-3.0-or-later
"""The child process: progress, cancelling, its death and its parent's, and the way without one."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from img3d_addon.core.errors import BadInput
from img3d_addon.core.helper import process as processes, python
from img3d_addon.providers.offline import process

from .drawing import WHITE, Sheet
from .surfaces import Glb

RED = (210, 50, 40)
PACKAGE = Path(process.__file__).parents[2]
LONG = 20.0  # seconds: only a hang takes so long


@pytest.fixture
def job(tmp_path):
    """Return a job, with everything in a folder whose name is not plain ASCII."""
    folder = tmp_path / "Bücher und Töne"
    folder.mkdir()
    picture = Sheet(page=WHITE).disc(120, 120, 80, RED).save(folder / "a.png")
    options = {"faces": 2000, "texture_size": 512, "name": "Gänseblümchen"}
    return {"picture": str(picture), "output": str(folder / "out.glb"), "options": options}


@pytest.fixture
def children(monkeypatch):
    """Return the list that every started child is put on; at the end none of them is alive."""
    started = []
    start = subprocess.Popen

    def remember(*arguments, **given):
        started.append(start(*arguments, **given))
        return started[-1]

    monkeypatch.setattr(processes.subprocess, "Popen", remember)
    yield started
    assert all(child.poll() is not None for child in started)


def ended(work):
    """Run to the end; return the facts and what was told on the way."""
    told = []
    while True:
        try:
            told.append(next(work))
        except StopIteration as end:
            return end.value, told


def stage(work, wanted=""):
    """Run until a stage begins."""
    return next(told for told in work if told and wanted in told[1])


def written(job):
    return Glb(Path(job["output"]).read_bytes())


def test_a_child_does_the_job_and_tells_its_stages(job, children):
    facts, told = ended(process.generate(job))
    stages = [step for step in told if step]
    assert len(children) == 1
    assert [fraction for fraction, _name in stages] == sorted(fraction for fraction, _name in stages)
    assert len(stages) > 4
    assert all(0 <= fraction <= 1 and name for fraction, name in stages)
    assert facts["faces"] == len(written(job).triangles)
    assert written(job).document["nodes"][0]["name"] == "Gänseblümchen"
    assert sorted(path.name for path in Path(job["output"]).parent.iterdir()) == ["a.png", "out.glb"]


def test_child_and_this_process_write_the_same(job, children, monkeypatch):
    ended(process.generate(job))
    first = Path(job["output"]).read_bytes()
    monkeypatch.setattr(python, "_python", lambda: None)
    facts, _told = ended(process.generate(job))
    assert len(children) == 1
    assert Path(job["output"]).read_bytes() == first
    assert facts["method"] == "inflate"


def test_closing_ends_the_child_and_leaves_no_file(job, children):
    work = process.generate(job)
    stage(work)
    assert children[0].poll() is None
    Path(job["output"]).with_suffix(".part").write_bytes(b"half")
    work.close()
    assert children[0].poll() is not None
    assert [path.name for path in Path(job["output"]).parent.iterdir()] == ["a.png"]


def test_something_comes_while_the_child_is_silent(job, children, monkeypatch):
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    start = subprocess.Popen
    monkeypatch.setattr(processes.subprocess, "Popen", lambda _command, **given: start(command, **given))
    work = process.generate(job)
    assert [next(work) for _ in range(3)] == [None] * 3
    work.close()


def test_a_child_that_is_killed_is_one_sentence(job, children):
    work = process.generate(job)
    stage(work)
    children[0].kill()
    with pytest.raises(process.Broken) as caught:
        ended(work)
    assert "ended with status" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.advice


def test_a_child_that_fails_says_its_last_line_and_logs_the_rest(job, children, caplog):
    job["options"]["unheard_of"] = 1
    with pytest.raises(process.Broken, match="status 1: TypeError: .*unheard_of") as caught:
        ended(process.generate(job))
    assert "Traceback" not in str(caught.value)
    assert "Traceback" in caplog.text


def test_a_folder_that_cannot_be_written_is_one_sentence(job, children, tmp_path):
    job["output"] = str(tmp_path / "missing" / "out.glb")
    with pytest.raises(process.Broken, match="FileNotFoundError"):
        ended(process.generate(job))


def test_the_same_in_this_process(job, children, tmp_path, monkeypatch):
    monkeypatch.setattr(python, "_python", lambda: None)
    job["output"] = str(tmp_path / "missing" / "out.glb")
    with pytest.raises(process.Broken, match="could not read or write"):
        ended(process.generate(job))


@pytest.mark.parametrize("alone", [False, True], ids=["child", "this process"])
def test_a_picture_without_an_object_is_refused_either_way(job, children, alone, monkeypatch):
    if alone:
        monkeypatch.setattr(python, "_python", lambda: None)
    Sheet(page=WHITE).save(job["picture"])
    with pytest.raises(BadInput, match="one colour") as caught:
        ended(process.generate(job))
    assert caught.value.advice
    assert len(children) == (0 if alone else 1)


def test_a_python_without_our_libraries_is_no_failure(job, children, monkeypatch):
    monkeypatch.setattr(python, "_folders", lambda _libraries: [])
    facts, _told = ended(process.generate(job))
    assert len(children) == 1
    assert facts["faces"] == len(written(job).triangles)


def test_a_program_that_does_not_start_is_no_failure(job, children, monkeypatch):
    def refuse(*_arguments, **_given):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(processes.subprocess, "Popen", refuse)
    assert ended(process.generate(job))[0]["faces"]


def test_python_is_found_where_none_is_named(tmp_path, monkeypatch):
    folder = tmp_path / "bin"
    folder.mkdir()
    own = folder / f"python{sys.version_info.major}.{sys.version_info.minor}"
    own.touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    for stated in ("", str(tmp_path / "blender"), str(tmp_path / "python-gone")):
        monkeypatch.setattr(sys, "executable", stated)
        assert python._python() == own
    own.unlink()
    assert python._python() is None


def run_child(job, package=PACKAGE):
    """Start the child as the add-on does, and send it the job."""
    program = package / "core" / "helper" / "plain.py"
    folders = os.pathsep.join(python._folders(("numpy", "PIL.Image")))
    command = [sys.executable, "-I", "-S", str(program), folders, "numpy,PIL.Image", "providers.offline.work"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdin.write(json.dumps(job).encode() + b"\n")
    child.stdin.flush()
    return child


def test_the_child_ends_when_its_parent_is_gone(job):
    child = run_child({**job, "options": {**job["options"], "faces": 200_000}})
    assert json.loads(child.stdout.readline()) == {"ready": True}
    child.stdin.close()
    assert child.wait(LONG) == 3
    child.stdout.close()
    assert not Path(job["output"]).exists()


def test_the_child_ends_when_its_parent_is_killed(job, tmp_path):
    """The parent is a process of its own, which cannot say goodbye."""
    script = (
        "import sys, json\n"
        "from img3d_addon.providers.offline import process\n"
        "job = json.loads(sys.argv[1])\n"
        "from img3d_addon.core.helper import process as processes\n"
        "start = processes.subprocess.Popen\n"
        "def tell(*a, **k):\n"
        "    child = start(*a, **k); print(child.pid, flush=True); return child\n"
        "processes.subprocess.Popen = tell\n"
        "next(x for x in process.generate(job) if x)\n"
        "sys.stdin.read()\n"
    )
    root = PACKAGE.parent
    large = {**job, "options": {**job["options"], "faces": 200_000}}
    command = [sys.executable, "-c", script, json.dumps(large)]
    parent = subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    number = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    for pipe in (parent.stdin, parent.stdout):
        pipe.close()
    end = time.monotonic() + LONG
    while is_alive(number):
        assert time.monotonic() < end, "the child outlives its parent"
        time.sleep(0.05)
    assert not Path(job["output"]).with_suffix(".part").exists()


def is_alive(number):
    if os.name == "nt":
        listed = subprocess.run(["tasklist", "/FI", f"PID eq {number}"], capture_output=True, text=True, check=False)
        return str(number) in listed.stdout
    state = Path(f"/proc/{number}/stat")
    if Path("/proc/self/stat").exists():
        return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_parts_work_under_any_name_and_place(job, tmp_path):
    """Blender installs the package as bl_ext.<repository>.img3d; the child never imports it by name."""
    copy = tmp_path / "bl_ext" / "user default" / "anything"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    child = run_child(job, copy)
    lines = child.stdout.readlines()
    assert child.wait(LONG) == 0
    child.stdin.close()
    child.stdout.close()
    assert "result" in json.loads(lines[-1])
    assert len(written(job).triangles) > 500
