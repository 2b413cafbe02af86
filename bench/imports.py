# SPDX-License-Identifier: GPL-3.0-or-later
"""P1, P2, P3, P5: an import through the helper process, against reading its file and against importing directly.

Every sample is a new process in which the same is done twice: in fresh memory, and again.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import blends
from .child import ask
from .judging import Measured
from .plan import Plan

__all__ = ["GOALS", "TEXTURE", "measure"]

GOALS = ("P1", "P2", "P3", "P5")
TEXTURE = {"10k": 2048, "50k": 2048, "200k": 2048, "500k": 2048, "1M": 4096}
READ = {"200k": 3.5, "500k": 1.7, "1M": 1.7}
STALL = {"200k": 0.1, "500k": 0.1, "1M": 0.1}
TOTAL = {"5.2": 0.75, "4.5": 1.0, "4.2": 1.8}  # for sizes that have a goal in STALL
KNOWN = 1.4  # times the goal of P3: see README.md
CALLBACK = {"500k": 50.0, "1M": 100.0}  # milliseconds
TWICE = 2


@dataclass(frozen=True, kw_only=True)
class _Round:
    """What one process of each kind took, in milliseconds, first and later."""

    ours: dict[str, Any]
    append: Sequence[float]
    read: Sequence[float]
    direct: Sequence[float]


def measure(plan: Plan) -> Iterator[Measured]:
    """Time each size with its yardsticks in turn."""
    sizes = {size: TEXTURE[size] for size in plan.sizes}
    models: dict[str, str] = ask("models.make", sizes=sizes)
    for size, path in models.items():
        yield from _goals(size, _rounds(path, plan), plan)


def _rounds(path: str, plan: Plan) -> list[_Round]:
    with tempfile.TemporaryDirectory(prefix="img3d-bench-") as folder:
        keep = f"{folder}/handover.blend"
        return [
            _Round(
                ours=ask("imports.ours", path=path, keep=keep),
                append=ask("imports.appending", path=keep) if "P1" in plan.goals else (),
                read=ask("imports.reading", path=keep) if "P1" in plan.goals else (),
                direct=ask("imports.direct", path=path) if {"P2", "P3"} & {*plan.goals} else (),
            )
            for _ in range(plan.pairs)
        ]


def _goals(size: str, rounds: Sequence[_Round], plan: Plan) -> Iterator[Measured]:
    case = f"{size} {TEXTURE[size] // 1024}K"
    stalls, totals, beats = (
        [value for one in rounds for value in one.ours[name]] for name in ("stalls", "totals", "longest")
    )
    appends, reads, directs = (
        [value for one in rounds for value in getattr(one, name)] for name in ("append", "read", "direct")
    )
    notes = {"order": "first, later, first, later ..."}
    total = TOTAL.get(plan.blender, math.inf) if size in STALL else math.inf
    found = {
        "P1": ("append/read", READ.get(size, math.inf), appends, reads),
        "P2": ("hand-over/direct import", STALL.get(size, math.inf), stalls, directs),
        "P3": ("file to object/direct import", total, totals, directs),
        "P5": ("longest callback", CALLBACK.get(size, math.inf), beats, ()),
    }
    for goal, (what, most, a, b) in found.items():
        if goal in plan.goals:
            accepted = KNOWN if goal == "P3" else 1.0
            yield Measured(goal=goal, what=what, case=case, most=most, a=a, b=b, accepted=accepted, notes=notes)


def ours(*, path: str, keep: str, folder: str) -> dict[str, Any]:
    """Bring the model in through the helper: hand-overs, whole times and the longest callbacks, in milliseconds."""
    import bpy

    from img3d_addon.blender import bringing, pump
    from img3d_addon.blender.helper import starting

    del folder
    blends.started()
    found: dict[str, Any] = {"stalls": blends.timed_receive(Path(keep)), "totals": [], "longest": []}
    for _ in range(TWICE):
        bpy.ops.wm.read_factory_settings(use_empty=True)
        job = blends.a_job(Path(path), {})
        begun = time.perf_counter()
        bringing.begin(job, bpy.context.scene)
        spent = [1000.0 * (time.perf_counter() - begun), *blends.beat_until(lambda: not bringing.under_way())]
        found["totals"].append(1000.0 * (time.perf_counter() - begun))
        found["longest"].append(max(spent))
        if pump.errors or not any("img3d_job" in item for item in bpy.data.objects):
            raise SystemExit(f"bench: nothing was imported: {dict(pump.errors)}")
    starting.close()
    return found


def appending(*, path: str, folder: str) -> list[float]:
    """Take over what the helper had made ready, in a process that has no helper."""
    import bpy

    import img3d_addon

    img3d_addon.register()
    spent: list[float] = []
    for _ in range(TWICE):
        bpy.ops.wm.read_factory_settings(use_empty=True)
        spent.append(blends.received(Path(path), Path(folder)))
    return spent


def reading(*, path: str, folder: str) -> list[float]:
    """Read the file that is appended from, as bytes, in a process that has Blender loaded, too."""
    import bpy

    del bpy, folder
    return [_timed(lambda: Path(path).read_bytes()) for _ in range(TWICE)]


def direct(*, path: str, folder: str) -> list[float]:
    """Import the model with Blender's importer."""
    import bpy

    del folder

    def work() -> None:
        bpy.ops.import_scene.gltf(filepath=path)
        bpy.context.view_layer.update()

    spent: list[float] = []
    for _ in range(TWICE):
        bpy.ops.wm.read_factory_settings(use_empty=True)
        spent.append(_timed(work))
    return spent


def _timed(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return 1000.0 * (time.perf_counter() - begun)
