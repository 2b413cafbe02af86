# SPDX-License-Identifier: GPL-3.0-or-later
"""Time the offline generator as users run it, in its child process, from outside: `build.py bench offline`.

Every run is a process of its own and is paired with a run of one reference case in turn, so that a machine that is
shared or changes its speed changes both: trust the ratios. Memory is the system's own account of the child.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from img3d_addon.core.errors import BadInput
from img3d_addon.core.helper import python
from img3d_addon.core.helper.process import Process
from img3d_addon.providers.offline import process

from .system import UNIT, load, peak_memory

ROOT = Path(__file__).resolve().parent.parent
SIZES = (512, 1024, 2048)
MODES = ("inflate", "relief", "extrude", "revolve")
# Stages by the share that stands for their beginning; one mode reports more steps of a stage than another.
STAGES = {"read": 0.02, "find": 0.08, "measure": 0.22, "build": 0.25, "front": 0.60, "back": 0.75, "write": 0.88}


@dataclass(frozen=True)
class Case:
    """A picture of `size` pixels in front of a kind of background, and a mode."""

    mode: str
    background: str
    size: int
    faces: int = 20_000

    def __str__(self) -> str:
        return f"{self.mode}, {self.background}, {self.size} px"

    def options(self) -> dict[str, Any]:
        """Return what the provider would be asked for."""
        return {"mode": self.mode, "texture_size": self.size, "faces": self.faces}


REFERENCE = Case("inflate", "alpha", 1024)


@dataclass(frozen=True, kw_only=True)
class Run:
    """Seconds by stage, of the work without the start, of all, of the processor; peak in bytes; faces made."""

    stages: Mapping[str, float]
    work: float
    whole: float
    cpu: float
    peak: int
    faces: int


def draw(folder: Path, background: str, size: int) -> Path:
    """Make an input in a process of its own: a large parent would count as its children's memory."""
    path = folder / f"{background}-{size}.png"
    if not path.exists():
        code = "import sys; from bench.inputs import draw; draw(sys.argv[1], sys.argv[2], int(sys.argv[3]))"
        subprocess.run([sys.executable, "-c", code, str(path), background, str(size)], check=True, cwd=ROOT)
    return path


class _Child(Process):
    """The generator's child: when it said what, and the system's account of it."""

    started: ClassVar[list[_Child]] = []

    def __init__(self, command: Sequence[str]) -> None:
        super().__init__(command)
        self.marks: list[tuple[float, dict[str, Any]]] = []
        self.started.append(self)

    def messages(self) -> Iterator[dict[str, Any]]:
        for message in super().messages():
            self.marks.append((time.perf_counter(), message))
            yield message

    def kill(self) -> None:
        os.kill(self._child.pid, signal.SIGKILL)  # Popen's own would reap one that has ended, and its account be lost

    def end(self, *, patience: float) -> tuple[int, str]:
        _, status, self.used = os.wait4(self._child.pid, 0)
        self._child.returncode = os.waitstatus_to_exitcode(status)
        return super().end(patience=patience)


def run(picture: Path, options: Mapping[str, Any]) -> Run:
    """Run the child on one job; a refused picture gives times of zero, and the memory that the start alone takes."""
    python.Process = _Child
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        with contextlib.suppress(BadInput):
            for _stage in process.generate({"picture": str(picture), "output": f"{folder}/a.glb", "options": options}):
                pass
    if not _Child.started:
        raise SystemExit("bench: the child process cannot be started")
    child = _Child.started.pop()
    ready, end = child.marks[0][0], child.marks[-1][0]
    return Run(
        stages=_stages(child.marks),
        work=end - ready,
        whole=end - begun,
        cpu=child.used.ru_utime + child.used.ru_stime,
        peak=child.used.ru_maxrss * UNIT,
        faces=child.marks[-1][1].get("result", {}).get("faces", 0),
    )


