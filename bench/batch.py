# SPDX-License-Identifier: GPL-3.0-or-later
"""P8: fifty jobs at once through the engine, against the time that the service alone takes for them."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .child import ROOT, ask
from .inputs import draw
from .judging import Measured
from .plan import Plan

__all__ = ["GOALS", "measure"]

GOALS = ("P8",)
JOBS, THREADS, DELAY = 50, 8, 0.2  # seconds that the service takes for each
SIDE = 64  # pixels of the picture: preparing it is not what is measured


def measure(plan: Plan) -> Iterator[Measured]:
    """Run the batch several times, each with an engine and a service of its own."""
    with a_service() as url:
        runs = [ask("batch.sample", url=url) for _ in range(plan.pairs)]
    failed = sum(run["failed"] for run in runs)
    yield Measured(
        goal="P8",
        what="batch/ideal",
        case=f"{JOBS} jobs x {DELAY:g} s, {THREADS} threads",
        most=1.10,
        unit="s",
        a=[run["seconds"] for run in runs],
        b=[math.ceil(JOBS / THREADS) * DELAY] * len(runs),
        wrong=[f"{failed} jobs failed"] if failed else [],
    )


def sample(*, url: str, folder: str) -> dict[str, Any]:
    """Return the seconds from the first submit to the end of the last job."""
    from img3d_addon.core.jobs.engine import Engine
    from img3d_addon.core.settings import Settings
    from img3d_addon.core.values import Order
    from img3d_addon.providers import load

    picture = Path(folder) / "picture.png"
    draw(str(picture), "plain", SIDE)
    settings = Settings(home=Path(folder) / "home", online=True, base_urls={"HUNYUAN3D": url}, workers=THREADS)
    order = Order(provider="hunyuan3d_local", image=picture)
    engine = Engine(settings, load())
    engine.submit(order)  # what is imported and opened once is not a matter of fifty jobs
    engine.wait_idle()
    engine.drain()
    begun = time.perf_counter()
    for _ in range(JOBS):
        engine.submit(order)
    engine.wait_idle()
    seconds = time.perf_counter() - begun
    done = sum(event.kind == "downloaded" for event in engine.drain())
    engine.close()
    return {"seconds": seconds, "failed": JOBS - done}


@contextmanager
def a_service() -> Generator[str]:
    """Start the service in a process of its own and yield its address; it answers after `DELAY` seconds."""
    command = [sys.executable, "-m", "tests.servers.hunyuan", "--delay", str(DELAY)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield server.stdout.readline().strip() if server.stdout else ""
    finally:
        server.terminate()
        server.communicate()
