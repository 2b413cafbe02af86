# SPDX-License-Identifier: GPL-3.0-or-later
"""P4: what one beat of the pump costs while fifty jobs wait and nothing has happened."""

from __future__ import annotations

import os
import queue
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .child import ask
from .inputs import draw
from .judging import Measured, quantile
from .plan import Plan

__all__ = ["GOALS", "measure"]

GOALS = ("P4",)
JOBS = 50
MOST_P99 = 1000.0  # microseconds
TICKS = 150  # of a pair
REDRAWS = 3  # a beat every 0.2 s, the sidebar drawn every 0.5 s
QUIET = 0.3  # seconds without an event, after which nothing more happens
PROVIDER = "hunyuan3d_local"  # without a key, and silent until its model is made


def measure(plan: Plan) -> Iterator[Measured]:
    """Time ticks and empty queues in turn, in one process that has the jobs."""
    found = ask("waiting.sample", pairs=10 * plan.pairs)
    yield Measured(
        goal="P4",
        what="tick/get_nowait",
        case=f"{JOBS} jobs",
        most=20.0,
        unit="us",
        a=found["ticks"],
        b=found["gets"],
        also={"p99": (found["p99"], MOST_P99)},
        wrong=[] if found["active"] == JOBS else [f"only {found['active']} jobs were waiting"],
    )


def sample(*, pairs: int, folder: str) -> dict[str, Any]:
    """Return means of a beat, and of `JOBS` questions to an empty queue, in microseconds; and the p99 of all beats."""
    import bpy

    import img3d_addon
    from img3d_addon.blender import pump, session
    from img3d_addon.core.values import Order
    from tests.servers.hunyuan import HunyuanServer

    picture = Path(folder) / "picture.png"
    draw(str(picture), "plain", 64)
    with HunyuanServer() as server:
        server.play("hold")
        os.environ["IMG3D_HUNYUAN3D_URL"] = server.url
        bpy.context.preferences.system.use_online_access = True
        img3d_addon.register()
        engine = session.engine()
        for _ in range(JOBS):
            pump.watch(engine.submit(Order(provider=PROVIDER, image=picture)), bpy.context.scene)
        while pump.tick() or sum(view.stage != "preparing" for view in engine.view()) < JOBS:
            time.sleep(QUIET)
        found = [_timed(pump) for _ in range(pairs)]
        active = engine.active
        img3d_addon.unregister()
    return {
        "ticks": [statistics.fmean(ticks) for ticks, _ in found],
        "gets": [get for _, get in found],
        "p99": quantile([tick for ticks, _ in found for tick in ticks], 0.99),
        "active": active,
    }


def _timed(pump: Any) -> tuple[list[float], float]:
    """Time some beats, one in `REDRAWS` with the sidebar's turn to be drawn, and the yardstick after them."""
    ticks: list[float] = []
    for number in range(TICKS):
        if number % REDRAWS == 0:
            pump._state.drawn = 0.0
        begun = time.perf_counter()
        pump.tick()
        ticks.append(1e6 * (time.perf_counter() - begun))
    empty: queue.SimpleQueue[None] = queue.SimpleQueue()
    begun = time.perf_counter()
    for _ in range(JOBS * TICKS):
        try:  # noqa: SIM105 - what would hide it costs more than the question
            empty.get_nowait()
        except queue.Empty:
            pass
    return ticks, 1e6 * (time.perf_counter() - begun) / TICKS
