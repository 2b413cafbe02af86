# SPDX-License-Identifier: GPL-3.0-or-later
"""Quad remesh of objects in the scene by the helper process: handed over, rebuilt there, brought back.

Called on the main thread. The object that is rebuilt is not touched until its quads are there.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from bpy.types import Mesh, Object
from mathutils import Matrix

from ..core.errors import BadInput, ImportFailed
from ..core.helper.helper import NoHelper
from ..core.steps import drained
from . import bringing
from .helper.starting import handover_file, helper, refused, remember_refusal
from .replacing import put_in_place_of

if TYPE_CHECKING:
    from ..core.helper.work import Work
    from .quads import QuadSettings

__all__ = [
    "Remeshing",
    "begin",
    "check",
    "clear",
    "done",
    "errors",
    "finish",
    "remesh",
    "rebuilding",
    "stop",
    "under_way",
]

Steps = Generator[tuple[float, str], None, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Remeshing:
    """One object that the helper works on, known by its session_uid; `frame` is where the helper sees it."""

    uid: int
    name: str
    frame: Matrix
    keep: bool
    target: Path
    work: Work

    @property
    def words(self) -> str:
        """What is being done with it now."""
        return self.work.message or "starting"


_remeshings: dict[int, Remeshing] = {}
errors: dict[int, str] = {}
"""What went wrong in the background, by the session_uid of the object: sentences for the sidebar."""


def check(item: Object | None) -> str:
    """Say in a sentence why an object cannot be rebuilt, or return an empty text. Fit for `poll`."""
    if item is None or not isinstance(item.data, Mesh):
        return "Make a mesh the active object"
    if item.library or item.data.library:
        return f"{item.name} is linked from another file: make it local first"
    if item.mode != "OBJECT":
        return "Leave the mode that you are in: a quad remesh works in Object Mode"
    if item.session_uid in _remeshings:
        return f"The quads of {item.name} are being made"
    return ""


def begin(item: Object, settings: QuadSettings) -> None:
    """Have the helper rebuild an object; `BadInput` or `ImportFailed` when it cannot be."""
    errors.pop(item.session_uid, None)
    one = _submitted(item, settings)
    _remeshings[one.uid] = one


def remesh(context: Any, item: Object, settings: QuadSettings) -> Object:
    """Rebuild an object, wait for it and return the new one; in this process where no helper can be started."""
    if not refused():
        one = _submitted(item, settings)
        helper().wait(one.work)
        try:
            return _received(context, one)
        except NoHelper as error:
            remember_refusal(str(error))
    return _here(context, item, settings)


def under_way() -> Mapping[int, Remeshing]:
    """Return what the helper works on, by the session_uid of its object; fit for `draw`."""
    return _remeshings


def done() -> int:
    """Return the session_uid of an object whose quads are there, or have failed; 0 when there is none."""
    return next((uid for uid, one in _remeshings.items() if one.work.done.is_set()), 0)


def finish(context: Any, uid: int) -> Object:
    """Bring quads that are `done` into the scene of their object; raises what went wrong."""
    return _received(context, _remeshings.pop(uid))


def stop(uid: int) -> bool:
    """Kill the helper's work on an object; tells whether there was some."""
    one = _remeshings.pop(uid, None)
    if one is not None:
        helper().cancel(one.work)
    return one is not None


def clear() -> None:
    """Stop everything: the file with the objects is gone, or the add-on is."""
    for uid in list(_remeshings):
        stop(uid)
    errors.clear()


def rebuilding(request: Mapping[str, Any]) -> Steps:
    """In the helper: take the object of `source` over, rebuild it by `settings`, and write the quads to `target`."""
    from .importing.append import append, write
    from .quads import QuadSettings, rebuild, summary

    items = append(Path(request["source"]))
    made = yield from rebuild(items, QuadSettings(**request["settings"]))
    yield 0.98, "handing over"
    write([made.object], Path(request["target"]))
    return summary(made)


def _submitted(item: Object, settings: QuadSettings) -> Remeshing:
    from .importing.append import write
    from .importing.geometry import world_matrix

    if reason := check(item):
        raise BadInput(reason)
    _check_pictures(item)
    source, target = handover_file(), handover_file()
    write([item], source)
    request = {
        "task": "quads",
        "about": item.name,
        "source": str(source),
        "target": str(target),
        "settings": asdict(settings),
    }
    work = helper().submit(request, limit=bringing.time_limit({"quad": settings.faces}))
    return Remeshing(
        uid=item.session_uid,
        name=item.name,
        frame=world_matrix(item),
        keep=settings.keep_original,
        target=target,
        work=work,
    )


def _received(context: Any, one: Remeshing) -> Object:
    from .importing.append import append
    from .importing.fresh import removed_on_failure

    told = one.work.result()
    original = _object(one.uid)
    if original is None:
        raise ImportFailed(f"{one.name} is gone, so its quads have no place", advice="Undo its removal, and try again.")
    with removed_on_failure():
        (made,) = append(one.target)
        return put_in_place_of(context, original, made, told, frame=one.frame, keep=one.keep)


def _here(context: Any, item: Object, settings: QuadSettings) -> Object:
    from .importing.fresh import removed_on_failure
    from .importing.geometry import world_matrix
    from .quads import rebuild, summary

    frame = world_matrix(item)
    with removed_on_failure():
        made = drained(rebuild([item], settings))
        keep = settings.keep_original
        return put_in_place_of(context, item, made.object, summary(made), frame=frame, keep=keep)


def _check_pictures(item: Any) -> None:
    """Raise `BadInput` for a painted picture that is nowhere but in memory: another process cannot see it."""
    for image in _pictures(slot.material for slot in item.material_slots):
        if image.is_dirty:
            raise BadInput(
                f"The picture {image.name} on {item.name} has changes that are not saved",
                advice="Save or pack it in the Image Editor, and try again.",
            )


def _pictures(materials: Iterable[Any]) -> set[Any]:
    from .importing.used import trees_of

    trees = [tree for material in materials if material for tree in trees_of(material.node_tree)]
    return {node.image for tree in trees for node in tree.nodes if node.type == "TEX_IMAGE" and node.image}


def _object(uid: int) -> Any:
    return next((item for item in bpy.data.objects if item.session_uid == uid), None)
