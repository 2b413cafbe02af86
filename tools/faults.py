# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py faults`: every fault at every step, of which each day's tests take some; words go to pytest."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from . import pythons
from .environment import ensure
from .talk import ROOT


def main(words: Sequence[str]) -> int:
    """Run the suites of tests/faults in full, in the environment of the tests; about ten minutes."""
    env = ensure(pythons.default_blender(), "dev")
    command = [str(env.python), "-m", "pytest", "-q", "tests/faults", *words]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "IMG3D_FAULTS": "all"}, check=False).returncode
