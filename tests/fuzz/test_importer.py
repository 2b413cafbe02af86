# SPDX-License-Identifier: GPL-3.0-or-later
"""Odd GLBs through Blender's importer in a process of its own: each is imported or refused in words, none ends it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.bpy

ROOT = Path(__file__).parent.parent.parent
CASES = Path(__file__).parent / "cases"
GOOD = ("made", "refused")


def imported(folder, *words):
    """Return what became of each file, by name; the last one of a process that died is "died"."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.fuzz.importer", folder, *words],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    said = [json.loads(line[1:]) for line in done.stdout.splitlines() if line.startswith("@{")]
    found = {one["trying"]: "died" for one in said if "trying" in one}
    found |= {one["name"]: one["outcome"] for one in said if "name" in one}
    assert said[-1] == {"end": True}, (done.returncode, found, done.stderr[-2000:])
    return found


def test_new_ones(tmp_path):
    found = imported(tmp_path, "--count", "60")
    assert {name: outcome for name, outcome in found.items() if outcome not in GOOD} == {}
    assert set(found.values()) == set(GOOD)


def test_kept_ones(tmp_path):
    for path in CASES.glob("glb-*.glb"):
        shutil.copy(path, tmp_path)
    found = imported(tmp_path, "--kept")
    assert found
    assert {name: outcome for name, outcome in found.items() if outcome not in GOOD} == {}
