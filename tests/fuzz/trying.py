# SPDX-License-Identifier: GPL-3.0-or-later
"""One reader on one file, within bounds of time and memory."""

import resource
import signal
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

from img3d_addon.core.errors import Img3dError

from .readers import READERS

CASES = Path(__file__).parent / "cases"
SECONDS = 30  # for what takes a few milliseconds: a loaded machine is slow, a reader that hangs is slower
MOST_BYTES = 3 << 30  # that the whole process ever held


def tried(name, data):
    """Let a reader read; its own errors have a whole sentence, anything else is raised."""
    with tempfile.TemporaryDirectory(prefix="img3d-fuzz-") as folder, limited(SECONDS):
        try:
            READERS[name].read(data, Path(folder))
        except Img3dError as error:
            assert str(error).strip(), "an error without a sentence"
            assert "Traceback" not in str(error)
            str(error).encode()  # it can be shown
    assert held() < MOST_BYTES, f"{held() >> 20} MiB"


def cases(name):
    """Return the kept cases of a reader."""
    return sorted(CASES.glob(f"{name}-*"))


def held():
    """Return the most bytes that this process ever held."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


@contextmanager
def limited(seconds):
    """Raise in the block when it takes too long."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(*_):
        raise AssertionError(f"it took more than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
