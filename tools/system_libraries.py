# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the shared libraries that Blender misses on a bare Linux, and install or name them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from .talk import Stop, say

# Shared library -> package. RPM systems take the library's own name ("libX11.so.6()(64bit)").
DEBIAN = {
    "libX11.so.6": "libx11-6",
    "libXrender.so.1": "libxrender1",
    "libXfixes.so.3": "libxfixes3",
    "libXi.so.6": "libxi6",
    "libXext.so.6": "libxext6",
    "libXt.so.6": "libxt6",
    "libXxf86vm.so.1": "libxxf86vm1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libSM.so.6": "libsm6",
    "libICE.so.6": "libice6",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libEGL.so.1": "libegl1",
    "libgomp.so.1": "libgomp1",
    "libstdc++.so.6": "libstdc++6",
    "libgcc_s.so.1": "libgcc-s1",
    "libz.so.1": "zlib1g",
}
ARCH = {
    "libX11.so.6": "libx11",
    "libXrender.so.1": "libxrender",
    "libXfixes.so.3": "libxfixes",
    "libXi.so.6": "libxi",
    "libXext.so.6": "libxext",
    "libXt.so.6": "libxt",
    "libXxf86vm.so.1": "libxxf86vm",
    "libxkbcommon.so.0": "libxkbcommon",
    "libSM.so.6": "libsm",
    "libICE.so.6": "libice",
    "libGL.so.1": "libglvnd",
    "libGLX.so.0": "libglvnd",
    "libOpenGL.so.0": "libglvnd",
    "libEGL.so.1": "libglvnd",
    "libgomp.so.1": "gcc-libs",
    "libstdc++.so.6": "gcc-libs",
    "libgcc_s.so.1": "gcc-libs",
    "libz.so.1": "zlib",
}

# Package manager -> (refresh its lists, install) without a question.
MANAGERS = {
    "apt-get": (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "--no-install-recommends"]),
    "dnf": ([], ["dnf", "install", "-y"]),
    "zypper": ([], ["zypper", "--non-interactive", "install"]),
    "pacman": ([], ["pacman", "-Sy", "--needed", "--noconfirm"]),
}


def ensure(python: Path) -> None:
    """Make sure that Blender's module starts in the environment of `python`; install or name what is missing."""
    trouble = _import_error(python)
    for _ in range(4):  # without ldd the loader names one library at a time
        if not trouble:
            return
        libraries = missing(python, trouble)
        if not libraries:
            break
        manager = find_manager()
        packages = packages_for(libraries, manager or "")
        install_packages(packages, why=f"Blender needs system libraries that are not here ({', '.join(libraries)})")
        trouble = _import_error(python)
    if trouble:
        raise Stop(f"Blender's Python module does not start:\n{trouble}")


def missing(python: Path, trouble: str) -> list[str]:
    """Return the shared libraries that are not found, by the loader's words and by ldd where it exists."""
    named = re.findall(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object", trouble)
    return sorted({*named, *_ldd(python)}) if named else []


def _ldd(python: Path) -> list[str]:
    code = "import importlib.util as u; print(u.find_spec('bpy').origin)"
    module = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False).stdout.strip()
    if not (module and shutil.which("ldd")):
        return []
    return not_found(subprocess.run(["ldd", module], capture_output=True, text=True, check=False).stdout)


def not_found(ldd_output: str) -> list[str]:
    """Return the libraries that ldd's output calls "not found", each once."""
    return sorted(set(re.findall(r"^\s*(\S+) => not found", ldd_output, re.MULTILINE)))


def packages_for(libraries: list[str], manager: str) -> list[str]:
    """Return the packages that deliver the libraries, in the words of a package manager.

    A library that no table knows stays as it is, so that the user sees its name.
    """
    if manager in ("dnf", "zypper"):
        return [f"{library}()(64bit)" for library in libraries]
    table = {"apt-get": DEBIAN, "pacman": ARCH}.get(manager, {})
    return sorted({table.get(library, library) for library in libraries})


def find_manager() -> str | None:
    """Return this system's package manager, or None."""
    return next((name for name in MANAGERS if shutil.which(name)), None)


def install_packages(packages: list[str], *, why: str, only_with: str = "") -> None:
    """Install system packages when that needs no password, else stop and name the command."""
    manager = find_manager()
    if not manager or (only_with and manager != only_with):
        raise Stop(f"{why}. Install them with your system's package manager and run the same command again.")
    prefix = _privilege()
    line = by_hand(manager, packages, sudo=bool(shutil.which("sudo")))
    if prefix is None:
        raise Stop(f"{why}. Install what is missing, then run the same command again:\n  {line}")
    refresh, install = MANAGERS[manager]
    say(f"{why}.\nInstalling {', '.join(packages)} ...")
    prefix = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    if refresh:  # one dead source of many must not be in the way: the install decides
        subprocess.run([*prefix, *refresh], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    _run_quietly([*prefix, *install, *packages], line)


def by_hand(manager: str, packages: list[str], *, sudo: bool = True) -> str:
    """Return the one command line that installs the packages; on a system without sudo it asks for root."""
    words = [f"'{name}'" if "(" in name else name for name in packages]
    refresh = ["apt-get", "update", "&&"] if manager == "apt-get" else []
    install = [word for word in MANAGERS[manager][1] if word not in ("-y", "--noconfirm", "--non-interactive")]
    if sudo:
        return " ".join([*(["sudo", *refresh] if refresh else []), "sudo", *install, *words])
    return f"{' '.join([*refresh, *install, *words])}      (as root)"


def _privilege() -> list[str] | None:
    """Return the words before a command that make it run as root without a question, or None."""
    if sys.platform != "win32" and os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, stdin=subprocess.DEVNULL, check=False)
        return None if asked.returncode else ["sudo", "-n"]
    return None


def _run_quietly(command: list[str], by_hand_line: str) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        last = "\n".join(f"  {line}" for line in (done.stdout + done.stderr).strip().splitlines()[-6:])
        advice = f"Install the packages by hand and run the same command again:\n  {by_hand_line}"
        raise Stop(f"'{' '.join(command)}' failed:\n{last}\n{advice}")


def _import_error(python: Path) -> str:
    """Start Blender's module in a child; return what it says when it does not start, else an empty text."""
    done = subprocess.run([python, "-c", "import bpy"], capture_output=True, text=True, errors="replace", check=False)
    return "" if done.returncode == 0 else (done.stderr.strip()[-1500:] or f"it ended with status {done.returncode}")
