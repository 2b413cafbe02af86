# SPDX-License-Identifier: GPL-3.0-or-later
"""The threads that make calls: how many, in which order, and how they end."""

import threading

import pytest

from img3d_addon.core.jobs import workers
from img3d_addon.core.jobs.workers import Workers

from .fakes import LIMIT


@pytest.fixture
def pool():
    made = Workers(2, name="test-worker")
    yield made
    made.close()
    assert living() == 0


def living():
    return sum(thread.name == "test-worker" for thread in threading.enumerate())


def test_threads_start_with_the_first_call_and_no_more_than_needed(pool):
    assert living() == 0
    done = threading.Event()
    pool.put(done.set)
    assert done.wait(LIMIT)
    assert living() == 1


def test_at_most_so_many_calls_are_made_at_once_and_all_in_order(pool):
    gate, begun, order = threading.Event(), threading.Semaphore(0), []

    def call(number):
        order.append(number)
        begun.release()
        gate.wait()

    for number in range(5):
        pool.put(lambda number=number: call(number))
    for _ in range(2):
        assert begun.acquire(timeout=LIMIT)
    assert sorted(order) == [0, 1]
    assert living() == 2
    gate.set()
    for _ in range(3):
        assert begun.acquire(timeout=LIMIT)
    assert order[2:] == [2, 3, 4]


def test_an_error_in_a_call_is_logged_and_the_next_one_is_made(pool, caplog):
    done = threading.Event()
    pool.put(lambda: 1 / 0)
    pool.put(done.set)
    assert done.wait(LIMIT)
    pool.close()
    assert "ZeroDivisionError" in caplog.text


def test_idle_threads_end_and_come_back(pool, monkeypatch):
    monkeypatch.setattr(workers, "IDLE", 0.01)
    for _ in range(3):
        done = threading.Event()
        pool.put(done.set)
        assert done.wait(LIMIT)
        for thread in threading.enumerate():
            if thread.name == "test-worker":
                thread.join(LIMIT)
        assert living() == 0


def test_close_drops_what_waits_and_waits_for_what_runs(pool):
    gate, begun, made = threading.Event(), threading.Semaphore(0), []

    def call():
        begun.release()
        gate.wait()
        made.append("running")

    for _ in range(2):
        pool.put(call)
    pool.put(lambda: made.append("waiting"))
    for _ in range(2):
        assert begun.acquire(timeout=LIMIT)
    threading.Timer(0.05, gate.set).start()
    pool.close()
    pool.put(lambda: made.append("late"))
    assert made == ["running", "running"]
