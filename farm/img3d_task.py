#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task of a render farm: runs `img3d` on some rows of a batch, in a home of its own, and tells how it goes.

    img3d_task.py --rows 11-20 -- batch rows.csv --out DIR --resume
    img3d_task.py -- batch-merge DIR

Python 3.9 or later and its standard library; ends with the exit status of `img3d`.
"""

from __future__ import annotations

import argparse
import getpass
import hashlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path

ENDS = ("written", "failed", "cancelled")  # events after which a row is over
USAGE = 2


def main(words: list[str]) -> int:
    """Run the task; returns the exit status."""
    args = read(words)
    command = [*program(args), *args.words, "--json"]
    environ = dict(os.environ)
    if args.rows:
        first, last = rows_of(args.rows)
        command += ["--range", f"{first - 1}:{last}"]
        environ["IMG3D_HOME"] = str(own_home(args))
    else:
        first, last = 1, 0
    report = Report(last - first + 1, openjd=args.openjd)
    report.line(f"running: {' '.join(command)}")
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace"
    ) as child:
        pass_on_signals(child)
        aside = threading.Thread(target=report.copy, args=(child.stderr,))
        aside.start()
        for line in child.stdout or ():
            report.take(line.rstrip("\n"))
        aside.join()
    return report.end(child.returncode, rows_may_fail=args.failed_rows == "report")


def read(words: list[str]) -> argparse.Namespace:
    """Read the arguments; those of `img3d` follow after `--`."""
    made = argparse.ArgumentParser(
        prog="img3d_task.py",
        description=__doc__,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    add("--rows", default="", metavar="A-B", help="rows of the batch, counted from 1, B included")
    add("--blender", default="blender", metavar="PATH", help="the Blender that has the extension")
    add("--python", default="", metavar="PATH", help="instead: a Python with bpy and img3d_addon")
    add("--home", default="", metavar="DIR", help="a folder on a disk of this machine, for the journals")
    add(
        "--name",
        default="",
        metavar="NAME",
        help="a name of the batch; a task that is run again finds its journal by it",
    )
    add("--options", default="", metavar="TEXT", help="further words for img3d, in one text")
    add("--openjd", action="store_true", help="tell progress and status as Open Job Description does")
    add(
        "--failed-rows",
        default="fail",
        choices=("fail", "report"),
        type=str.lower,
        help="whether rows that failed fail the task (default), or are only told and kept in the summary",
    )
    cut = words.index("--") if "--" in words else len(words)
    args = made.parse_args(words[:cut])
    args.words = [*words[cut + 1 :], *shlex.split(args.options)]
    if not words[cut + 1 :]:
        made.error("the words for img3d are missing: -- batch SOURCE --out DIR")
    return args


def program(args: argparse.Namespace) -> list[str]:
    """Return how the command line of img3d is started here."""
    if args.python:
        return [args.python, "-m", "img3d_addon", "--online-mode"]
    return [args.blender, "--online-mode", "--command", "img3d"]


def rows_of(text: str) -> tuple[int, int]:
    """Read "11-20" or "7" into the first and the last row."""
    found = re.fullmatch(r"\s*([0-9]+)(?:\s*-\s*([0-9]+))?\s*", text)
    first = int(found[1]) if found else 0
    last = int(found[2] or first) if found else 0
    if not 1 <= first <= last:
        raise SystemExit(stop(f"--rows {text!r} is no range of rows. Write for example 11-20, counted from 1."))
    return first, last


def own_home(args: argparse.Namespace) -> Path:
    """Return a folder for the journal of these rows, the same when the task is run again on this machine."""
    base = Path(args.home or os.environ.get("IMG3D_HOME") or Path(tempfile.gettempdir()) / f"img3d-farm-{user()}")
    name = (
        re.sub(r"[^\w.-]+", "_", args.name).lstrip(".")
        or hashlib.sha256("\0".join(args.words).encode()).hexdigest()[:16]
    )
    home = base.expanduser().absolute() / name / "rows-{}-{}".format(*rows_of(args.rows))
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid") and base.stat().st_uid != os.getuid():
        raise SystemExit(stop(f"The folder {base} belongs to another user. Choose another one with --home."))
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


def user() -> str:
    """Return a name for this user that may stand in the name of a folder."""
    try:
        return re.sub(r"[^\w.-]+", "_", getpass.getuser())
    except (KeyError, OSError, ImportError):  # no such user, as in some containers
        return str(os.getuid()) if hasattr(os, "getuid") else "user"


def pass_on_signals(child: subprocess.Popen[str]) -> None:
    """Let `img3d` end in order when the farm takes the task away: jobs that are paid for are kept."""
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, lambda *_: end(child))


def end(child: subprocess.Popen[str]) -> None:
    """Ask the child to end, as Ctrl-C does."""
    if child.poll() is None and os.name != "nt":  # in Windows the child has got the same Ctrl-Break
        child.send_signal(signal.SIGTERM)


class Report:
    """Turns the events of `img3d --json` into lines for the log of the farm."""

    def __init__(self, rows: int, *, openjd: bool) -> None:
        self.rows = rows
        self.openjd = openjd
        self.over = 0
        self.failures: list[str] = []
        self.left = -1  # rows that are not done; known when the batch has come to its end
        self._lock = threading.Lock()

    def copy(self, lines: Iterable[str] | None) -> None:
        """Put lines for people into the log of the farm as they are."""
        for line in lines or ():
            self.line(line.rstrip("\n"))

    def take(self, text: str) -> None:
        """Take one line of the child; what is no event goes on as it is."""
        try:
            event = json.loads(text)
            kind = event["event"]
        except (ValueError, KeyError, TypeError):
            self.line(text)
            return
        if kind in ENDS:
            self.over += 1
        if kind == "written":
            self.line(f"written: {event.get('path', '')}")
        elif kind in ENDS:
            self.failures.append(" ".join(str(event.get("message", kind)).split()))
            self.line(f"{kind}: {self.failures[-1]}")
        elif kind == "summary":
            self.left = int(event.get("left", 0))
        if kind in ENDS and self.rows > 0:
            self.say("progress", f"{min(100.0, 100.0 * self.over / self.rows):.1f}")
            self.say("status", f"{self.over} of {self.rows} rows, {len(self.failures)} failed")

    def end(self, status: int, *, rows_may_fail: bool) -> int:
        """Return the exit status of the task, and say why it is not 0."""
        if status < 0:
            stop(f"img3d was ended by signal {-status}; jobs that had begun are kept")
            status = 128 - status
        if status and rows_may_fail and self.failures and self.left == 0:
            self.line(f"{len(self.failures)} rows failed; the summary has them, and the task counts as done")
            return 0
        if status:
            self.say("fail", self.why(status))
        elif self.rows > 0:
            self.say("progress", "100")
        return status

    def why(self, status: int) -> str:
        """Return in one line why the task did not succeed."""
        if not self.failures:
            return f"img3d ended with status {status}"
        more = f"{len(self.failures)} rows are not done; the first: " if len(self.failures) > 1 else ""
        return more + self.failures[0]

    def say(self, what: str, text: str) -> None:
        """Write one of the lines that Open Job Description knows."""
        if self.openjd:
            self.line(f"openjd_{what}: {text}")

    def line(self, text: str) -> None:
        """Write one line at once and whole, so that the farm shows it while the task runs."""
        with self._lock:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()


def stop(text: str) -> int:
    """Say what is wrong; returns the exit status for it."""
    print(f"img3d_task: {text}", file=sys.stderr, flush=True)
    return USAGE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
