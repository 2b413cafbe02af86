# SPDX-License-Identifier: GPL-3.0-or-later
"""Buttons that make jobs, pressed twice in a moment: who does that has double-clicked, and would pay for it twice.

Only `invoke` asks; scripts call `execute`, and mean each call.
"""

from __future__ import annotations

import time

__all__ = ["clear", "is_second", "note"]

TWICE = 1.0  # seconds
_noted: dict[str, float] = {}


def note(button: str) -> None:
    """Remember that this button has made what it makes, now."""
    _noted[button] = time.monotonic()


def is_second(button: str) -> bool:
    """Whether this button has done its work only a moment ago."""
    return time.monotonic() - _noted.get(button, float("-inf")) < TWICE


def clear() -> None:
    """Forget all."""
    _noted.clear()
