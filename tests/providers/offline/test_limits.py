# SPDX-License-Identifier: GPL-3.0-or-later
"""What the generator may take of a computer: memory by picture size, and a second until a cancel has ended it."""

import json
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.settings import Settings
from img3d_addon.core.values import Order
from img3d_addon.providers.offline import Offline

ROOT = Path(__file__).parent.parent.parent.parent
CEILINGS = {512: 58, 1024: 144, 2048: 451}  # MB above a child that only started: reference/offline.md, section 10
PEAK = """
import json, sys, tempfile
from pathlib import Path
from bench.offline import Case, draw, floor, run
with tempfile.TemporaryDirectory() as folder:
    least = floor(Path(folder))
    case = Case(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    print(json.dumps(run(draw(Path(folder), case.background, case.size), case.options()).peak - least))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the system keeps no such account of a child there")
@pytest.mark.parametrize("size", CEILINGS)
@pytest.mark.parametrize(("mode", "background"), [("inflate", "plain"), ("relief", "alpha"), ("inflate", "photo")])
def test_memory_stays_below_its_ceiling(mode, background, size):
    # a process of its own: the system counts a large parent's memory as its child's
    words = [sys.executable, "-c", PEAK, mode, background, str(size)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert 5e6 < json.loads(done.stdout) < CEILINGS[size] * 1e6


@pytest.mark.parametrize("stage", [1, 3, 5])
def test_a_cancel_ends_the_largest_job_within_a_second(home, stage):
    settings = Settings(home=home, online=False)
    params = {"faces": 200_000, "texture_size": 2048, "mode": "relief"}
    with closing(Engine(settings, {"offline": Offline()})) as engine:
        job = engine.submit(Order(provider="offline", image=ROOT / "examples" / "coin.png", params=params))
        steps = 0
        while steps < stage:
            steps += sum(event.stage == "running" for event in engine.drain())
            assert engine.active, "it ended before it could be cancelled"
            time.sleep(0.005)
        begun = time.monotonic()
        engine.cancel(job)
        assert engine.wait_idle(10)
        assert time.monotonic() - begun < 1.0
        assert engine.job(job).state == "cancelled"
