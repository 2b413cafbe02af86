# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py fuzz`: random pictures through the offline generator; the words go to tests/fuzz_offline.py."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from . import node, pythons
from .environment import ensure
from .talk import ROOT


def main(words: Sequence[str]) -> int:
    """Run it in the environment of the tests, with the Khronos validator."""
    env = ensure(pythons.default_blender(), "dev")
    command = [str(env.python), "-m", "tests.fuzz_offline", *words]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **node.validator(env)}, check=False).returncode
