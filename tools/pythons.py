# SPDX-License-Identifier: GPL-3.0-or-later
"""Find a Python that some Blender module was built for. Runs on Python 3.7 too: it may be all there is."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

from .talk import Stop

# The Blender LTS lines on the package index, newest first, and the one Python that each is built for.
BLENDERS = {"5.2": (3, 13), "4.5": (3, 11), "4.2": (3, 11)}

_PROBE = (
    "import json, platform, struct, sys, sysconfig;"
    "print(json.dumps([sys.executable, list(sys.version_info[:2]), platform.python_implementation(),"
    " struct.calcsize('P') * 8, bool(sysconfig.get_config_var('Py_GIL_DISABLED'))]))"
)


def newest_blender(version: tuple[int, ...]) -> str | None:
    """Return the newest Blender line for a Python version, or None."""
    return next((line for line, python in BLENDERS.items() if python == tuple(version[:2])), None)


def default_blender() -> str:
    """Return the newest Blender line for the running Python, which build.py has made sure of."""
    line = newest_blender(tuple(sys.version_info[:2]))
    if line is None:
        raise Stop(nothing_found(platform.system(), os_release()))
    return line


def probe(command: list[str], version: tuple[int, int]) -> str | None:
    """Run a candidate and return its executable when it is a usable CPython of `version`.

    A name on PATH proves nothing: pyenv's stand-ins and the Windows Store's exist without a Python behind them.
    """
    try:
        done = subprocess.run([*command, "-c", _PROBE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30)
        executable, found, kind, bits, no_gil = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    usable = tuple(found) == tuple(version) and kind == "CPython" and bits == 64 and not no_gil
    return executable if usable else None


def candidates(version: tuple[int, int], environ: dict[str, str], home: Path) -> list[list[str]]:
    """Return the commands that might start Python `version`, likeliest first."""
    dotted = f"{version[0]}.{version[1]}"
    found = [[f"{folder}/python{dotted}"] for folder in environ.get("PATH", "").split(os.pathsep) if folder]
    found += [["py", f"-{dotted}"]] if os.name == "nt" else []
    pyenv = Path(environ.get("PYENV_ROOT") or home / ".pyenv")
    places = [
        (pyenv / "versions", f"{dotted}.*/bin/python{dotted}"),
        (pyenv / "pyenv-win/versions", f"{dotted}.*/python.exe"),
        (home / ".local/share/uv/python", f"cpython-{dotted}.*/bin/python{dotted}"),
        (home / "AppData/Roaming/uv/python", f"cpython-{dotted}.*/python.exe"),
        (home / "AppData/Local/Programs/Python", f"Python{version[0]}{version[1]}/python.exe"),
        (Path("/usr/local/bin"), f"python{dotted}"),
        (Path("/opt/homebrew/bin"), f"python{dotted}"),
        (Path("/opt/homebrew/opt"), f"python@{dotted}/bin/python{dotted}"),
        (Path("/usr/local/opt"), f"python@{dotted}/bin/python{dotted}"),
        (Path("/Library/Frameworks/Python.framework/Versions"), f"{dotted}/bin/python{dotted}"),
        (Path("/opt"), f"python{dotted}/bin/python{dotted}"),
    ]
    for folder, pattern in places:
        found += [[str(path)] for path in sorted(folder.glob(pattern), reverse=True)]
    seen = set()
    return [c for c in found if not (tuple(c) in seen or seen.add(tuple(c)))]


def find(version: tuple[int, int]) -> str | None:
    """Return the executable of an installed Python `version`, the running one first, or None."""
    running = probe([sys.executable], version) if sys.version_info[:2] == tuple(version) else None
    if running:
        return running
    for command in candidates(version, dict(os.environ), Path.home()):
        if len(command) > 1 or Path(command[0]).exists():
            executable = probe(command, version)
            if executable:
                return executable
    return None


def find_any() -> str:
    """Return an installed Python that some Blender was built for, the newest Blender's first; `Stop` if none."""
    for version in dict.fromkeys(BLENDERS.values()):
        executable = find(version)
        if executable:
            return executable
    raise Stop(nothing_found(platform.system(), os_release()))


def nothing_found(system: str, release: dict[str, str]) -> str:
    """Say which Python is missing and what installs it on this system."""
    have = ".".join(str(number) for number in sys.version_info[:2])
    wanted = " or ".join(sorted({f"{a}.{b}" for a, b in BLENDERS.values()}, reverse=True))
    return (
        f"Blender as a Python module exists for Python {wanted} only, this is Python {have}, and no other was found.\n"
        f"Install one and run the same command again:\n{how_to_install(system, release)}"
    )


def how_to_install(system: str, release: dict[str, str]) -> str:
    """Return the lines that name the commands for this system."""
    family = f"{release.get('ID', '')} {release.get('ID_LIKE', '')}".split()
    anywhere = "  pyenv install 3.13      or      uv python install 3.13"
    if system == "Windows":
        return "  winget install Python.Python.3.13"
    if system == "Darwin":
        return f"  brew install python@3.13\n{anywhere}"
    if "ubuntu" in family or "debian" in family:
        if release.get("VERSION_ID", "").startswith("12"):
            return f"  sudo apt-get install python3.11 python3.11-venv\n{anywhere}"
        return f"  sudo apt-get install python3.13 python3.13-venv      (where this release has it)\n{anywhere}"
    if "fedora" in family or "rhel" in family:
        return f"  sudo dnf install python3.13\n{anywhere}"
    if "suse" in " ".join(family):
        return f"  sudo zypper install python313\n{anywhere}"
    return anywhere


def no_wheel(system: str, machine: str, libc: str) -> str:
    """Return why there is no Blender module for this kind of machine, or an empty text."""
    machine = machine.lower()
    if system == "Linux" and machine not in ("x86_64", "amd64"):
        return f"Blender's Python module for Linux exists for x86-64 only, and this machine is {machine}."
    if system == "Linux" and libc != "glibc":
        return "Blender's Python module needs glibc; systems on musl, such as Alpine, are not supported."
    return ""


def os_release() -> dict[str, str]:
    """Return the fields of /etc/os-release, or an empty dict."""
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name: value.strip("\"'") for name, _, value in pairs}
