# SPDX-License-Identifier: GPL-3.0-or-later
"""P6: how long the main thread must wait while another thread turns 10 MB into base64 inside JSON, and back."""

from __future__ import annotations

import base64
import json
import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .beats import beats
from .child import ask
from .judging import Measured, quantile
from .plan import Plan

__all__ = ["GOALS", "measure"]

GOALS = ("P6",)
MOST = {"encode": 6.0, "decode": math.inf}  # an answer is read by the decoder of json as a whole
SIZE = 10_000_000  # bytes
EVERY = 0.002  # seconds of a beat
LONG = 1.0  # seconds of each heartbeat


def measure(plan: Plan) -> Iterator[Measured]:
    """Compare the slowest of a hundred beats with those beside an idle thread."""
    for way, most in MOST.items():
        found = ask("encoding.sample", way=way, pairs=max(3, plan.pairs))
        yield Measured(
            goal="P6",
            what="heartbeat p99/idle",
            case=f"{way} 10 MB",
            most=most,
            a=found["busy"],
            b=found["idle"],
            notes={"times done": found["done"]},
        )


def sample(*, way: str, pairs: int, folder: str) -> dict[str, Any]:
    """Return the p99 of beats in milliseconds, beside a working and an idle thread in turn."""
    work = {"encode": _encoding, "decode": _decoding}[way](Path(folder))
    work()
    found: dict[str, Any] = {"busy": [], "idle": [], "done": 0}
    for _ in range(pairs):
        gaps, done = _beside(work)
        found["busy"].append(quantile(gaps, 0.99))
        found["done"] += done
        found["idle"].append(quantile(_beside(lambda: time.sleep(0.05))[0], 0.99))
    return found


def _encoding(folder: Path) -> Callable[[], None]:
    from img3d_addon.core.http.body import Base64File, of_json

    path = folder / "picture.png"
    path.write_bytes(os.urandom(SIZE))

    def work() -> None:
        for _piece in of_json({"image": Base64File(path, "data:image/png;base64,")}):
            pass

    return work


def _decoding(folder: Path) -> Callable[[], None]:
    from img3d_addon.core.http.answer import Answer, Headers
    from img3d_addon.core.http.base64text import decode

    text = json.dumps({"model": base64.b64encode(os.urandom(SIZE)).decode()})

    def work() -> None:
        answer = Answer(status=200, headers=Headers({}), text=text)
        decode(answer.object["model"], folder / "model.glb")

    return work


def _beside(work: Callable[[], Any]) -> tuple[list[float], int]:
    """Beat while a thread does `work` again and again; return the gaps and how often it was done."""
    end, done = threading.Event(), 0

    def again() -> None:
        nonlocal done
        while not end.is_set():
            work()
            done += 1

    thread = threading.Thread(target=again)
    thread.start()
    gaps = beats(lambda passed: passed >= LONG, every=EVERY)
    end.set()
    thread.join()
    return gaps, done
