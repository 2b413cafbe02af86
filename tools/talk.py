# SPDX-License-Identifier: GPL-3.0-or-later
"""How build commands speak: on standard error, so that `build.py run` keeps standard output for its command."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"


class Stop(Exception):
    """A command cannot go on; the text says what happened and what to do, in full sentences."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def say(text: str) -> None:
    """Print one line of set-up talk."""
    print(text, file=sys.stderr, flush=True)