def _stages(marks: Sequence[tuple[float, dict[str, Any]]]) -> dict[str, float]:
    spent = dict.fromkeys(STAGES, 0.0)
    for (at, news), (following, _) in itertools.pairwise(marks):
        if "fraction" in news:
            name = [stage for stage, begins in STAGES.items() if news["fraction"] >= begins - 1e-9][-1]
            spent[name] += following - at
    return spent


def floor(folder: Path) -> int:
    """Return the peak of a child that loads everything and then finds that the picture has one colour."""
    blank = draw(folder, "blank", 8)
    least = max(run(blank, {}).peak for _ in range(3))
    # Linux counts what the parent held when it started the child, until the child is larger.
    if peak_memory() >= least:
        raise SystemExit("bench: this process is larger than its children, whose memory cannot be told then")
    return least


def measure(case: Case, folder: Path, *, pairs: int) -> dict[str, Any]:
    """Run the case and the reference in turn; medians of all figures, and of the ratio pair by pair."""
    picture, reference = (draw(folder, one.background, one.size) for one in (case, REFERENCE))
    run(picture, case.options())  # a warm-up that is not counted
    both = [(run(picture, case.options()), run(reference, REFERENCE.options())) for _ in range(pairs)]
    runs = [one for one, _ in both]
    ratios = sorted(one.work / other.work for one, other in both)
    return {
        "case": str(case),
        "faces": runs[0].faces,
        "stages": {name: statistics.median(one.stages[name] for one in runs) for name in STAGES},
        "work": statistics.median(one.work for one in runs),
        "whole": statistics.median(one.whole for one in runs),
        "cpu": statistics.median(one.cpu for one in runs),
        "peak": max(one.peak for one in runs),
        "ratio": statistics.median(ratios),
        "ratios": [ratios[0], ratios[-1]],
    }


def cases(sizes: Sequence[int]) -> list[Case]:
    """Return every mode with transparency, and the most used mode with the other backgrounds, at each size."""
    pairs = [*((mode, "alpha") for mode in MODES), ("inflate", "plain"), ("inflate", "photo")]
    return [Case(mode, background, size) for mode, background in pairs for size in sizes]


HEAD = ("mode, background, size", "faces", *STAGES, "work", "whole", "cpu", "MB", "ratio", "from .. to")


def row(found: Mapping[str, Any], base: int) -> str:
    """Return a row of the table: milliseconds, megabytes above the start, ratios."""
    low, high = found["ratios"]
    times = [
        f"{1000 * value:.0f}" for value in (*found["stages"].values(), found["work"], found["whole"], found["cpu"])
    ]
    memory = f"{(found['peak'] - base) / 1e6:.0f}"
    cells = [found["case"], f"{found['faces']:,}", *times, memory, f"{found['ratio']:.2f}", f"{low:.2f} .. {high:.2f}"]
    return "| " + " | ".join(cells) + " |"


def main(words: list[str]) -> int:
    """Print the table as it is made."""
    parser = argparse.ArgumentParser(prog="build.py bench offline", description="Time the offline generator.")
    parser.add_argument("--pairs", type=int, default=5, help="counted runs of each case (default: %(default)s)")
    parser.add_argument("--size", type=int, action="append", choices=SIZES, help="only this size; may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there, too")
    args = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="img3d-bench-") as name:
        folder = Path(name)
        base = floor(folder)
        _say(f"{os.cpu_count()} processors, load {load():.1f}, one thread in use. Times in ms, medians of")
        _say(f"{args.pairs} runs; MB above the {base / 1e6:.0f} MB of a child that has only started; ratio of the work")
        _say(f"to the reference ({REFERENCE}), run in turn. Work: from ready to done; whole: with the start;")
        _say("cpu: processor time of the whole child, which a busy machine stretches least.\n")
        _say("| " + " | ".join(HEAD) + " |\n|" + "---|" * len(HEAD))
        found = [_shown(measure(case, folder, pairs=args.pairs), base) for case in cases(args.size or SIZES)]
    if args.json:
        args.json.write_text(json.dumps({"base": base, "cases": found}, indent=1), encoding="utf-8")
    return 0


def _shown(found: dict[str, Any], base: int) -> dict[str, Any]:
    _say(row(found, base))
    return found


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
