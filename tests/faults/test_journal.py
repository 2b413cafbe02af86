# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal is damaged, gone, too new or held by somebody else, before a job and in its middle."""

import os
import random
import shutil
import signal
import sqlite3

import pytest

from ..cli.program import finish, wait_for

LONG = pytest.mark.long
SPAR3D, SCENARIO = "stability_spar3d", "scenario_pixal3d"
HASTY = {"IMG3D_TEST_BUSY": "0.3"}


def journal_of(one):
    return one.home / "journal.sqlite3"


def files_of(one):
    return [path for path in one.home.glob("journal.sqlite3*") if path.is_file()]


def truncate(path):
    os.truncate(path, path.stat().st_size // 2)


def random_bytes(path):
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def zero_bytes(path):
    path.write_bytes(bytes(path.stat().st_size))


def middle(path):
    data = bytearray(path.read_bytes())
    data[5000:20000] = random.Random(2).randbytes(15000)
    path.write_bytes(data)


def empty(path):
    path.write_bytes(b"")


def newer(path):
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()


def without_jobs(path):
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE jobs")
    connection.close()


OTHERS = (truncate, zero_bytes, middle, empty, without_jobs)


class Backup:
    """A copy of the journal as it is, to be put back."""

    def __init__(self, one):
        self.one, self.folder = one, one.folder / "backup"
        self.folder.mkdir()
        for path in files_of(one):
            shutil.copy2(path, self.folder)

    def put_back(self):
        for path in files_of(self.one):
            path.unlink()
        for path in self.folder.iterdir():
            shutil.copy2(path, self.one.home)


def killed_at(one, step):
    """Start a job and kill its program when the service has the request of `step`."""
    child = one.start(*one.generate_words())
    one.at(step, lambda _reply: os.killpg(child.pid, signal.SIGKILL))
    child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL


def checkpoint(one):
    """Bring the write-ahead log into the file, so that damage to the file is seen."""
    connection = sqlite3.connect(journal_of(one))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


@pytest.mark.parametrize("damage", [random_bytes, newer, *(pytest.param(one, marks=LONG) for one in OTHERS)])
def test_damaged_between_two_runs(world, damage):
    one = world(SCENARIO)
    killed_at(one, "poll")
    checkpoint(one)
    backup = Backup(one)
    damage(journal_of(one))
    damaged = journal_of(one).read_bytes()
    for words in (("--online-mode", "resume", "--all"), one.generate_words()):
        done = one.run(*words)
        assert done.status == 1, done
        assert str(journal_of(one)) in done.sentence
    assert journal_of(one).read_bytes() == damaged, "it may be the only copy"
    assert one.submits == 1
    backup.put_back()
    one.ends_in_the_result()


def test_one_damaged_row_does_not_hide_the_other_jobs(world):
    one = world(SPAR3D)
    assert one.generate().status == 0
    killed_at(one, "submit")
    connection = sqlite3.connect(journal_of(one))
    with connection:
        connection.execute("UPDATE jobs SET params='{' WHERE state='imported'")
        (damaged,) = connection.execute("SELECT id FROM jobs WHERE state='imported'").fetchone()
    connection.close()
    assert [job["state"] for job in one.jobs()] == ["uncertain"]
    done = one.run("jobs", damaged)
    assert done.status == 1, done
    assert f"What the journal says of the job {damaged} is damaged" in done.sentence
    assert one.generate().status == 0


@pytest.mark.parametrize("step", ["submit", pytest.param("poll", marks=pytest.mark.long)])
@pytest.mark.parametrize("damage", [random_bytes, pytest.param(truncate, marks=pytest.mark.long)])
def test_damaged_while_a_job_runs(world, damage, step):
    one = world(SCENARIO)

    def harm(_reply):
        Backup(one)
        for path in files_of(one):
            if not path.name.endswith("-shm"):  # mapped into memory: the system itself ends who reads beyond its end
                damage(path)

    one.at(step, harm)
    done = one.generate()
    assert one.submits == 1
    assert done.status in (0, 1)
    if done.status:
        back = Backup.__new__(Backup)
        back.one, back.folder = one, one.folder / "backup"
        back.put_back()
        one.ends_in_the_result()
    else:
        assert one.is_written()


@LONG
def test_the_write_ahead_log_is_lost(world):
    one = world(SCENARIO)
    assert one.generate().status == 0
    one.out.unlink()
    killed_at(one, "poll")
    for path in files_of(one):
        if path != journal_of(one):
            path.unlink()
    done = one.run("jobs")
    assert done.status in (0, 1), done
    done = one.resume()
    assert done.status in (0, 1), done
    assert one.submits == 2, "nothing is ordered by itself"
    assert one.generate().status == 0, "the journal works on"


@pytest.mark.parametrize("step", ["submit", *(pytest.param(step, marks=LONG) for step in ("upload", "poll"))])
def test_held_by_another_process_for_long(world, step):
    one = world(SCENARIO)
    held = []

    def hold(_reply):
        other = sqlite3.connect(journal_of(one), timeout=20, check_same_thread=False, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        held.append(other)

    one.at(step, hold)
    child = one.start(*one.generate_words(), **HASTY)
    done = finish(child, timeout=60)
    for other in held:
        other.rollback()
        other.close()
    assert done.status == 1, done
    assert "held by another process" in done.sentence
    assert one.submits == (0 if step == "upload" else 1)
    one.ends_in_the_result()


@pytest.mark.long
def test_removed_while_a_job_runs(world):
    one = world(SCENARIO)
    one.at("submit", lambda _reply: [path.unlink() for path in files_of(one)] and None)
    done = one.generate()
    assert done.status in (0, 1), done
    assert one.submits == 1
    assert done.status or one.is_written()


def test_one_answer_whose_journal_is_held_is_found_in_the_library(world):
    one = world(SPAR3D)
    held = []

    def hold(_reply):
        other = sqlite3.connect(journal_of(one), timeout=20, check_same_thread=False, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        held.append(other)

    one.at("submit", hold)
    done = one.run(*one.generate_words(), **HASTY)
    held[0].rollback()
    held[0].close()
    assert done.status == 1, done
    assert "has made the model, and its answer is kept as" in done.sentence
    one.ends_in_the_result()


def test_killed_with_its_children(world):
    """The offline generator runs in a process of its own, which does not outlive the program."""
    one = world("offline")
    child = one.start(*one.generate_words("-o", "faces=20000", "-o", "texture_size=2048"))
    wait_for(lambda: list(one.home.rglob("input.png")) or child.poll() is not None)
    os.killpg(child.pid, signal.SIGKILL)
    child.communicate(timeout=60)
    if one.is_written():
        return
    one.ends_in_the_result()
