# SPDX-License-Identifier: GPL-3.0-or-later
"""The one helper of this Blender: how it is started, where it hands results over, and whether it can be had at all."""

from __future__ import annotations

import atexit
import json
import logging
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import bpy

from ...core.errors import OutputError
from ...core.helper.helper import Helper
from .. import session

__all__ = ["close", "command", "handover_file", "helper", "new_helper", "refused", "remember_refusal"]

_FOLDER = "img3d-handover-"
_OLD = 24 * 3600.0  # seconds
_FORGOTTEN = 7 * 24 * 3600.0  # seconds after which it is tried again: the reason may have gone
_SILENT = ("--background", "--factory-startup", "--disable-autoexec", "--offline-mode", "-noaudio")
_log = logging.getLogger(__name__)
_state: dict[str, Any] = {}


def helper() -> Helper:
    """Return the helper of this Blender; nothing is started yet."""
    found = _state.get("helper")
    if found is None:
        found = _state["helper"] = new_helper()
    return found


def new_helper() -> Helper:
    """Return a helper of its own, which its maker has to close; nothing is started yet.

    It gets a folder for extensions of its own: a Blender in which none is enabled clears away what they all have
    installed in the user's, such as our Pillow.
    """
    return Helper(command(), environ={"BLENDER_USER_EXTENSIONS": str(session.home() / "no-extensions")})


def close() -> None:
    """End the helper and remove what it has handed over."""
    _state.pop("refused", None)
    if (found := _state.pop("helper", None)) is not None:
        found.close()
    if (folder := _state.pop("folder", None)) is not None:
        shutil.rmtree(folder, ignore_errors=True)


def command() -> tuple[str, ...]:
    """Return the command line of a second Blender: this program, or this Python where `bpy` is a module."""
    child = str(Path(__file__).with_name("child.py"))
    if bpy.app.binary_path:
        return (bpy.app.binary_path, *_SILENT, "--python-exit-code", "1", "--python", child, "--")
    return (sys.executable, child)


def handover_file() -> Path:
    """Return a new path in a folder that names neither the user nor the job; old ones of others are swept.

    `OutputError` when there can be no such folder.
    """
    try:
        return _next_file()
    except OSError as error:
        raise OutputError(
            f"There is no place for files between this Blender and its helper: {error}",
            advice="Free some space in the folder for temporary files, and try again.",
        ) from error


def _next_file() -> Path:
    if "folder" not in _state:
        _sweep(Path(tempfile.gettempdir()))
        _state["folder"] = Path(tempfile.mkdtemp(prefix=_FOLDER))
        _state["count"] = 0
        atexit.register(close)
    _state["count"] += 1
    _state["folder"].mkdir(mode=0o700, exist_ok=True)
    return _state["folder"] / f"{_state['count']}.blend"


def refused() -> str:
    """Return why this Blender cannot start a helper, as was found now or in an earlier session; "" when it may."""
    if "refused" not in _state:
        _state["refused"] = _remembered()
    return _state["refused"]


def remember_refusal(reason: str) -> None:
    """Keep for some days, and for this very Blender, that it cannot start a helper."""
    _state["refused"] = reason
    path = _memory()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"build": _build(), "time": time.time(), "reason": reason}), encoding="utf-8")
    except OSError:
        _log.info("that no helper can be started is not remembered: %s cannot be written", path)


def _remembered() -> str:
    try:
        found = json.loads(_memory().read_text(encoding="utf-8"))
        known = found["build"] == _build() and 0.0 <= time.time() - found["time"] < _FORGOTTEN
        return str(found["reason"]) if known else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _memory() -> Path:
    return session.home() / "no-helper.json"


def _build() -> str:
    """Name this very build: another version, or another place, may be allowed to."""
    return f"{bpy.app.version_string} {bpy.app.build_hash.decode(errors='replace')} {bpy.app.binary_path}"


def _sweep(folder: Path) -> None:
    """Remove what killed processes have left; a living one makes its folder again."""
    for left in folder.glob(f"{_FOLDER}*"):
        try:
            old = time.time() - left.stat().st_mtime > _OLD
        except OSError:
            continue
        if old:
            shutil.rmtree(left, ignore_errors=True)
