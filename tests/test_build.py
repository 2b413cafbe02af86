# SPDX-License-Identifier: GPL-3.0-or-later
"""build.py's own decisions: which Python, which packages, what is staged, what counts as passed. No network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import checks, docs, pytest_runs, pythons
from tools.talk import ROOT, Stop

# --- which Python


def test_each_supported_python_has_its_newest_blender() -> None:
    assert pythons.newest_blender((3, 11, 7)) == "4.5"
    assert pythons.newest_blender((3, 13, 0)) == "5.2"
    assert [pythons.newest_blender(version) for version in ((3, 10), (3, 12), (3, 14))] == [None, None, None]


def _fake_python(path: Path, answer: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ncat <<'E'\n{json.dumps(answer)}\nE\n", encoding="utf-8")
    path.chmod(0o755)
    return path


needs_sh = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")


@needs_sh
def test_a_python_is_believed_only_after_it_answered(tmp_path: Path) -> None:
    good = _fake_python(tmp_path / "good", ["/usr/bin/python3.13", [3, 13], "CPython", 64, False])
    answers: list[list[object]] = [
        ["/x", [3, 12], "CPython", 64, False],
        ["/x", [3, 13], "PyPy", 64, False],
        ["/x", [3, 13], "CPython", 32, False],
        ["/x", [3, 13], "CPython", 64, True],
    ]
    bad = [_fake_python(tmp_path / f"bad{number}", answer) for number, answer in enumerate(answers)]
    shim = tmp_path / "shim"
    shim.write_text("#!/bin/sh\necho 'pyenv: python3.13: command not found' >&2\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    assert pythons.probe([str(good)], (3, 13)) == "/usr/bin/python3.13"
    assert [pythons.probe([str(path)], (3, 13)) for path in [*bad, shim, tmp_path / "none"]] == [None] * 6


@needs_sh
def test_a_python_is_found_behind_a_dead_stand_in_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = tmp_path / "shims" / "python3.13"
    shim.parent.mkdir()
    shim.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    real = tmp_path / "pyenv" / "versions" / "3.13.9" / "bin" / "python3.13"
    _fake_python(real, [str(real), [3, 13], "CPython", 64, False])
    monkeypatch.setenv("PATH", f"{shim.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(sys, "version_info", (3, 12, 1))
    assert pythons.find((3, 13)) == str(real)


def test_candidates_look_in_path_first_and_name_nothing_twice(tmp_path: Path) -> None:
    for version in ("3.13.0", "3.13.5", "3.11.7"):
        python = tmp_path / ".pyenv" / "versions" / version / "bin" / f"python{version[:4]}"
        python.parent.mkdir(parents=True)
        python.touch()
    found = pythons.candidates((3, 13), {"PATH": os.pathsep.join(["/a", "/b", "/a"])}, tmp_path)
    words = [command[-1].replace(str(tmp_path), "~").replace("\\", "/") for command in found if command[0] != "py"]
    assert words[:4] == [
        "/a/python3.13",
        "/b/python3.13",
        "~/.pyenv/versions/3.13.5/bin/python3.13",
        "~/.pyenv/versions/3.13.0/bin/python3.13",
    ]


@pytest.mark.parametrize(
    ("system", "release", "command"),
    [
        ("Linux", {"ID": "debian", "VERSION_ID": "12"}, "sudo apt-get install python3.11 python3.11-venv"),
        ("Linux", {"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "sudo apt-get install python3.13 python3.13-venv"),
        ("Linux", {"ID": "fedora"}, "sudo dnf install python3.13"),
        ("Linux", {"ID": "opensuse-leap", "ID_LIKE": "suse opensuse"}, "sudo zypper install python313"),
        ("Linux", {}, "pyenv install 3.13"),
        ("Darwin", {}, "brew install python@3.13"),
        ("Windows", {}, "winget install Python.Python.3.13"),
    ],
)
def test_a_machine_without_a_fitting_python_is_told_what_installs_one(
    system: str, release: dict[str, str], command: str
) -> None:
    text = pythons.nothing_found(system, release)
    assert command in text
    assert "Python 3.13 or 3.11" in text


def test_machines_without_a_blender_module_are_told_why() -> None:
    assert pythons.no_wheel("Linux", "x86_64", "glibc") == ""
    assert pythons.no_wheel("Darwin", "arm64", "") == ""
    assert pythons.no_wheel("Windows", "AMD64", "") == ""
    assert "musl" in pythons.no_wheel("Linux", "x86_64", "")
    assert "aarch64" in pythons.no_wheel("Linux", "aarch64", "glibc")


def test_an_old_python_gets_a_sentence() -> None:
    """A Python of before 3.7 must be able to compile build.py up to its version check and stop there."""
    first = (ROOT / "build.py").read_text(encoding="utf-8").split("import argparse")[0]
    assert "from __future__" not in first
    old = first.replace("import sys", "import sys\nsys.version_info = (3, 6, 15)", 1)
    done = subprocess.run([sys.executable, "-c", old], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == "build.py needs Python 3.7 or newer to start; it then finds a 3.13 or 3.11 by itself."


# --- tests that judge tests


def _report(path: Path, **counts: int) -> Path:
    words = " ".join(f'{name}="{value}"' for name, value in counts.items())
    path.write_text(f"<testsuites><testsuite {words}/></testsuites>", encoding="utf-8")
    return path


def test_a_crash_after_the_report_is_no_failure_and_a_missing_report_is(tmp_path: Path) -> None:
    good = _report(tmp_path / "good.xml", tests=5, failures=0, errors=0, skipped=1)
    assert pytest_runs.judge(good, -11) == pytest_runs.Outcome(4, 0, 1, "")
    assert pytest_runs.judge(good, None).trouble == ""
    assert pytest_runs.judge(tmp_path / "none.xml", -11).failed == 1


def test_failed_errored_empty_and_interrupted_runs_do_not_pass(tmp_path: Path) -> None:
    failed = _report(tmp_path / "failed.xml", tests=5, failures=1, errors=1, skipped=0)
    assert pytest_runs.judge(failed, 1) == pytest_runs.Outcome(3, 2, 0, "tests failed")
    empty = _report(tmp_path / "empty.xml", tests=2, failures=0, errors=0, skipped=2)
    assert pytest_runs.judge(empty, 0).trouble == "no test passed"
    good = _report(tmp_path / "good.xml", tests=1, failures=0, errors=0, skipped=0)
    assert "status 2" in pytest_runs.judge(good, 2).trouble


def test_a_process_that_hangs_after_its_report_is_ended_and_its_report_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pytest_runs, "_GRACE", 0.3)
    report = _report(tmp_path / "hangs.xml", tests=1, failures=0, errors=0, skipped=0)
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    status = pytest_runs._wait(process, report)
    assert (status, process.poll() is not None) == (None, True)
    assert pytest_runs.judge(report, status).trouble == ""


def test_tests_see_neither_keys_nor_the_users_folders(tmp_path: Path) -> None:
    environ = {"PATH": "/bin", "STABILITY_API_KEY": "k", "SCENARIO_SDK_API_SECRET": "s", "IMG3D_STABILITY_URL": "u"}
    assert pytest_runs.clean_environ(environ) == {"PATH": "/bin"}
    assert set(pytest_runs.user_folders(tmp_path)) == {"IMG3D_HOME", "BLENDER_USER_RESOURCES"}


def test_every_test_file_belongs_to_a_layer() -> None:
    """A folder of tests that no layer runs would be skipped in silence."""
    ignored = {word.removeprefix("--ignore=tests/") for word in checks.plain_words() if word.startswith("--ignore=")}
    assert ignored == {"test_layers.py", "blender", "cli", "package", "window"}
    assert all((ROOT / "tests" / name).exists() for name in ignored)


# --- generated documentation


def test_a_readme_without_its_markers_is_refused() -> None:
    with pytest.raises(Stop, match="has lost its lines"):
        docs.replaced("# img3d", "| a |")
