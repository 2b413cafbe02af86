# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line as a program of its own, as a user starts it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from img3d_addon.blender.words import STAGES, stage_words

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "examples"
DUCK = EXAMPLES / "duck.png"
SMALL = ("-o", "faces=1500", "-o", "texture_size=512")  # of the offline provider: quick


@dataclass
class Done:
    """How a run ended."""

    status: int
    out: str
    err: str

    @property
    def events(self):
        """The lines of `--json`; a line that is something else is an error."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def kinds(self):
        return [event["event"] for event in self.events]

    @property
    def sentence(self):
        """The one complaint on stderr, without the lines of progress."""
        lines = [line for line in self.err.splitlines() if line.strip()]
        complaints = [line for line in lines if not line.endswith(PROGRESS)]
        assert len(complaints) == 1, self.err
        assert complaints[0].startswith("img3d: "), self.err
        return complaints[0]


PROGRESS = tuple(f": {stage_words(stage)}" for stage in STAGES)


def start(*words, cwd=None, env=None, module="img3d_addon", **options):
    """Start the program in a session of its own, so that a signal can be sent to all of it, as Ctrl-C is."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **(env or {})}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module, *map(str, words)],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **options},
        cwd=cwd,
        env=environ,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def finish(child, timeout=120):
    """Wait for a started program; one that hangs is ended with its children."""
    try:
        out, err = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        kill(child, signal.SIGKILL)
        raise
    assert "Traceback" not in err, err
    return Done(child.returncode, out, err)


def run(*words, timeout=120, **options):
    """Run the program to its end."""
    return finish(start(*words, **options), timeout)


def kill(child, number=signal.SIGINT):
    """Send a signal to the program and its children."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def wait_for(what, timeout=60.0):
    """Wait until `what()` is true."""
    end = time.monotonic() + timeout
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def tree(folder):
    """Return the names of all files below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
