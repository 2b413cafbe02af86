# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine of this Blender and what it is told: folders, keys, online access, time-outs."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from ..core.moving import take_over
from ..core.provider import Provider
from ..core.settings import Settings, default_home
from ..core.version import version
from ..providers import load

if TYPE_CHECKING:
    from ..core.jobs.engine import Engine
    from ..core.jobs.job import JobView

__all__ = [
    "PACKAGE",
    "close",
    "engine",
    "engine_views",
    "home",
    "made_engine",
    "offline_advice",
    "preferences",
    "providers",
    "scratch_folder",
    "settings",
    "take_over_old_home",
]

PACKAGE = __name__.rsplit(".", 2)[0]
_state: dict[str, Any] = {}


def engine() -> Engine:
    """Return the engine of this Blender, made at the first call; its settings are those of now."""
    from ..core.jobs.engine import Engine

    found = _state.get("engine")
    if found is None:
        found = _state["engine"] = Engine(settings(), providers())
    else:
        found.settings = settings()
    return found


def made_engine() -> Engine | None:
    """Return the engine if there is one; good for `draw`."""
    return _state.get("engine")


def engine_views() -> tuple[JobView, ...]:
    """Return the jobs as the engine has them in memory; fit for `draw`."""
    found = made_engine()
    return found.view() if found else ()


def close() -> None:
    """Stop the engine; its jobs stay in the journal."""
    if (found := _state.pop("engine", None)) is not None:
        found.close()
    providers.cache_clear()


@functools.cache
def providers() -> Mapping[str, Provider]:
    """Return all providers by name."""
    return load()


def preferences() -> Any:
    """Return the add-on's preferences, None where it is not enabled as an add-on (the `bpy` module)."""
    found = _user_preferences().addons.get(PACKAGE)
    return found.preferences if found else None


def settings() -> Settings:
    """Read the preferences of the add-on and of Blender into what the core takes."""
    from .preferences import base_urls, keys

    own = preferences()
    system = _user_preferences().system
    return Settings(
        home=home(),
        online=bpy.app.online_access,
        offline_advice=offline_advice(),
        keys=keys(own),
        base_urls=base_urls(own),
        connect_timeout=float(getattr(system, "network_timeout", 0) or 10.0),
        user_agent=f"img3d/{version()} Blender/{bpy.app.version_string.split()[0]}",
    )


def home() -> Path:
    """Return the folder of journal and library: `IMG3D_HOME`, the preferences', or the folder of the user's data."""
    if os.environ.get("IMG3D_HOME", "").strip():
        return default_home()
    own = preferences()
    if own and own.library:
        return Path(bpy.path.abspath(own.library))
    return default_home()  # not the add-on's own folder: Blender deletes that one when the add-on is removed


def take_over_old_home() -> str:
    """Move what an earlier version kept in the add-on's own folder; return why it cannot be moved now, if so."""
    if not PACKAGE.startswith("bl_ext.") or home() != default_home() or os.environ.get("IMG3D_HOME", "").strip():
        return ""
    return take_over(Path(bpy.utils.extension_path_user(PACKAGE)), default_home())


def scratch_folder() -> Path:
    """Return where pictures of the .blend are written for a job; Blender empties its own folder at its end."""
    return Path(bpy.app.tempdir or home()) / "img3d"


def offline_advice() -> str:
    """Say how online access is turned on here."""
    if bpy.app.online_access_override:
        return "Blender was started with --offline-mode; start it without."
    if not bpy.app.binary_path:  # a Python module: there is no window with preferences
        return "Set bpy.context.preferences.system.use_online_access = True first."
    if bpy.app.background:
        command = "blender --online-mode --command img3d ..."
        return f"Start it as {command}, or turn on Allow Online Access in Blender's preferences (System)."
    return "Turn on Allow Online Access in Blender's preferences (System)."


def _user_preferences() -> bpy.types.Preferences:
    return bpy.context.preferences  # pyright: ignore[reportReturnType]
