# SPDX-License-Identifier: GPL-3.0-or-later
"""The helper with real processes: crash, hang, kill, cancel, a parent that dies, one that cannot be started."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from img3d_addon.core.errors import BadInput, Cancelled, ImportFailed
from img3d_addon.core.helper.helper import Helper, NoHelper

CHILD = str(Path(__file__).with_name("child.py"))
COMMAND = (sys.executable, CHILD)


@pytest.fixture
def helper():
    made = Helper(COMMAND)
    yield made
    made.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "img3d helper"]


def lives(pid):
    """Whether it runs: a dead child of somebody else's may wait to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition, what):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def test_one_child_serves_request_after_request(helper):
    seen = []
    first = helper.run({"task": "sleep", "seconds": 0.3}, on_progress=lambda *news: seen.append(news))
    assert seen == [(0.25, "begun")]
    assert helper.run({"task": "echo"})["pid"] == first["pid"]


def test_requests_are_served_in_turn_and_refused_ones_hurt_nobody(helper):
    works = [helper.submit({"task": task}) for task in ("echo", "refuse", "echo")]
    assert helper.busy
    assert works[0].result()["pid"] == works[2].result()["pid"]
    with pytest.raises(BadInput, match="has no mesh"):
        works[1].result()
    wait_for(lambda: not helper.busy, "it stays busy")


def test_what_it_prints_is_no_answer(helper):
    assert helper.run({"task": "noise"})["task"] == "noise"


def test_a_crash_is_told_and_the_next_request_gets_a_new_child(helper):
    first = helper.run({"task": "echo"})
    with pytest.raises(ImportFailed, match=r"duck\.glb \(begun\): a last word \(status -11\).*Nothing else is lost"):
        helper.run({"task": "crash", "about": "duck.glb"})
    assert helper.run({"task": "echo"})["pid"] != first["pid"]


def test_an_answer_that_is_none_is_a_crash(helper):
    with pytest.raises(ImportFailed, match="ended while it worked"):
        helper.run({"task": "garbage"})
    assert helper.run({"task": "echo"})["task"] == "echo"


def test_a_hang_is_ended_at_its_time_limit(helper, tmp_path):
    pid = tmp_path / "pid"
    with pytest.raises(ImportFailed, match=r"1 seconds brought nothing new.*fewer faces"):
        helper.run({"task": "hang", "pid": str(pid)}, limit=1.0)
    assert not lives(int(pid.read_text()))
    assert helper.run({"task": "echo"})["task"] == "echo"


def test_a_cancel_kills_at_once_and_what_waits_goes_on(helper, tmp_path):
    pid = tmp_path / "pid"
    hung = helper.submit({"task": "hang", "pid": str(pid)})
    waiting = helper.submit({"task": "echo"})
    wait_for(lambda: pid.is_file() and pid.read_text(), "the hang")
    helper.cancel(hung)
    with pytest.raises(Cancelled):
        hung.result()
    assert not lives(int(pid.read_text()))
    assert waiting.result()["task"] == "echo"


def test_a_cancelled_request_that_waits_is_never_begun(helper):
    first = helper.submit({"task": "sleep", "seconds": 0.5})
    second = helper.submit({"task": "crash"})
    helper.cancel(second)
    with pytest.raises(Cancelled):
        second.result()
    assert first.result()["task"] == "sleep"


def test_a_child_that_ended_while_idle_is_replaced_unnoticed(helper):
    first = helper.run({"task": "end after it"})
    wait_for(lambda: not lives(first["pid"]), "its end")
    assert helper.run({"task": "echo"})["pid"] != first["pid"]


def test_warm_starts_it_beforehand(helper):
    helper.warm()
    wait_for(lambda: helper._child is not None and helper._child.alive, "the child")
    assert helper.run({"task": "echo"})["task"] == "echo"
    helper.warm()


@pytest.mark.parametrize("command", [("/nowhere/blender",), (*COMMAND, "refuse")])
def test_one_that_cannot_be_started_is_known_and_not_tried_again(command):
    helper = Helper(command)
    for _again in range(2):
        with pytest.raises(NoHelper):
            helper.run({"task": "echo"})
    assert helper.refused
    helper.close()


def test_the_words_of_one_that_ends_at_its_start_are_kept():
    helper = Helper((*COMMAND, "refuse"))
    with pytest.raises(NoHelper, match="status 7.*no permission"):
        helper.run({"task": "echo"})
    helper.close()


def test_close_ends_what_is_under_way(tmp_path):
    helper, pid = Helper(COMMAND), tmp_path / "pid"
    works = [helper.submit({"task": "hang", "pid": str(pid)}), helper.submit({"task": "echo"})]
    wait_for(lambda: pid.is_file() and pid.read_text(), "the hang")
    helper.close()
    for work in works:
        with pytest.raises((Cancelled, NoHelper)):
            work.result()
    with pytest.raises(NoHelper):
        helper.run({"task": "echo"})
    assert not lives(int(pid.read_text()))


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")
def test_it_dies_with_its_parent_even_in_a_hung_call(tmp_path):
    pid = tmp_path / "pid"
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parents[3])!r})\n"
        "from img3d_addon.core.helper.helper import Helper\n"
        f"Helper({COMMAND!r}).run({{'task': 'hang', 'pid': {str(pid)!r}}})\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code])
    wait_for(lambda: pid.is_file() and pid.read_text(), "the hang")
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_for(lambda: not lives(int(pid.read_text())), "the orphan's end")
