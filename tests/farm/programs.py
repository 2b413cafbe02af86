# SPDX-License-Identifier: GPL-3.0-or-later
"""What the farm's files are run with: Node.js, `openjd`, and this environment's Python as the one with `bpy`."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FARM = ROOT / "farm"
TASK = FARM / "img3d_task.py"
SMALL = "-o faces=1500 -o texture_size=512"  # of the offline provider: quick


def missing(what):
    """Skip, but fail on the build machine, which must have it."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"{what} is missing, which the build machine must have")
    pytest.skip(f"{what} is missing")


def pictures(folder, names):
    """Put small pictures into a folder."""
    folder.mkdir()
    for name in names:
        shutil.copy(ROOT / "examples" / f"{name}.png", folder)
    return folder


def environ(**more):
    """Return the surroundings of a worker: without a home of img3d that somebody has set."""
    found = {name: value for name, value in os.environ.items() if name != "IMG3D_HOME"}
    return {**found, "PYTHONPATH": str(ROOT), **more}


def compiled(settings, name="chairs"):
    """Compile a Flamenco job; returns what the stand-in says, or raises `RuntimeError` with its complaint."""
    node = os.environ.get("IMG3D_NODE") or shutil.which("node")
    if not node:
        missing("Node.js (IMG3D_NODE)")
    command = [node, str(Path(__file__).with_name("flamenco.js")), str(FARM / "img3d_batch.js")]
    given = json.dumps({"name": name, "settings": settings})
    done = subprocess.run(command, input=given, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def openjd(*words, **more):
    """Run `openjd` and return its exit status and what it printed."""
    try:
        import openjd.cli  # noqa: F401, PLC0415
    except ImportError:
        missing("openjd-cli")
    command = [sys.executable, "-m", "openjd", *map(str, words)]
    done = subprocess.run(
        command, env=environ(**more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    return done.returncode, done.stdout
