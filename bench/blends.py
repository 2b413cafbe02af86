# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user's Blender does for an import: a job in the journal, the helper process, beats of the pump."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["a_job", "beat_until", "received", "started", "timed_receive"]

EVERY = 0.01  # seconds between two beats: ours are what is timed, not how long we wait for them


def started() -> None:
    """Register the add-on, as in a Blender with a window, and wait for the helper to be warm."""
    import img3d_addon
    from img3d_addon.blender import bringing
    from img3d_addon.blender.helper import starting

    bringing.usable = lambda: not starting.refused()
    img3d_addon.register()
    ready = threading.Event()
    starting.helper().warm()
    starting.helper()._workers.put(ready.set)  # noqa: SLF001 - it comes after the start, in the same thread
    ready.wait()
    if starting.refused():
        raise SystemExit(f"bench: no helper process can be started: {starting.refused()}")


def a_job(path: Path, after: dict[str, Any]) -> str:
    """Write a job into the journal whose result is `path`, as after its download; return its id."""
    from img3d_addon.blender import session
    from img3d_addon.core.jobs.job import Ids, Job

    job, now = Ids().new(), time.time()
    journal = session.engine()._journal  # noqa: SLF001 - the service is not what is measured
    journal.add(
        Job(
            id=job,
            provider="offline",
            name="model",
            image=path,
            state="ready",
            stage="ready",
            params={},
            after=after,
            created=now,
            updated=now,
            path=path,
            kind="glb",
        )
    )
    journal.release(job)
    return job


def beat_until(done: Callable[[], bool]) -> list[float]:
    """Beat as the timer does until `done`; return how long our callbacks took, in milliseconds."""
    from img3d_addon.blender import pump

    spent: list[float] = []
    while not done():
        time.sleep(EVERY)
        begun = time.perf_counter()
        pump.tick()
        spent.append(1000.0 * (time.perf_counter() - begun))
    return spent


def timed_receive(keep: Path) -> list[float]:
    """Have every hand-over timed: append, placing, update of the view layer; the first is copied to `keep`."""
    import bpy

    from img3d_addon.blender import bringing

    spent: list[float] = []
    receive = bringing._received  # noqa: SLF001 - the part of a beat that reads the file

    def timed(context: Any, one: Any) -> Any:
        if not keep.exists():
            shutil.copyfile(one.target, keep)
            keep.with_suffix(".json").write_text(json.dumps(one.work.result()), encoding="utf-8")
        begun = time.perf_counter()
        made = receive(context, one)
        bpy.context.view_layer.update()
        spent.append(1000.0 * (time.perf_counter() - begun))
        return made

    bringing._received = timed  # noqa: SLF001
    return spent


def received(keep: Path, folder: Path) -> float:
    """Take over what `timed_receive` has kept, with no helper at work beside us; return the milliseconds."""
    import bpy

    from img3d_addon.blender import bringing
    from img3d_addon.blender.after import check
    from img3d_addon.blender.importing import JobFacts
    from img3d_addon.core.helper.work import Work

    target = folder / keep.name
    shutil.copyfile(keep, target)
    work = Work({}, limit=None)
    work.answered(json.loads(keep.with_suffix(".json").read_text(encoding="utf-8")))
    facts = JobFacts(id="bench", provider="offline", name="model")
    one = bringing.Bringing(job="bench", options=check({}), facts=facts, scene=0, target=target, work=work)
    begun = time.perf_counter()
    bringing._received(bpy.context, one)  # noqa: SLF001
    bpy.context.view_layer.update()
    return 1000.0 * (time.perf_counter() - begun)
