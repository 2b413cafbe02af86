# SPDX-License-Identifier: GPL-3.0-or-later
"""A clean profile of this environment's Blender, with folders of its own for everything, and the zips under test."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
LIMIT = 300  # seconds for one Blender
OLD = "0.0.9"


class Profile:
    """`run(step, ...)` starts a Blender in it that does the steps of `inside.py`, and returns what each has found."""

    def __init__(self, folder):
        self.folder = folder
        self.resources = folder / "blender"
        self.data = folder / "data"
        self.log = ""

    def run(self, *steps, **environ):
        out = self.folder / "found.json"
        done = subprocess.run(
            [sys.executable, "-P", str(HERE / "inside.py"), json.dumps(steps), str(out)],
            env={**self._environ(), **environ},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        self.log = done.stdout + done.stderr
        assert done.returncode == 0, self.log[-6000:]
        return json.loads(out.read_text(encoding="utf-8"))

    def files(self):
        """Return all files of the profile, as paths in it."""
        return sorted(
            path.relative_to(self.resources).as_posix() for path in self.resources.rglob("*") if path.is_file()
        )

    def _environ(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("IMG3D_", "BLENDER_"))}
        return {
            **kept,
            "BLENDER_USER_RESOURCES": str(self.resources),
            "HOME": str(self.folder / "home"),
            "XDG_DATA_HOME": str(self.data),
            "LOCALAPPDATA": str(self.data),
            "PYTHONPATH": str(HERE / "only_installed"),
        }


def archives():
    """Return the zips that `build.py package` has made, by platform."""
    paths = os.environ.get("IMG3D_PACKAGES")
    assert paths, "run it as: python3 build.py test --only package"
    return {path.stem.split("-", 2)[2]: path for path in map(Path, paths.split(os.pathsep))}


def older(archive, folder):
    """Make the zip of an earlier version: with a module that is gone since, and results where Blender deletes them."""
    path = folder / archive.name.replace(version_of(archive), OLD)
    with zipfile.ZipFile(archive) as new, zipfile.ZipFile(path, "w") as old:
        for entry in new.infolist():
            old.writestr(entry, _as_before(entry.filename, new.read(entry)))
        old.writestr("core/leftover.py", "gone = True\n")
    return path


def version_of(archive):
    return archive.name.split("-")[1]


def _as_before(name, data):
    if name == "blender_manifest.toml":
        lines = data.decode().splitlines(keepends=True)
        return "".join(f'version = "{OLD}"\n' if line.startswith("version = ") else line for line in lines)
    if name == "core/version.py":
        return data + b"\nfrom . import leftover\n"
    if name == "blender/session.py":
        new = b"    return default_home()  #"
        assert data.count(new) == 1
        return data.replace(new, b"    return Path(bpy.utils.extension_path_user(PACKAGE))  #")
    return data
