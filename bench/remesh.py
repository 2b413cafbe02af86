# SPDX-License-Identifier: GPL-3.0-or-later
"""P10, P11, P12: a quad remesh with its bake in the helper process.

How long it takes against QuadriFlow alone, what it does to the window's own Blender, how soon a cancel ends a hang.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from . import blends
from .beats import beats
from .child import ask
from .judging import Measured
from .plan import Plan

__all__ = ["GOALS", "measure"]

GOALS = ("P10", "P11", "P12")
EVERY = 0.005  # seconds of a beat
QUADS = 5000
PSNR = 29.0  # decibels, of the worst of four sides
LARGE = 500.0  # units: it refuses edges that are very short


def measure(plan: Plan) -> Iterator[Measured]:
    """Time both in turn; beat beside a working and an idle helper in turn; then end one that hangs."""
    model = ask("models.make", sizes={"200k": 1024}, metal=False)["200k"]
    case = f"200k -> {QUADS // 1000}k quads, 2 x 1K"
    if "P10" in plan.goals:
        pairs = [(ask("remesh.whole", path=model), ask("remesh.alone", path=model)) for _ in range(plan.pairs)]
        ours, alone = [one for one, _ in pairs], [other for _, other in pairs]
        found = ask("remesh.judged", path=model)
        what = "remesh and bake/QuadriFlow"
        yield Measured(
            goal="P10",
            what=what,
            case=case,
            most=3.0,
            unit="s",
            a=ours,
            b=alone,
            wrong=found["wrong"],
            notes=found["facts"],
        )
    if "P11" in plan.goals:
        found = ask("remesh.beside", path=model, pairs=plan.pairs)
        busy, idle, wrong = found["busy"], found["idle"], found["wrong"]
        yield Measured(goal="P11", what="longest gap/idle", case=case, most=3.0, a=busy, b=idle, wrong=wrong)
    if "P12" in plan.goals:
        gone = ask("remesh.cancelled", path=model, times=plan.pairs)
        yield Measured(goal="P12", what="cancel to end", case="a child that hangs", most=0.5, unit="s", a=gone)


def whole(*, path: str, folder: str) -> float:
    """Return the seconds that the helper, warm, takes from file to quads with maps."""
    from img3d_addon.blender.helper import starting

    blends.started()
    begun = time.perf_counter()
    work = starting.helper().submit(_request(path, folder))
    work.done.wait()
    seconds = time.perf_counter() - begun
    work.result()
    starting.close()
    return seconds


def judged(*, path: str, folder: str) -> dict[str, Any]:
    """Return what comes out of it, from the functions that the helper calls, and what is not as it must be."""
    import bpy

    from img3d_addon.blender.quads import QuadSettings, rebuild, summary
    from img3d_addon.blender.quads.apart import scene_apart
    from img3d_addon.blender.quads.unwrap import overlapping
    from img3d_addon.core.steps import drained

    del folder
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_scene.gltf(filepath=path)
    made = drained(rebuild([*bpy.context.scene.objects], QuadSettings(faces=QUADS, texture=1024, compare=True)))
    with scene_apart() as apart:
        apart.link(made.object)
        overlaps = len(overlapping(apart, made.object))
    right = {
        "100 % quads": made.after.quads == 1.0,
        "no open edges": made.after.non_manifold == 0,
        "no overlaps": overlaps == 0,
        f"{PSNR:g} dB or more": made.psnr is not None and made.psnr >= PSNR,
    }
    wrong = [f"not {text}" for text, holds in right.items() if not holds]
    return {"facts": {**summary(made), "overlaps": overlaps}, "wrong": wrong}


def alone(*, path: str, folder: str) -> float:
    """Return the seconds of QuadriFlow on the same surface, welded and as large as it wants it."""
    import bpy

    del folder
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_scene.gltf(filepath=path, merge_vertices=True)
    item = next(one for one in bpy.data.objects if one.type == "MESH")
    item.scale *= LARGE / max(item.dimensions)
    bpy.context.view_layer.objects.active = item
    bpy.ops.object.transform_apply(location=False, rotation=False, scale=True)
    begun = time.perf_counter()
    if bpy.ops.object.quadriflow_remesh(mode="FACES", target_faces=QUADS) != {"FINISHED"}:
        raise SystemExit("bench: QuadriFlow refused the model of the benchmark")
    return time.perf_counter() - begun


def beside(*, path: str, pairs: int, folder: str) -> dict[str, Any]:
    """Return the longest gaps of beats in milliseconds, beside a remesh with its bake and an idle helper in turn."""
    from img3d_addon.blender.helper import starting

    blends.started()
    request = _request(path, folder)
    busy, idle, wrong = [], [], set()
    for _ in range(pairs):
        begun = time.perf_counter()
        work = starting.helper().submit(request)
        busy.append(max(_beats(lambda _passed, work=work: work.done.is_set())))
        spent = time.perf_counter() - begun
        idle.append(max(_beats(lambda passed, spent=spent: passed > spent)))
        try:
            work.result()
        except Exception as error:  # it is the answer
            wrong.add(str(error))
    starting.close()
    return {"busy": busy, "idle": idle, "wrong": sorted(wrong)}


def cancelled(*, path: str, times: int, folder: str) -> list[float]:
    """Return the seconds from a cancel to the end of the operator and of a child that can do nothing about it."""
    import bpy

    from img3d_addon.blender import bringing
    from img3d_addon.blender.helper import starting

    del folder
    blends.started()
    found: list[float] = []
    for _ in range(times):
        job = blends.a_job(Path(path), {})
        bringing.begin(job, bpy.context.scene)
        while not bringing.under_way()[job].work.message:
            time.sleep(EVERY)
        child: int = starting.helper()._child._child.pid  # noqa: SLF001
        os.kill(child, signal.SIGSTOP)  # no code of its own runs any more, as in a remesh that never ends
        begun = time.perf_counter()
        bpy.ops.img3d.cancel(job=job)
        while _lives(child):
            time.sleep(0.001)
        found.append(time.perf_counter() - begun)
    starting.close()
    return found


def _request(path: str, folder: str) -> dict[str, Any]:
    """Return what the helper is asked for; handed in by ourselves, since the pump would append the result."""
    import bpy

    from img3d_addon.blender import bringing
    from img3d_addon.blender.after import check
    from img3d_addon.blender.importing import JobFacts

    facts = JobFacts(id="bench", provider="offline", name="model")
    target = Path(folder) / "handover.blend"
    return bringing._request(Path(path), check({"quad": QUADS, "quad_texture": 1024}), facts, bpy.context.scene, target)  # noqa: SLF001


def _beats(done: Callable[[float], bool]) -> list[float]:
    from img3d_addon.blender import pump

    def until(passed: float) -> bool:
        pump.tick()
        return done(passed)

    return beats(until, every=EVERY)


def _lives(child: int) -> bool:
    try:
        os.kill(child, 0)
    except ProcessLookupError:
        return False
    return True
