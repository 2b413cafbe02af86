# SPDX-License-Identifier: GPL-3.0-or-later
"""Large batches and journals: 10,000 rows planned and resumed, 100,000 jobs listed.

`build.py bench scale [--rows N] [--jobs N]`. Each plan is the program itself; the journal is asked within this process.
Most rows of the resumed plan are noted as done in a ledger that is written here, in place of 9,000 real results.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.cli.many import pictures

from .child import ROOT, surroundings

DONE = 0.9  # share of the rows that a resumed batch has behind it
REPEATS = 5


def main(words: Sequence[str]) -> int:
    """Measure and print a line for each figure."""
    parser = argparse.ArgumentParser(prog="build.py bench scale", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000, help="pictures in the folder of a batch")
    parser.add_argument("--jobs", type=int, default=100_000, help="jobs in the journal")
    args = parser.parse_args(words)
    _say(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="img3d-scale-") as folder:
        _plans(Path(folder), args.rows)
        _journal(Path(folder) / "journal", args.jobs)
    return 0


def _plans(folder: Path, rows: int) -> None:
    inputs, out = pictures(folder / "in", rows), folder / "out"
    _tell(f"plan of {rows:,} rows", *_planned(folder, inputs, out))
    _note_as_done(inputs, out)
    _tell(f"plan with {DONE:.0%} of {rows:,} done", *_planned(folder, inputs, out, "--resume"))


def _planned(folder: Path, inputs: Path, out: Path, *more: str) -> tuple[float, str]:
    """Return the seconds of a dry run, and its processor time and memory in words."""
    command = [sys.executable, "-m", "img3d_addon", "batch", str(inputs), "--out", str(out), "--dry-run", *more]
    begun = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, env=surroundings(folder), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"bench: {' '.join(command)} ended with {child.returncode}")
    seconds = time.perf_counter() - begun
    return seconds, f"{used.ru_utime + used.ru_stime:.1f} s of processor, {used.ru_maxrss / 1024:.0f} MB"


def _note_as_done(inputs: Path, out: Path) -> None:
    from img3d_addon.blender.cli.batch.given import read
    from img3d_addon.blender.cli.parser import parse
    from img3d_addon.core.batch.keys import Digests
    from img3d_addon.core.batch.ledger import Ledger, Made
    from img3d_addon.providers import load

    given = read(parse(["batch", str(inputs), "--out", str(out)], "bench"))
    providers, digests = load(), Digests()
    with Ledger(given.plan.folder) as ledger:
        for row in given.rows[: int(len(given.rows) * DONE)]:
            keys = digests.keys(row, providers[row.provider], after_defaults=given.plan.after_defaults)
            (given.plan.folder / row.file).write_bytes(b"glTF")
            ledger.write(row.file.as_posix(), Made(keys.file, "0abc", 10, 10, 1.0, None))


def _journal(home: Path, jobs: int) -> None:
    from img3d_addon.core.jobs.job import Ids
    from img3d_addon.core.jobs.journal import Journal

    journal, ids = Journal(home), Ids()
    names = [ids.new() for _ in range(jobs)]
    with journal._transaction() as connection:  # one forced write in place of a hundred thousand
        for name in names:
            values = _row(name, home)
            places = ", ".join("?" * len(values))
            connection.execute(f"INSERT INTO jobs({', '.join(values)}) VALUES({places})", tuple(values.values()))
    middle = names[len(names) // 2]
    _tell(f"newest 100 of {jobs:,} jobs", _median(lambda: journal.list(100)))
    _tell(f"one of {jobs:,} jobs by its id", _median(lambda: journal.get(middle)))
    _tell(f"one of {jobs:,} jobs by the start of its id", _median(lambda: journal.find(middle[:12])))


def _row(name: str, home: Path) -> dict[str, Any]:
    from img3d_addon.core.jobs.job import Job
    from img3d_addon.core.jobs.rows import COLUMNS, to_columns

    job = Job(
        id=name,
        provider="stability_spar3d",
        name="chair",
        image=home / "chair.png",
        state="imported",
        params={"seed": 7, "remesh": "none", "texture_resolution": "1024", "foreground_ratio": 1.3},
        after={"size": 0.0, "facing": "auto", "location": "cursor"},
        created=time.time(),
        updated=time.time(),
    )
    return to_columns({column: getattr(job, column) for column in COLUMNS}, home=home)


def _median(call: Callable[[], object]) -> float:
    spent: list[float] = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        call()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)


def _tell(what: str, seconds: float, words: str = "") -> None:
    _say(f"{what}: {f'{seconds:.1f} s' if seconds > 1 else f'{seconds * 1000:.2f} ms'}{', ' if words else ''}{words}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
