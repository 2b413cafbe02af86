# SPDX-License-Identifier: GPL-3.0-or-later
"""What the helper process can be asked for: each task is a generator that yields (fraction, what is being done).

A task returns plain values. Nothing here depends on the process that it runs in.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

import bpy

from ...core.errors import BadInput, Img3dError
from ..importing import JobFacts, prepare
from ..importing.append import write

__all__ = ["TASKS", "clear", "own_process", "run", "told"]

Steps = Generator[tuple[float, str], None, dict[str, Any]]


_alone: list[bool] = []


def own_process() -> None:
    """Say that this Blender does nothing but our tasks: its preferences may be borrowed, and it is emptied at will."""
    _alone.append(True)
    clear()


def run(request: Mapping[str, Any]) -> Steps:
    """Begin the task that the request names; `BadInput` for an unknown one."""
    task = TASKS.get(str(request.get("task")))
    if task is None:
        raise BadInput(f"The helper knows no task {request.get('task')!r}")
    return task(request)


def told(error: Exception) -> dict[str, str]:
    """Return what is sent about an error."""
    if isinstance(error, Img3dError):
        return {"kind": error.kind, "message": str(error)}
    return {"kind": "import", "message": f"An error in img3d itself ({type(error).__name__}: {error})."}


def clear() -> None:
    """Throw away all that a task has left."""
    bpy.ops.wm.read_factory_settings(use_empty=True)


def _import(request: Mapping[str, Any]) -> Steps:
    """Import `path` and write the prepared objects to `target`: `options`, `facts`, `unit` as for `prepare`."""
    facts = JobFacts(**request["facts"])
    prepared = yield from prepare(
        Path(request["path"]),
        options=request["options"],
        facts=facts,
        unit=float(request["unit"]),
        alone=bool(_alone),
    )
    yield 0.9, "handing over"
    write([bpy.data.objects[name] for name in prepared.names], Path(request["target"]))
    return prepared.as_json()


def _deliver(request: Mapping[str, Any]) -> Steps:
    """Import a model, post-process it and write a file; see `cli/deliver.py`."""
    from ..cli.deliver import delivering

    return (yield from delivering({**request, "alone": bool(_alone)}))


def _quads(request: Mapping[str, Any]) -> Steps:
    """Rebuild an object that was handed over; see `remeshing.py`."""
    from ..remeshing import rebuilding

    return (yield from rebuilding(request))


def _show(request: Mapping[str, Any]) -> Steps:
    """Draw the preview of a model; see `cli/batch/assets.py`."""
    from ..cli.batch.assets import showing

    return (yield from showing(request))


def _gather(request: Mapping[str, Any]) -> Steps:
    """Gather assets in one .blend; see `cli/batch/assets.py`."""
    from ..cli.batch.assets import gathering

    return (yield from gathering(request))


TASKS: dict[str, Callable[[Mapping[str, Any]], Steps]] = {
    "import": _import,
    "deliver": _deliver,
    "quads": _quads,
    "show": _show,
    "gather": _gather,
}
