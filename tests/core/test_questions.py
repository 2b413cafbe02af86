# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions of no job: asked beside the jobs, ended with the engine or with the program, the journal left closed."""

import subprocess
import sys
import threading
import time

import pytest

from img3d_addon.core.errors import Stopped
from img3d_addon.core.jobs.engine import Engine

from .fakes import LIMIT, Remote, settings


class Slow(Remote):
    """Answers the key test when it is let, or never."""

    def __init__(self):
        super().__init__()
        self.asked, self.let = threading.Event(), threading.Event()

    def check_key(self, api):
        self.asked.set()
        self._wait(api, self.let)
        return "The key works."


@pytest.fixture
def slow():
    return Slow()


@pytest.fixture
def engine(home, slow):
    made = Engine(settings(home), {"remote": slow})
    yield made
    made.close()
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("img3d")]


def asked(engine, slow):
    """Ask in the background; returns the list that the answer, or the error, comes into."""
    found = []

    def ask():
        try:
            found.append(engine.check_key("remote"))
        except Stopped as error:
            found.append(error)

    engine.ask(ask)
    assert slow.asked.wait(LIMIT)
    return found


def test_the_answer_comes_in_the_background(engine, slow, home):
    found = asked(engine, slow)
    assert not found
    slow.let.set()
    end = time.monotonic() + LIMIT
    while not found:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert found == ["The key works."]
    assert not (home / "journal.sqlite3").exists()


def test_close_ends_a_question_at_once(engine, slow):
    found = asked(engine, slow)
    begun = time.monotonic()
    engine.close()
    assert time.monotonic() - begun < 2
    assert isinstance(found[0], Stopped)
    with pytest.raises(Stopped):
        engine.check_key("remote")


def test_a_program_that_forgets_to_close_ends_all_the_same(home):
    code = (
        "import sys\nfrom pathlib import Path\nfrom tests.core.test_questions import *\n"
        "slow = Slow(); engine = Engine(settings(Path(sys.argv[1])), {'remote': slow})\n"
        "asked(engine, slow); print('end', flush=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(home)], capture_output=True, text=True, timeout=LIMIT, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("end\n", "", 0)
