# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py package`: stage the add-on with its wheels, build the zip with Blender's own tool, validate it."""

from __future__ import annotations

import argparse
import json
import platform
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

from . import pip, pythons
from .environment import Environment, ensure, requirements
from .talk import DIST, ROOT, Stop, say

# Blender's word for a platform -> the tags of the wheels that run there.
PLATFORMS = {
    "linux-x64": ["manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"],
    "windows-x64": ["win_amd64"],
    "macos-arm64": ["macosx_11_0_arm64"],
    "macos-x64": ["macosx_10_15_x86_64", "macosx_10_13_x86_64", "macosx_10_10_x86_64"],
}
PYTHONS = ("3.11", "3.13", "3.14")  # Blender to 5.0, from 5.1, and the distributions' own builds


def main(args: argparse.Namespace) -> int:
    """Build one zip for each wanted platform and print where they are."""
    env = ensure(pythons.default_blender())
    for name in args.platform or [this_platform()]:
        if name not in PLATFORMS:
            raise Stop(f"There is no platform {name!r}; there are {', '.join(PLATFORMS)}.", 2)
        print(build(env, name))
    return 0


def this_platform() -> str:
    """Return Blender's word for the running system."""
    arm = platform.machine().lower() in ("arm64", "aarch64")
    systems = {"Windows": "windows-x64", "Darwin": "macos-arm64" if arm else "macos-x64"}
    return systems.get(platform.system(), "linux-x64")


def build(env: Environment, name: str) -> Path:
    """Stage, build and validate the extension for one platform; return the zip."""
    folder = stage(DIST / "stage" / name)
    wheels = fetch_wheels(env, name, folder / "wheels")
    text = (ROOT / "blender_manifest.toml").read_text(encoding="utf-8")
    (folder / "blender_manifest.toml").write_text(with_wheels(text, name, wheels), encoding="utf-8")
    target = DIST / f"img3d-{version()}-{name}.zip"
    target.unlink(missing_ok=True)
    _blender_ext(env, "build", "--source-dir", str(folder), "--output-filepath", str(target))
    _blender_ext(env, "validate", str(target))
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


def fetch_wheels(env: Environment, name: str, folder: Path) -> list[str]:
    """Download Pillow's wheels for one platform and every Python; return their names. Blender bundles the rest."""
    pillow = next(line for line in requirements() if re.match(r"pillow\b", line, re.IGNORECASE))
    tags = [word for tag in PLATFORMS[name] for word in ("--platform", tag)]
    for python in PYTHONS:
        say(f"Fetching Pillow for {name}, Python {python} ...")
        choice = ["--only-binary=:all:", "--no-deps", "--python-version", python, *tags]
        pip.download(env.python, [*choice, "--dest", str(folder), pillow])
    return sorted(path.name for path in folder.glob("*.whl"))


def with_wheels(manifest: str, name: str, wheels: list[str]) -> str:
    """Return the manifest's text with its platform and wheels, which must stand before its first table."""
    lines = "".join(f"  {json.dumps(f'./wheels/{wheel}')},\n" for wheel in wheels)
    added = f"platforms = [{json.dumps(name)}]\nwheels = [\n{lines}]\n\n"
    head, bracket, rest = manifest.partition("\n[")
    return f"{head.rstrip()}\n{added}{bracket.strip()}{rest}"


def _blender_ext(env: Environment, command: str, *words: str) -> None:
    """Run Blender's own extension tool, which needs no Blender program, with Blender's list of tags."""
    scripts = env.package_folder("bpy") / env.blender / "scripts"
    tool = scripts / "addons_core" / "bl_pkg" / "cli" / "blender_ext.py"
    tags = scripts / "modules" / "_bpy_internal" / "extensions" / "tags.py"
    line = [str(env.python), str(tool), command, "--valid-tags", str(tags), *words]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Stop(f"Blender's extension tool refused to {command} the package:\n{(done.stdout + done.stderr).strip()}")
