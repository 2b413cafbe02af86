# SPDX-License-Identifier: GPL-3.0-or-later
"""The clock of the system is set while jobs run, wait or are held by a lease."""

import os
import signal
import sqlite3

import pytest

from img3d_addon.core.jobs.journal import Journal
from img3d_addon.core.jobs.spending import midnight

from ..cli.program import finish, wait_for
from .test_journal import killed_at

SPAR3D, SCENARIO = "stability_spar3d", "scenario_pixal3d"
DAY = 86400.0
YEAR = 365 * DAY
LATER = [pytest.param(step, marks=pytest.mark.long) for step in ("upload", "submit", "result")]
FORWARDS, BACKWARDS = DAY, -YEAR


@pytest.fixture
def clock(ground):
    """Return a function that sets the clock of all programs of this test."""

    def put(seconds):
        part = ground / "clock.part"
        part.write_text(str(seconds))
        part.replace(ground / "clock")

    put(0)
    return put


def clocked(one):
    one.environ["IMG3D_TEST_CLOCK"] = str(one.folder / "clock")
    return one


@pytest.mark.parametrize("moved", [FORWARDS, BACKWARDS])
@pytest.mark.parametrize("step", ["poll", *LATER])
def test_moved_while_a_job_runs(world, clock, moved, step):
    one = clocked(world(SCENARIO))
    one.at(step, lambda _reply: clock(moved))
    done = one.generate("--json")
    assert done.status == 0, done
    assert one.is_written()
    assert one.submits == 1
    assert all(event["seconds"] >= 0 for event in done.events if "seconds" in event)
    assert [job["state"] for job in one.jobs()] == ["imported"]


@pytest.mark.parametrize("moved", [pytest.param(FORWARDS, marks=pytest.mark.long), BACKWARDS])
def test_moved_between_a_kill_and_the_resume(world, clock, moved):
    one = clocked(world(SCENARIO))
    killed_at(one, "poll")
    clock(moved)
    one.ends_in_the_result()


@pytest.mark.parametrize(
    "step", ["upload", *(pytest.param(step, marks=pytest.mark.long) for step in ("submit", "poll"))]
)
def test_a_lease_that_seems_to_be_over_pays_nothing_twice(world, clock, step):
    """A second program believes the first one to be dead, as after a night of sleep, and takes the job over."""
    one = clocked(world(SCENARIO))
    one.at(step, lambda reply: setattr(reply, "hold", True))
    first = one.start(*one.generate_words())
    wait_for(lambda: one.server.reached[step])
    clock(FORWARDS)
    second = one.resume()
    one.server.released.set()
    done = finish(first)
    assert done.status in (0, 1), done
    assert one.submits == 1
    assert second.status == 0 or second.sentence, second
    states = {job["state"] for job in one.jobs()}
    if states == {"uncertain"}:
        assert "--submit-again" in one.resume().err
    elif not one.is_written():
        one.ends_in_the_result()
    assert one.submits == 1


def test_a_lease_of_before_a_restart_whose_clock_was_wrong_is_no_lease_for_a_year(world):
    one = world(SCENARIO)
    killed_at(one, "poll")
    connection = sqlite3.connect(one.home / "journal.sqlite3")
    with connection:
        connection.execute("UPDATE owners SET host='before/restart', expires=expires+?", (YEAR,))
    connection.close()
    one.ends_in_the_result()


def test_what_was_spent_today_is_asked_for_whatever_the_clock_said(world, clock):
    """Jobs from a day that is yet to come count as of today: too much asked is better than too much spent."""
    one = clocked(world(SPAR3D))
    clock(FORWARDS)
    assert one.generate().status == 0
    clock(0)
    journal = Journal(one.home)
    (job,) = journal.list(since=midnight())
    journal.close()
    assert job.cost.amount == 4


def test_killed_with_a_clock_far_ahead_and_taken_up_with_the_right_one(world, clock):
    one = clocked(world(SPAR3D))
    clock(YEAR)
    child = one.start(*one.generate_words())
    one.at("submit", lambda _reply: os.killpg(child.pid, signal.SIGKILL))
    child.communicate(timeout=60)
    clock(0)
    one.is_in_doubt()
