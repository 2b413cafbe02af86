# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment that build.py makes: when it is reused, what pip's trouble means, which libraries are missing."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools import environment, pip, system_libraries
from tools.talk import Stop

# --- the environment


def test_requirements_come_from_pyproject_with_included_groups(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(
        '[project]\ndependencies = ["a>=1"]\n[dependency-groups]\ntest = ["t"]\n'
        'dev = [{ include-group = "test" }, "d"]\n',
        encoding="utf-8",
    )
    assert environment.requirements("", file) == ["a>=1"]
    assert sorted(environment.requirements("dev", file)) == ["a>=1", "d", "t"]


def test_a_fuller_environment_is_reused_and_a_different_one_is_not() -> None:
    full, bare = environment.stamp("4.5", "dev"), environment.stamp("4.5")
    assert environment.covers(full, bare)
    assert not environment.covers(bare, full)
    assert not environment.covers(full, environment.stamp("4.2"))
    assert not environment.covers({}, bare)
    assert not environment.covers({**full, "root": "/moved"}, bare)


def test_a_half_made_environment_is_not_ready(tmp_path: Path) -> None:
    env = environment.Environment("4.5", tmp_path)
    wanted = environment.stamp("4.5")
    assert not environment.is_ready(env, wanted)
    env.python.parent.mkdir(parents=True)
    env.python.touch()
    assert not environment.is_ready(env, wanted)
    (tmp_path / "img3d-stamp.json").write_text('{"recipe": ', encoding="utf-8")  # cut off while it was written
    assert not environment.is_ready(env, wanted)
    (tmp_path / "img3d-stamp.json").write_text(json.dumps(wanted), encoding="utf-8")
    assert environment.is_ready(env, wanted)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("ERROR: No matching distribution found for bpy==4.5.*", "none that fits this system"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("connection broken by 'NewConnectionError(...)': /simple/bpy/", "could not be reached"),
        ("Cannot connect to proxy.", "HTTPS_PROXY"),
        ("SSLCertVerificationError: certificate verify failed", "PIP_CERT"),
        ("ERROR: something new", "see its last lines"),
    ],
)
def test_pip_failures_end_in_one_clear_sentence(line: str, word: str) -> None:
    text = pip.explain(["Collecting bpy", line], "bpy")
    assert text.startswith("pip could not install bpy: ")
    assert word in text.splitlines()[0]
    assert f"pip: {line}" in text


def test_pip_failing_for_real_is_explained(tmp_path: Path) -> None:
    (tmp_path / "broken-1.0-py3-none-any.whl").write_bytes(b"no zip")
    with pytest.raises(Stop, match="pip could not install .*broken"):
        pip.install(Path(sys.executable), ["--no-index", "--no-deps", str(tmp_path / "broken-1.0-py3-none-any.whl")])


# --- system libraries

_LDD = """\tlinux-vdso.so.1 (0x00007ffe)
\tlibutil.so.1 => /lib/x86_64-linux-gnu/libutil.so.1 (0x00007f1)
\tlibX11.so.6 => not found
\tlibSM.so.6 => not found
\tlibX11.so.6 => not found
"""


def test_ldd_names_each_missing_library_once() -> None:
    assert system_libraries.not_found(_LDD) == ["libSM.so.6", "libX11.so.6"]


def test_libraries_become_each_systems_packages() -> None:
    libraries = ["libX11.so.6", "libGL.so.1", "libnew.so.9"]
    assert system_libraries.packages_for(libraries, "apt-get") == ["libgl1", "libnew.so.9", "libx11-6"]
    assert system_libraries.packages_for(libraries, "pacman") == ["libglvnd", "libnew.so.9", "libx11"]
    assert system_libraries.packages_for(libraries, "dnf")[0] == "libX11.so.6()(64bit)"


def test_the_command_to_type_is_whole() -> None:
    assert system_libraries.by_hand("apt-get", ["libx11-6"]) == (
        "sudo apt-get update && sudo apt-get install --no-install-recommends libx11-6"
    )
    assert system_libraries.by_hand("apt-get", ["libx11-6"], sudo=False).endswith("libx11-6      (as root)")
    assert system_libraries.by_hand("dnf", ["libX11.so.6()(64bit)"]) == "sudo dnf install 'libX11.so.6()(64bit)'"


def test_without_a_right_to_install_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_libraries, "find_manager", lambda: "apt-get")
    monkeypatch.setattr(system_libraries, "_privilege", lambda: None)
    with pytest.raises(Stop, match="apt-get install --no-install-recommends libsm6 libx11-6") as stop:
        system_libraries.install_packages(["libsm6", "libx11-6"], why="Blender needs them")
    assert stop.value.status == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ldd and the table are for Linux")
def test_the_table_covers_what_blenders_own_files_need() -> None:
    bpy = importlib.util.find_spec("bpy")
    if bpy is None or bpy.origin is None:
        pytest.skip("this Python has no bpy")
    said = subprocess.run(["ldd", bpy.origin], capture_output=True, text=True, check=False).stdout
    outside = {line.split()[0] for line in said.splitlines() if "=> /lib" in line or "=> /usr" in line}
    x11 = {name for name in outside if name.startswith(("libX", "libxk", "libSM", "libICE", "libGL"))}
    transitive = {"libXau.so.6", "libXdmcp.so.6", "libGLdispatch.so.0"}
    assert x11 - transitive <= set(system_libraries.DEBIAN)
    assert set(system_libraries.DEBIAN) == set(system_libraries.ARCH)
