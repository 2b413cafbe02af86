# SPDX-License-Identifier: GPL-3.0-or-later
"""P8: fifty jobs at once through the engine, against the same requests by as many bare threads."""

from __future__ import annotations

import base64
import json
import math
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .child import ROOT, ask
from .inputs import draw
from .judging import Measured
from .plan import Plan

__all__ = ["GOALS", "measure"]

GOALS = ("P8",)
JOBS, THREADS = 50, 8
SHORT, LONG = 0.2, 2.0  # seconds that the service takes for each; the goal is for the short ones
KNOWN = 2.0  # times the goal: see README.md
SIDE = 64  # pixels of the picture: preparing it is not what is measured


def measure(plan: Plan) -> Iterator[Measured]:
    """Run both in turn, each time in a new process; a full run also has jobs that are as quick as real ones get."""
    yield _measured(SHORT, plan.pairs)
    if not plan.quick:
        yield _measured(LONG, 2)


def _measured(delay: float, count: int) -> Measured:
    with a_service(delay) as url:
        pairs = [(ask("batch.sample", url=url), ask("batch.bare", url=url)) for _ in range(count)]
    runs = [run for run, _ in pairs]
    failed = sum(run["failed"] for run in runs)
    ideal = math.ceil(JOBS / THREADS) * delay
    return Measured(
        goal="P8",
        what="batch/bare requests",
        case=f"{JOBS} jobs x {delay:g} s, {THREADS} threads",
        most=1.10,
        unit="s",
        a=[run["seconds"] for run in runs],
        b=[other for _, other in pairs],
        accepted=KNOWN,
        wrong=[f"{failed} jobs failed"] if failed else [],
        notes={"ideal": ideal, "to ideal": statistics.median(run["seconds"] for run in runs) / ideal},
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


def bare(*, url: str, folder: str) -> float:
    """Return the seconds of the same requests by threads that do nothing else."""
    picture = Path(folder) / "picture.png"
    draw(str(picture), "plain", SIDE)
    body = json.dumps({"image": base64.b64encode(picture.read_bytes()).decode(), "type": "glb"}).encode()

    def one(_number: int) -> None:
        request = urllib.request.Request(f"{url}/generate", data=body, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            answer.read()

    one(0)
    begun = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(one, range(JOBS)))
    return time.perf_counter() - begun


@contextmanager
def a_service(delay: float) -> Generator[str]:
    """Start the service in a process of its own and yield its address; it answers after `delay` seconds."""
    command = [sys.executable, "-m", "tests.servers.hunyuan", "--delay", str(delay)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield server.stdout.readline().strip() if server.stdout else ""
    finally:
        server.terminate()
        server.communicate()
