# SPDX-License-Identifier: GPL-3.0-or-later
"""What a generator tells of its result, in words: only what somebody would want to know, or do otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["remarks"]

_DONE = {
    "hairlines_removed": "hairlines removed",
    "specks_removed": "specks removed",
    "ink_removed": "outline removed",
    "shadows": "shadow removed",
}


def remarks(facts: Mapping[str, Any]) -> list[str]:
    """Return a few words for each fact of `Model.facts` that is worth a line."""
    found = [words for name, words in _DONE.items() if facts.get(name)]
    if holes := facts.get("holes"):
        found.append(f"{holes} {'hole' if holes == 1 else 'holes'} cut")
    mode = facts.get("suggested_mode")
    if mode and mode != facts.get("method"):
        found.append(f"mode={mode} may suit it, too")
    return found
