# SPDX-License-Identifier: GPL-3.0-or-later
"""Throughput of `batch`: pictures at once against a service that answers after 2 s, and offline over all cores.

`build.py bench throughput [--quick]`; Linux and macOS. Each run is the program itself, in its own folder. The ideal
is the number of rounds that the service needs, times its answer, and the start of the program.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.cli.many import pictures

from .batch import a_service

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Run:
    """One batch: seconds of wall clock and of processor time, and the most memory of its process in MB."""

    what: str
    pictures: int
    at_once: int
    seconds: float
    ideal: float
    cpu: float
    memory: float

    @property
    def ratio(self) -> float:
        """Wall clock against the ideal."""
        return self.seconds / self.ideal


def main(words: Sequence[str]) -> int:
    """Measure and print a line for each run."""
    args = _parser().parse_args(words)
    runs: list[Run] = []
    start = min(_start() for _ in range(3))
    _say(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; the program starts in {start:.2f} s")
    with a_service(args.answer) as url:
        for at_once in args.at_once:
            count = min(args.pictures, 4 * at_once) if args.quick else args.pictures
            runs.append(_hosted(count, at_once, answer=args.answer, url=url, start=start))
            _tell(runs[-1])
    alone = _offline(args.offline, 1, ideal=0.0)
    for at_once in sorted({1, os.cpu_count() or 1}):
        run = alone if at_once == 1 else _offline(args.offline, at_once, ideal=alone.seconds / at_once)
        runs.append(run)
        _tell(run)
    if args.json:
        args.json.write_text(json.dumps([{**asdict(run), "ratio": run.ratio} for run in runs], indent=1))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--answer", type=float, default=2.0, help="seconds that the service takes")
    parser.add_argument("--at-once", type=_numbers, default=[1, 2, 4, 8, 16, 32])
    parser.add_argument("--offline", type=int, default=12, help="pictures for the offline provider")
    parser.add_argument("--quick", action="store_true", help="four rounds of each instead of all pictures")
    parser.add_argument("--json", type=Path)
    return parser


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def _hosted(count: int, at_once: int, *, answer: float, url: str, start: float) -> Run:
    words = ["--provider", "hunyuan3d_local"]
    ideal = math.ceil(count / at_once) * answer + start
    return _timed("service", count, at_once, words=words, url=url, ideal=ideal)


def _offline(count: int, at_once: int, *, ideal: float) -> Run:
    return _timed("offline", count, at_once, words=["-o", "texture_size=512"], url="", ideal=ideal)


def _timed(what: str, count: int, at_once: int, *, words: Sequence[str], url: str, ideal: float) -> Run:
    with tempfile.TemporaryDirectory(prefix="img3d-bench-") as name:
        folder = Path(name)
        given = ["--online-mode", "batch", str(pictures(folder / "in", count)), "--out", str(folder / "out")]
        begun = time.monotonic()
        child = _program([*given, *words, "--jobs", str(at_once)], folder / "home", url=url)
        _pid, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - begun
        written = len(list((folder / "out").glob("*.glb")))
    if status or written != count:
        raise SystemExit(f"{what}, {at_once} at once: status {status}, {written} of {count} written")
    memory = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    cpu = usage.ru_utime + usage.ru_stime
    return Run(what, count, at_once, seconds, ideal or seconds, cpu, memory)


def _start() -> float:
    with tempfile.TemporaryDirectory(prefix="img3d-bench-") as name:
        begun = time.monotonic()
        _program(["jobs"], Path(name), url="").wait()
        return time.monotonic() - begun


def _program(words: Sequence[str], home: Path, *, url: str) -> subprocess.Popen[bytes]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "IMG3D_HOME": str(home), "IMG3D_HUNYUAN3D_URL": url}
    command = [sys.executable, "-m", "img3d_addon", *words]
    return subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, cwd=ROOT)


def _tell(run: Run) -> None:
    speed = f"{run.seconds:6.1f} s, ideal {run.ideal:6.1f}, ratio {run.ratio:.2f}, {run.pictures / run.seconds:5.2f}/s"
    usage = f"cpu {run.cpu:5.1f} s, {run.memory:.0f} MB"
    _say(f"{run.what:8} {run.pictures:4} pictures, {run.at_once:2} at once: {speed}, {usage}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
