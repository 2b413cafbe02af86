# SPDX-License-Identifier: GPL-3.0-or-later
"""A name for each journal, so that a batch knows which rows were begun with another one. No bpy."""

from __future__ import annotations

import secrets
from pathlib import Path

from ..errors import OutputError

__all__ = ["home_name"]

_FILE = "batch-home"


def home_name(home: Path, *, make: bool = True) -> str:
    """Return the name of the journal in `home`; empty when it has none and none is to be made.

    It is made up, for folders of the same name are on many machines, and on one that was made anew.
    """
    path = home / _FILE
    try:
        if make and not path.exists():
            home.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{_FILE}-{secrets.token_hex(4)}")
            part.write_text(secrets.token_hex(8), encoding="ascii")
            _first(part, path)
        return path.read_text(encoding="ascii").strip() if path.exists() else ""
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror or error})") from error


def _first(part: Path, path: Path) -> None:
    """Give the file its name, unless another process was quicker."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        pass
    except OSError:  # a disk without links
        part.replace(path)
        return
    part.unlink()
