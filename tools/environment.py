# SPDX-License-Identifier: GPL-3.0-or-later
"""Make and reuse the virtual environment of one Blender version: `.venv-bpy45` and its like."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import pip, pythons, system_libraries
from .locking import locked
from .talk import ROOT, Stop, say

_RECIPE = 1  # raise it when environments made by an older build.py are no good any more
_STAMP = "img3d-stamp.json"  # written last: without it the environment is half made
_STARTS = "img3d-starts"  # Blender was started in it, so that all system libraries were there


@dataclass(frozen=True)
class Environment:
    """A folder with a Python of its own and one Blender module."""

    blender: str
    folder: Path

    @property
    def python(self) -> Path:
        """The interpreter of the environment."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def tool(self, name: str) -> Path:
        """The path of an installed command, such as ruff."""
        return self.python.with_name(f"{name}.exe" if os.name == "nt" else name)

    def ask(self, code: str) -> str:
        """Run one line of Python in the environment and return what it prints."""
        return subprocess.run(
            [self.python, "-X", "utf8", "-c", code], check=True, capture_output=True, text=True, encoding="utf-8"
        ).stdout.strip()

    def package_folder(self, name: str) -> Path:
        """The folder of an installed package, found without importing it."""
        return Path(self.ask(f"import importlib.util as u; print(u.find_spec({name!r}).submodule_search_locations[0])"))


def ensure(blender: str, group: str = "") -> Environment:
    """Return the finished environment of a Blender line, made when it is missing, half made or out of date.

    `group` names a dependency group of pyproject.toml that is needed on top.
    """
    env = Environment(blender, ROOT / f".venv-bpy{blender.replace('.', '')}")
    wanted = stamp(blender, group)
    if not (is_ready(env, wanted) and (env.folder / _STARTS).exists()):
        with locked(env.folder.with_name(f"{env.folder.name}.lock")):
            if not is_ready(env, wanted):
                _make(env, wanted)
            if not (env.folder / _STARTS).exists():
                system_libraries.ensure(env.python)
                (env.folder / _STARTS).touch()
    return env


def requirements(group: str = "", pyproject: Path = ROOT / "pyproject.toml") -> list[str]:
    """Return what pyproject.toml asks for: the dependencies, and those of `group` with the groups it includes."""
    data = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    found = list(data["project"]["dependencies"])
    groups = [group] if group else []
    while groups:
        for item in data["dependency-groups"][groups.pop()]:
            if isinstance(item, str):
                found.append(item)
            else:
                groups.append(item["include-group"])
    return found


def stamp(blender: str, group: str = "") -> dict[str, Any]:
    """Return what an environment must have been made from."""
    packages = sorted([f"bpy=={blender}.*", *requirements(group)])
    return {"recipe": _RECIPE, "root": str(ROOT), "packages": packages}


def is_ready(env: Environment, wanted: dict[str, Any]) -> bool:
    """Tell whether the environment was finished from at least what is wanted, and its Python is still there."""
    return env.python.exists() and covers(_read_stamp(env), wanted)


def covers(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Tell whether one stamp has all that another wants; an environment with more packages will do."""
    same = all(found.get(key) == value for key, value in wanted.items() if key != "packages")
    return same and set(wanted["packages"]) <= set(found.get("packages", ()))


def _read_stamp(env: Environment) -> dict[str, Any]:
    try:
        return json.loads((env.folder / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _make(env: Environment, wanted: dict[str, Any]) -> None:
    bare = {**wanted, "packages": [p for p in wanted["packages"] if p in stamp(env.blender)["packages"]]}
    if not is_ready(env, bare):
        _create(env)
    (env.folder / _STAMP).unlink(missing_ok=True)
    say(f"Installing Blender {env.blender} as a Python module into {env.folder.name} (about 350 MB, once) ...")
    pip.install(env.python, wanted["packages"])
    site = Path(env.ask("import sysconfig; print(sysconfig.get_path('purelib'))"))
    (site / "img3d.pth").write_text(f"{ROOT}\n", encoding="locale")
    (env.folder / _STAMP).write_text(json.dumps(wanted, indent=1), encoding="utf-8")


def _create(env: Environment) -> None:
    reason = pythons.no_wheel(platform.system(), platform.machine(), platform.libc_ver()[0])
    if reason:
        raise Stop(reason)
    version = pythons.BLENDERS[env.blender]
    python = pythons.find(version)
    dotted = f"{version[0]}.{version[1]}"
    if not python:
        raise Stop(f"Blender {env.blender} needs Python {dotted}, which was not found on this machine.")
    if env.folder.exists():
        say(f"{env.folder.name} is unfinished or out of date: making it anew.")
        shutil.rmtree(env.folder)
    _need_venv(python, dotted)
    say(f"Making {env.folder.name} with {python} ...")
    done = subprocess.run(
        [python, "-m", "venv", str(env.folder)], capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        raise Stop(f"Python could not make {env.folder}:\n{(done.stderr or done.stdout).strip()[-800:]}")


def _need_venv(python: str, dotted: str) -> None:
    """Debian and Ubuntu deliver `venv` without `ensurepip`, as a package of its own."""
    if subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True, check=False).returncode == 0:
        return
    why = f"Python {dotted} cannot make virtual environments, because its venv package is missing"
    system_libraries.install_packages([f"python{dotted}-venv"], why=why, only_with="apt-get")
