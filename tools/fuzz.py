# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py fuzz`: random pictures through the offline generator, or with `--target` odd files through our readers.

The words go to tests/fuzz_offline.py, or to tests/fuzz.
"""

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
    module = "tests.fuzz" if any(word.startswith("--target") for word in words) else "tests.fuzz_offline"
    command = [str(env.python), "-W", "ignore", "-m", module, *words]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **node.validator(env)}, check=False).returncode
