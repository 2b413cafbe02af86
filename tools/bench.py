# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py bench`: time the offline generator; the words go to bench/offline.py."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from . import pythons
from .environment import ensure
from .talk import ROOT


def main(words: Sequence[str]) -> int:
    """Run it in the environment of the demo."""
    env = ensure(pythons.default_blender())
    return subprocess.run([str(env.python), "-m", "bench.offline", *words], cwd=ROOT, check=False).returncode
