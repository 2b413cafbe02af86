# SPDX-License-Identifier: GPL-3.0-or-later
"""Pillow's wheels for every platform and Python: pinned in wheels.sha256, fetched once, kept for the next build.

Blender brings requests and numpy with it; Pillow is in none of its versions.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import pip
from .environment import requirements
from .locking import locked
from .talk import Stop, say

__all__ = ["LOCK", "PLATFORMS", "PYTHONS", "Wheel", "fetch", "pin", "pinned"]

LOCK = Path(__file__).with_name("wheels.sha256")  # as `sha256sum` writes it, so that it can be checked by hand
PLATFORMS = {  # Blender's word for a platform -> the tags of the wheels that run on the oldest system it supports
    "linux-x64": ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "windows-x64": ("win_amd64",),
    "macos-arm64": ("macosx_11_0_arm64",),
    "macos-x64": ("macosx_10_15_x86_64", "macosx_10_13_x86_64", "macosx_10_10_x86_64"),
}
PYTHONS = ("3.11", "3.13", "3.14")  # Blender 4.2 to 5.0, from 5.1 on, and distributions' own builds
_AT_ONCE = 4  # downloads


@dataclass(frozen=True)
class Wheel:
    """One file of the list, with its SHA-256."""

    name: str
    sha256: str

    @property
    def release(self) -> str:
        """The package and its version as pip wants them: "pillow==13.0.0"."""
        return "==".join(self.name.split("-")[:2])

    @property
    def python(self) -> str:
        """The Python that it is for: "3.13"."""
        tag = self.name.split("-")[-3]
        return f"{tag[2]}.{tag[3:]}"

    @property
    def tags(self) -> tuple[str, ...]:
        """The platforms that it runs on, as pip calls them."""
        return tuple(self.name.removesuffix(".whl").split("-")[-1].split("."))


def pinned(platform: str, lock: Path = LOCK) -> list[Wheel]:
    """Return the wheels for one of `PLATFORMS`, sorted by name."""
    lines = (line.split() for line in lock.read_text(encoding="utf-8").splitlines())
    found = (Wheel(name, digest) for digest, name in lines)
    return sorted((one for one in found if set(one.tags) & set(PLATFORMS[platform])), key=lambda one: one.name)


def fetch(python: Path, platform: str, *, kept: Path | None = None) -> list[Path]:
    """Return the pinned wheels for a platform; what is not there yet is downloaded by the pip of `python`.

    `kept` is the folder that they stay in. `Stop` when one cannot be had or is not the file that was pinned.
    """
    kept = kept or _kept()
    wanted = pinned(platform)
    with locked(kept.with_suffix(".lock")):
        missing = [wheel for wheel in wanted if not _is_good(kept / wheel.name, wheel)]
        if missing:
            say(f"Fetching Pillow for {platform}, Python {', '.join(wheel.python for wheel in missing)} ...")
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                list(pool.map(lambda wheel: _download(python, wheel, kept), missing))
    return [kept / wheel.name for wheel in wanted]


def pin(python: Path, lock: Path = LOCK) -> list[str]:
    """Write the newest Pillow that has a wheel for every platform and Python into the list; return the names."""
    wanted = next(line for line in requirements() if re.match(r"pillow\b", line, re.IGNORECASE))
    with tempfile.TemporaryDirectory(prefix="img3d-wheels-") as folder:
        for platform, tags in PLATFORMS.items():
            for version in PYTHONS:
                say(f"Looking for Pillow for {platform}, Python {version} ...")
                pip.download(python, [*_choice(version, tags), "--dest", folder, wanted])
        found = sorted(Path(folder).iterdir())
        lines = [f"{_digest(path)}  {path.name}\n" for path in found]
    if len({Wheel(path.name, "").release for path in found}) != 1:
        raise Stop("The newest Pillow has not the same version on every platform; wait until all are there.")
    lock.write_text("".join(lines), encoding="utf-8")
    return [path.name for path in found]


def _kept() -> Path:
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "img3d-build" / "wheels"  # outside the repository, for the next clone


def _download(python: Path, wheel: Wheel, kept: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="img3d-wheels-") as folder:
        asked = Path(folder) / "wheel.txt"
        asked.write_text(f"{wheel.release} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
        choice = [*_choice(wheel.python, wheel.tags), "--require-hashes", "--dest", folder, "--requirement", str(asked)]
        try:
            pip.download(python, choice, what=wheel.name)
        except Stop as stop:
            raise Stop(f"{stop}\nOr put the file {wheel.name} into {kept} by hand, and run the same again.") from stop
        got = Path(folder) / wheel.name
        if not _is_good(got, wheel):
            raise Stop(f"The package index has not delivered {wheel.name} with the SHA-256 that {LOCK.name} states.")
        kept.mkdir(parents=True, exist_ok=True)
        part = kept / f".{wheel.name}.part"
        shutil.move(got, part)
        part.replace(kept / wheel.name)


def _choice(version: str, tags: tuple[str, ...]) -> list[str]:
    platforms = [word for tag in tags for word in ("--platform", tag)]
    return ["--only-binary=:all:", "--no-deps", "--python-version", version, *platforms]


def _is_good(path: Path, wheel: Wheel) -> bool:
    return path.is_file() and _digest(path) == wheel.sha256


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
