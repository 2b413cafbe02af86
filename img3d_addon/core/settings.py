# SPDX-License-Identifier: GPL-3.0-or-later
"""What a front hands to the engine: folders, online access, keys, time-outs. No bpy."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Settings", "default_home"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that the core may know of its surroundings; a front hands the engine a new one when they change.

    `home` holds `journal.sqlite3` and `library/`. `keys` are the preferences' keys and other account settings by
    environment-variable name, `base_urls` the preferences' addresses by vendor word ("STABILITY").
    `connect_timeout` is in seconds.
    """

    home: Path
    online: bool
    offline_advice: str = "Turn on online access to use this service."
    keys: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    base_urls: Mapping[str, str] = field(default_factory=dict[str, str])
    connect_timeout: float = 10.0
    user_agent: str = "img3d"
    workers: int = 4
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)


def default_home(environ: Mapping[str, str] | None = None) -> Path:
    """Return `IMG3D_HOME`, else the folder for this user's data on this system; nothing is created."""
    environ = os.environ if environ is None else environ
    if chosen := environ.get("IMG3D_HOME", "").strip():
        return Path(chosen).expanduser().absolute()
    if sys.platform == "win32":
        base = environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Application Support")
    else:
        base = environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "img3d"
