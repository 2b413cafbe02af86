# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py package`: stage the add-on with its wheels, build the zips with Blender's own tool, validate, list them.

The same tree gives the same bytes: entries are sorted and carry one date (`SOURCE_DATE_EPOCH`, else 1980) and one mode.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import tempfile
import time
import tomllib
import zipfile
from pathlib import Path

from . import pythons, repository, wheels
from .environment import Environment, ensure
from .locking import locked
from .talk import DIST, ROOT, Stop, say

PLATFORMS = (*wheels.PLATFORMS, "without-pillow")
"""The last one is for a Python or a system that Pillow has no wheel for: Blender refuses the others there."""

_EARLIEST = 315532800  # 1980-01-01, before which a zip knows no date


def main(args: argparse.Namespace) -> int:
    """Build the wanted zips, and the repository of those that are for one platform; print where they are."""
    env = ensure(pythons.default_blender())
    if args.pin:
        say(f"Pinned in {wheels.LOCK.name}: {', '.join(wheels.pin(env.python))}")
    for name in args.platform or ():
        if name not in PLATFORMS:
            raise Stop(f"There is no platform {name!r}; there are {', '.join(PLATFORMS)}.", 2)
    for path in build_all(env, args.platform or PLATFORMS):
        print(path)
    return 0


def build_all(env: Environment, names: tuple[str, ...] | list[str] = PLATFORMS) -> list[Path]:
    """Build the zips, then the repository's folder; return their paths, the list of the repository last."""
    archives = [build(env, name) for name in names]
    listed = [path for path in archives if not path.stem.endswith(PLATFORMS[-1])]
    if not listed:
        return archives
    return [*archives, repository.build(listed, DIST / "repository", lambda *words: blender_ext(env, *words))]


def this_platform() -> str:
    """Return Blender's word for the running system."""
    arm = platform.machine().lower() in ("arm64", "aarch64")
    systems = {"Windows": "windows-x64", "Darwin": "macos-arm64" if arm else "macos-x64"}
    return systems.get(platform.system(), "linux-x64")


def build(env: Environment, name: str) -> Path:
    """Stage, build and validate the extension for one platform; return the zip."""
    target = DIST / f"img3d-{version()}-{name}.zip"
    with tempfile.TemporaryDirectory(prefix="img3d-package-") as scratch, locked(DIST / "package.lock"):
        folder = stage(Path(scratch) / "stage")
        if name in wheels.PLATFORMS:
            _add_wheels(folder, name, fetch_wheels(env, name))
        made = Path(scratch) / target.name
        blender_ext(env, "build", "--source-dir", str(folder), "--output-filepath", str(made))
        settle(made)
        blender_ext(env, "validate", str(made))
        part = target.with_suffix(".part")
        shutil.copyfile(made, part)
        part.replace(target)
    return target


def version(manifest: Path = ROOT / "blender_manifest.toml") -> str:
    """Return the version that the manifest states."""
    return tomllib.loads(manifest.read_text(encoding="utf-8"))["version"]


def stage(folder: Path, root: Path = ROOT) -> Path:
    """Copy the add-on's files, licence and README side by side into a fresh `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "img3d_addon", folder, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", ".*"))
    for name in ("blender_manifest.toml", "LICENSE", "README.md"):
        shutil.copy2(root / name, folder / name)
    return folder


def fetch_wheels(env: Environment, name: str) -> list[Path]:
    """Return Pillow's wheels for one platform and every Python. Blender bundles the rest."""
    return wheels.fetch(env.python, name)


def with_wheels(manifest: str, name: str, found: list[str]) -> str:
    """Return the manifest's text with its platform and wheels, which must stand before its first table."""
    lines = "".join(f"  {json.dumps(f'./wheels/{wheel}')},\n" for wheel in found)
    added = f"platforms = [{json.dumps(name)}]\nwheels = [\n{lines}]\n\n"
    head, bracket, rest = manifest.partition("\n[")
    return f"{head.rstrip()}\n{added}{bracket.strip()}{rest}"


def settle(archive: Path) -> None:
    """Write a zip anew so that its bytes follow from what is in it and from nothing else."""
    date = time.gmtime(max(int(os.environ.get("SOURCE_DATE_EPOCH") or 0), _EARLIEST))[:6]
    settled = archive.with_suffix(".settled")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(settled, "w") as new:
        for entry in sorted(old.infolist(), key=lambda entry: entry.filename):
            info = zipfile.ZipInfo(entry.filename, date)
            info.compress_type = entry.compress_type
            info.create_system = 3  # Unix, whose file modes these are
            info.external_attr = 0o100644 << 16
            new.writestr(info, old.read(entry), compresslevel=9)
    settled.replace(archive)


def blender_ext(env: Environment, command: str, *words: str) -> None:
    """Run Blender's own extension tool, which needs no Blender program, with Blender's list of tags."""
    scripts = env.package_folder("bpy") / env.blender / "scripts"
    tool = scripts / "addons_core" / "bl_pkg" / "cli" / "blender_ext.py"
    tags = scripts / "modules" / "_bpy_internal" / "extensions" / "tags.py"
    more = ["--valid-tags", str(tags)] if command in ("build", "validate") else []
    line = [str(env.python), str(tool), command, *more, *words]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Stop(f"Blender's extension tool refused to {command} the package:\n{(done.stdout + done.stderr).strip()}")


def _add_wheels(folder: Path, name: str, found: list[Path]) -> None:
    (folder / "wheels").mkdir()
    for path in found:
        shutil.copyfile(path, folder / "wheels" / path.name)
    manifest = folder / "blender_manifest.toml"
    text = with_wheels(manifest.read_text(encoding="utf-8"), name, [path.name for path in found])
    manifest.write_text(text, encoding="utf-8")
