# SPDX-License-Identifier: GPL-3.0-or-later
"""Results on their way into the scene: made ready by the helper process, then appended in one short step.

Everything is called on the main thread. A result whose import fails or is stopped stays in the library. What imports is
itself imported late: it needs numpy.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from ..core.errors import BadInput, Img3dError
from ..core.helper.helper import NoHelper
from . import session
from .after import check
from .helper.starting import handover_file, helper, refused, remember_refusal

if TYPE_CHECKING:
    from ..core.helper.work import Work
    from ..core.jobs.job import Job
    from .importing import Imported, JobFacts

__all__ = [
    "Bringing",
    "begin",
    "clear",
    "done",
    "finished",
    "import_result",
    "keep_warm",
    "model_of",
    "pause_of",
    "stop",
    "time_limit",
    "under_way",
    "usable",
]

LIMIT = 600.0  # seconds for one step, such as the import: a slow machine takes half a minute for a million faces
_WARM = 30.0  # seconds between two signs of life to an idle helper
_PAUSE = 0.1  # seconds that a megabyte of a model takes to import, on a slow machine


@dataclass(frozen=True, kw_only=True)
class Bringing:
    """One result that the helper works on; `options` are checked, `scene` is the session_uid of where it goes."""

    job: str
    options: Mapping[str, Any]
    facts: JobFacts
    scene: int
    target: Path
    work: Work

    @property
    def words(self) -> str:
        """What is being done with it now."""
        return self.work.message or "starting"


_state: dict[str, Any] = {"warmed": 0.0}
_bringings: dict[str, Bringing] = {}


def usable() -> bool:
    """Whether this Blender has a window to spare and may start a helper, as far as is known."""
    return not bpy.app.background and not refused()


def keep_warm() -> None:
    """Have the helper ready while a job is on its way; called often, costs nothing."""
    if time.monotonic() - _state["warmed"] > _WARM and usable():
        _state["warmed"] = time.monotonic()
        helper().warm()


def begin(job: str, scene: bpy.types.Scene, *, options: Mapping[str, Any] | None = None) -> None:
    """Have the helper make the result of a job ready for a scene, by its own options or by others.

    One that is under way already goes on; `Img3dError` when the job has no result.
    """
    if job in _bringings:
        return
    from .importing import JobFacts

    found = model_of(job)
    checked, facts, target = check(found.after if options is None else options), JobFacts.of(found), handover_file()
    work = helper().submit(_request(found.path, checked, facts, scene, target), limit=time_limit(checked))
    _bringings[job] = Bringing(job=job, options=checked, facts=facts, scene=scene.session_uid, target=target, work=work)


def model_of(job: str) -> Job:
    """Return a job that has a result; `BadInput` when it has none."""
    found = session.engine().job(job)
    if found.path is None:
        raise BadInput(f"The job {found.name} has no result yet", advice="Resume it first.")
    return found


def under_way() -> Mapping[str, Bringing]:
    """Return what the helper works on, by job; fit for `draw`."""
    return _bringings


def done() -> str:
    """Return a job whose result is ready to be received, or whose work has failed; "" when there is none."""
    return next((job for job, one in _bringings.items() if one.work.done.is_set()), "")


def finished(context: Any, job: str, *, options: Mapping[str, Any] | None) -> Imported:
    """Bring the result of a job into the context's scene: what the helper has ready for it, else all of it now."""
    from .importing import JobFacts

    one = _bringings.get(job)
    if one is not None and one.work.done.is_set():
        del _bringings[job]
        options = one.options
        with contextlib.suppress(NoHelper):
            return _received(context, one)
    found = model_of(job)
    assert found.path is not None
    return import_result(context, found.path, found.after if options is None else options, JobFacts.of(found))


def stop(job: str) -> bool:
    """Kill the helper's work on a job; tells whether there was some."""
    one = _bringings.pop(job, None)
    if one is None:
        return False
    helper().cancel(one.work)
    return True


def clear() -> None:
    """Stop everything: the file that it was meant for is gone, or the add-on is."""
    for job in list(_bringings):
        stop(job)


def import_result(context: Any, path: Path, options: Mapping[str, Any], facts: JobFacts) -> Imported:
    """Import and wait for it: in this process, but for what could hang, which the helper does where there is one."""
    from .importing import import_result as import_here

    checked = check(options)
    if checked["quad"] and not refused():
        with contextlib.suppress(NoHelper):
            return _through_helper(context, path, checked, facts)
    return import_here(context, path, checked, facts)


def pause_of(job: str) -> float:
    """Return for how many seconds Blender may stand still when this process itself imports the result."""
    try:
        path = model_of(job).path
        return max(1.0, _PAUSE * path.stat().st_size / 1e6) if path else 0.0
    except (Img3dError, OSError):
        return 0.0


def _through_helper(context: Any, path: Path, options: Mapping[str, Any], facts: JobFacts) -> Imported:
    target = handover_file()
    request = _request(path, options, facts, context.view_layer.id_data, target)
    work = helper().submit(request, limit=time_limit(options))
    helper().wait(work)
    one = Bringing(job=facts.id, options=options, facts=facts, scene=0, target=target, work=work)
    return _received(context, one)


def _received(context: Any, one: Bringing) -> Imported:
    from .importing import Prepared, blender_errors, finish
    from .importing.append import append
    from .importing.fresh import removed_on_failure

    try:
        values = one.work.result()
    except NoHelper as error:
        remember_refusal(str(error))
        raise
    with removed_on_failure(), blender_errors(Path(one.facts.name)):
        names = tuple(item.name for item in append(one.target))
        return finish(context, Prepared.from_json(values, names=names), options=one.options, facts=one.facts)


def _request(
    path: Path | None, options: Mapping[str, Any], facts: JobFacts, scene: bpy.types.Scene, target: Path
) -> dict[str, Any]:
    from .importing import unit_of

    return {
        "task": "import",
        "about": facts.name,
        "path": str(path),
        "options": dict(options),
        "facts": asdict(facts),
        "unit": unit_of(scene),
        "target": str(target),
    }


def time_limit(options: Mapping[str, Any]) -> float:
    """Return for how many seconds the helper's work on one result may bring nothing new, before it is ended."""
    if not options.get("quad"):
        return LIMIT
    from . import quads

    return max(LIMIT, quads.time_limit(options["quad"]))
