# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender goes on after every fault: the same process makes an offline object after each kind of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.bpy

ROOT = Path(__file__).parent.parent.parent


def test_one_blender_survives_them_all(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.living", tmp_path],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    lines = [json.loads(line[1:]) for line in done.stdout.splitlines() if line.startswith("@{")]
    assert done.returncode == 0, done.stderr[-3000:]
    assert len(lines) == 12 + 5
    assert f'File "{ROOT / "img3d_addon"}' not in done.stderr, done.stderr  # Blender's importer tells its own story
    for line in lines:
        if line["provider"] == "offline":
            assert line["outcome"].endswith("objects"), line
        else:
            assert line["submits"] == 1, line
            assert line["outcome"].endswith((".", '"', "objects")), line
