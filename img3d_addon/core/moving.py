# SPDX-License-Identifier: GPL-3.0-or-later
"""Move the folder of journal and library as a whole, as long as nobody works in it. No bpy."""

from __future__ import annotations

from pathlib import Path

from .jobs.lease import sweep

__all__ = ["take_over"]


def take_over(old: Path, new: Path) -> str:
    """Move all of `old` to `new`, which must not be there yet; all or nothing, nothing is copied.

    Return why that cannot be done now, "" when it is done or when `old` holds no journal.
    """
    if not (old / "journal.sqlite3").is_file():
        return ""
    sweep(old / "owners")
    if list((old / "owners").glob("*.lock")):
        return f"Another Blender works with the jobs in {old}; they are moved to {new} once it has ended."
    try:
        new.parent.mkdir(parents=True, exist_ok=True)
        if new.is_dir():
            new.rmdir()  # an empty one is as good as none, and not every system renames onto it
        old.rename(new)
    except OSError as error:
        return (
            f"The jobs and results in {old} could not be moved to {new} ({error.strerror or error}). Blender deletes "
            "the first folder when the add-on is removed: move them by hand, or copy what you need."
        )
    return ""
