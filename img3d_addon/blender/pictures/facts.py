# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of the pictures that are drawn: looked at once each, in the background, when a panel first shows them.

As with Blender's own previews, drawing says what it lacks, and a moment later a timer has it looked at.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

import bpy
from bpy.app.handlers import persistent
from bpy.types import Image, Scene

from ...core.errors import Cancelled, Img3dError
from ...core.files.remarks import Seen
from ...core.jobs.control import Control
from .. import picture, pump, session
from ..picture import missing, read_by_blender, take

__all__ = ["Known", "close", "begin_wanted", "known", "look", "on_render", "wanted", "wanting"]

MOST_COPIED = 1_100_000
"""Pixels up to which a picture that is in memory only is looked at unasked: copying them holds the window."""

MOST_READ = 1_000_000
"""Bytes up to which a file that only Blender itself reads, such as an EXR, is looked at unasked, for that reason."""

_KEPT = 64  # pictures
_DELAY = 0.15  # seconds, so that a menu that is run through starts nothing
_log = logging.getLogger(__name__)
Key = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Known:
    """What was seen, or why not: `error` for a picture that cannot be used. Neither while it is looked at.

    `large`: it is looked at only when somebody asks.
    """

    seen: Seen | None = None
    error: str = ""
    large: bool = False

    @property
    def waiting(self) -> bool:
        """Whether the picture is being looked at."""
        return self.seen is None and not self.error and not self.large


@dataclass
class _State:
    known: dict[Key, Known] = field(default_factory=dict[Key, Known])
    wanted: dict[Key, tuple[int, int]] = field(default_factory=dict[Key, tuple[int, int]])
    control: Control = field(default_factory=Control)
    renders: int = 0


_state = _State()


def known(image: Image, scene: Scene) -> Known:
    """Return what is known of a picture, and have it looked at soon if that is nothing; for `draw`."""
    key = key_of(image)
    found = _state.known.get(key)
    if found is not None:
        return found
    if key not in _state.wanted:
        _state.wanted[key] = (image.session_uid, scene.session_uid)
        if not bpy.app.background and not bpy.app.timers.is_registered(_beat):
            bpy.app.timers.register(_beat, first_interval=_DELAY)
    return Known()


def key_of(image: Image) -> Key:
    """Return what changes when a picture has to be looked at again; fit for `draw`."""
    return (*picture.key_of(image), _state.renders if image.source == "VIEWER" else 0)


@persistent
def on_render(*_given: Any) -> None:
    """Have the render looked at anew: it is another picture now. A handler of Blender's."""
    _state.renders += 1


def wanted(image: Image) -> bool:
    """Whether a look at the picture is under way."""
    found = _state.known.get(key_of(image))
    return found is not None and found.waiting


def wanting() -> bool:
    """Whether any picture waits for its look, or is looked at."""
    return bool(_state.wanted) or any(found.waiting for found in list(_state.known.values()))


def look(image: Image, scene: Scene) -> None:
    """Look at a picture in the background, whatever its size and whatever is known. On the main thread."""
    key = key_of(image)
    _state.wanted.pop(key, None)
    while len(_state.known) >= _KEPT:
        _state.known.pop(next(iter(_state.known)))
    try:
        taken = take(image, scene, session.scratch_folder())
    except Img3dError as error:
        _state.known[key] = Known(error=str(error))
        return
    _state.known[key] = Known()
    control, kept = _state.control, _state.known

    def run() -> None:
        found = _looked(taken, control)
        if found is None:
            kept.pop(key, None)
        else:
            kept[key] = found

    session.engine().ask(run)
    if not bpy.app.background and not bpy.app.timers.is_registered(_redraw):
        bpy.app.timers.register(_redraw, first_interval=_DELAY)


def close() -> None:
    """Forget all; a look under way ends."""
    for timer in (_beat, _redraw):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)
    _state.control.stop()
    _state.control, _state.known, _state.wanted = Control(), {}, {}


def begin_wanted() -> None:
    """Look at what was drawn and is not known yet. On the main thread."""
    wanted, _state.wanted = _state.wanted, {}
    for key, (image_uid, scene_uid) in wanted.items():
        image = next((one for one in bpy.data.images if one.session_uid == image_uid), None)
        scene = next((one for one in bpy.data.scenes if one.session_uid == scene_uid), None)
        if image is None or scene is None or missing(image):
            continue
        if _is_large(image):
            _state.known[key] = Known(large=True)
        else:
            look(image, scene)


def _looked(taken: Any, control: Control) -> Known | None:
    from ...providers.offline import looking

    try:
        return Known(seen=looking.look(taken.file(), check=control.check))
    except Cancelled:
        return None
    except Img3dError as error:
        return Known(error=str(error))
    except Exception as error:
        _log.exception("looking at a picture")
        return Known(error=f"An error in img3d itself ({type(error).__name__}: {error}).")
    finally:
        if taken.own:
            taken.path.unlink(missing_ok=True)


def _is_large(image: Image) -> bool:
    in_memory = image.is_dirty or image.source in ("GENERATED", "VIEWER")
    if in_memory:
        return image.size[0] * image.size[1] > MOST_COPIED
    return read_by_blender(image) > MOST_READ


def _beat() -> None:
    begin_wanted()
    pump.redraw()


def _redraw() -> float | None:
    pump.redraw()
    return 0.2 if wanting() else None
