# SPDX-License-Identifier: GPL-3.0-or-later
"""A process is killed at each step of a job; another one goes on. Nothing is paid twice, nothing is lost."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from img3d_addon.core.jobs.engine import Engine

from ..servers.stability import SPAR3D, StabilityServer
from ..servers.tasks import KEY, TasksServer
from .fakes import LIMIT, a_picture, settings
from .kill_driver import PROVIDERS

pytestmark = pytest.mark.kill

ROOT = Path(__file__).parent.parent.parent


class Driver:
    """A run of kill_driver.py."""

    def __init__(self, home, *arguments, **environment):
        self.events = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.core.kill_driver", str(home), *map(str, arguments)],
            stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, **environment},
        )  # fmt: skip

    def until(self, name):
        """Read events up to the first of that name and return it."""
        for line in self.process.stdout:
            self.events.append(json.loads(line))
            if self.events[-1]["event"] == name:
                return self.events[-1]
        raise AssertionError(f"ended before {name}: {self.events}")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def end(self):
        """Let it end by itself; return its last event."""
        out, _ = self.process.communicate(timeout=LIMIT)
        self.events += [json.loads(line) for line in out.splitlines()]
        return self.events[-1] if self.events else {}


@pytest.fixture
def tasks():
    with TasksServer() as server:
        yield server
        assert server.complaints == []


@pytest.fixture
def spar3d():
    with StabilityServer() as server:
        yield server
        assert server.complaints == []


@pytest.fixture
def driver(home, request):
    """Return a function that starts drivers against the server of this test; they are dead at its end."""
    started = []

    def start(server, *arguments):
        vendor = "TASKS" if isinstance(server, TasksServer) else "STABILITY"
        key = KEY if vendor == "TASKS" else server.keys[0]
        provider = "tasks" if vendor == "TASKS" else "stability_spar3d"
        environment = {f"IMG3D_{vendor}_URL": server.url, f"{vendor}_API_KEY": key}
        started.append(Driver(home, *arguments, "--provider", provider, **environment))
        return started[-1]

    yield start
    for one in started:
        one.kill()


def stored(home):
    """Return the jobs of the journal, as a new process shows them."""
    engine = Engine(settings(home), PROVIDERS)
    try:
        return engine.jobs()
    finally:
        engine.close()


def only_job(home):
    (job,) = stored(home)
    assert not job.owner_alive
    return job


def is_delivered(server, home, event):
    path = Path(event["path"])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    origin = json.loads((path.parent / "provenance.json").read_text())
    job = next(job for job in stored(home) if job.id == event["job"])
    assert event["event"] == "downloaded"
    assert job.state == "ready"
    assert job.sha256 == origin["sha256"] == digest
    return digest == hashlib.sha256(server.model).hexdigest() if isinstance(server, TasksServer) else True


# a service with tasks: where the process is killed, the state it leaves, and the submits seen until then
AT_A_COMMIT = [
    ("before:submitting", "prepared", 0),
    ("after:submitting", "uncertain", 0),
    ("before:remote", "uncertain", 1),
    ("after:remote", "remote", 1),
    ("before:downloading", "remote", 1),
    ("after:downloading", "downloading", 1),
    ("before:ready", "downloading", 1),
    ("after:ready", "ready", 1),
]
AT_THE_SERVER = [("submit", "uncertain", 1), ("poll", "remote", 1), ("result", "downloading", 1)]


def goes_on_rightly(driver, server, home, state, submits):
    """Check what the killed process left, and resume it as far as is allowed."""
    job = only_job(home)
    assert (job.state, server.submits) == (state, submits)
    if state == "uncertain":
        refused = driver(server, "resume", job.id).end()
        assert (refused["event"], refused["kind"]) == ("error", "uncertain")
        assert server.submits == submits
        assert is_delivered(server, home, driver(server, "resume", job.id, "--again").end())
        assert server.submits == submits + 1
    else:
        assert is_delivered(server, home, driver(server, "resume", job.id).end())
        assert server.submits == 1


@pytest.mark.parametrize(("pause", "state", "submits"), AT_A_COMMIT)
def test_killed_at_a_commit(driver, tasks, home, tmp_path, pause, state, submits):
    victim = driver(tasks, "generate", a_picture(tmp_path), "--pause", pause)
    victim.until("paused")
    victim.kill()
    goes_on_rightly(driver, tasks, home, state, submits)


@pytest.mark.parametrize(("where", "state", "submits"), AT_THE_SERVER)
def test_killed_while_the_service_answers(driver, tasks, home, tmp_path, where, state, submits):
    tasks.hold_at = where
    victim = driver(tasks, "generate", a_picture(tmp_path))
    assert tasks.reached.wait(LIMIT)
    victim.kill()
    tasks.go_on()
    goes_on_rightly(driver, tasks, home, state, submits)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")
@pytest.mark.parametrize(("where", "state"), [("submit", "uncertain"), ("poll", "remote"), ("result", "downloading")])
def test_ctrl_c_ends_at_once_and_leaves_the_same_as_a_kill(driver, tasks, home, tmp_path, where, state):
    tasks.hold_at = where
    victim = driver(tasks, "generate", a_picture(tmp_path))
    assert tasks.reached.wait(LIMIT)
    victim.process.send_signal(signal.SIGINT)
    victim.process.communicate(timeout=LIMIT)
    tasks.go_on()
    goes_on_rightly(driver, tasks, home, state, 1)


def test_two_batches_in_one_home_do_not_trip_over_each_other(driver, tasks, home, tmp_path):
    pictures = [a_picture(tmp_path, f"{number}.png") for number in range(6)]
    both = [driver(tasks, "many", *pictures) for _ in range(2)]
    for one in both:
        one.end()
    jobs = stored(home)
    assert [job.state for job in jobs] == ["ready"] * 12
    assert sorted(job.task.id for job in jobs) == sorted(tasks.asked)
    assert tasks.submits == 12


def test_killed_again_in_the_resume(driver, tasks, home, tmp_path):
    tasks.hold_at = "poll"
    victim = driver(tasks, "generate", a_picture(tmp_path))
    assert tasks.reached.wait(LIMIT)
    victim.kill()
    job = only_job(home)
    for pause in ("before:remote", "after:downloading", "before:ready"):
        tasks.go_on()
        victim = driver(tasks, "resume", job.id, "--pause", pause)
        victim.until("paused")
        victim.kill()
    assert is_delivered(tasks, home, driver(tasks, "resume", job.id).end())
    assert tasks.submits == 1


def test_nothing_secret_is_on_disk_or_on_the_screen(driver, tasks, home, tmp_path):
    victim = driver(tasks, "generate", a_picture(tmp_path), "--pause", "before:ready")
    victim.until("paused")
    command = Path(f"/proc/{victim.process.pid}/cmdline")
    if command.exists():
        assert KEY not in command.read_text()
    victim.kill()
    for path in home.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes(), path
        if path.name != "journal.sqlite3" and not path.name.startswith("journal.sqlite3-"):
            assert path.is_dir() or b"s3cr3t-signature" not in path.read_bytes(), path
    assert "s3cr3t-signature" not in json.dumps(victim.events)
    if os.name == "posix":
        assert home.stat().st_mode & 0o077 == 0


def test_two_processes_resume_one_job_and_one_wins(driver, tasks, home, tmp_path):
    victim = driver(tasks, "generate", a_picture(tmp_path), "--pause", "after:remote")
    victim.until("paused")
    victim.kill()
    job = only_job(home)
    tasks.hold_at = "poll"
    both = [driver(tasks, "resume", job.id) for _ in range(2)]
    answers = []
    threads = [threading.Thread(target=lambda one=one: answers.append(one.end())) for one in both]
    for thread in threads:
        thread.start()
    assert tasks.reached.wait(LIMIT)
    while not answers:  # the winner is held by the service until the other one has had its sentence
        threads[0].join(0.01)
    tasks.go_on()
    for thread in threads:
        thread.join()
    assert answers[0]["kind"] == "busy"
    assert "runs in another process" in answers[0]["message"]
    assert is_delivered(tasks, home, answers[1])
    assert tasks.submits == 1


def test_many_jobs_killed_in_the_middle_all_end_well(driver, tasks, home, tmp_path):
    tasks.polls = 10_000_000
    pictures = [a_picture(tmp_path, f"{number}.png") for number in range(8)]
    victim = driver(tasks, "many", *pictures)
    for _ in pictures:
        victim.until("queued")
    while sum(count > 0 for count in list(tasks.asked.values())) < 4:
        assert victim.process.poll() is None
        threading.Event().wait(0.01)
    while sum(job.picture is not None for job in stored(home)) < 8:
        threading.Event().wait(0.01)
    victim.kill()
    tasks.polls = 2
    jobs = stored(home)
    assert sorted(job.state for job in jobs) == ["prepared"] * 4 + ["remote"] * 4
    last = driver(tasks, "resume", *[job.id for job in jobs])
    assert last.end()["event"] == "downloaded"
    assert {job.state for job in stored(home)} == {"ready"}
    assert tasks.submits == 8


@pytest.mark.parametrize("seed", range(15))
def test_killed_at_any_moment(driver, tasks, home, tmp_path, seed):
    chance = random.Random(seed)
    tasks.delay = 0.01
    victim = driver(tasks, "generate", a_picture(tmp_path))
    victim.until("queued")
    threading.Event().wait(chance.uniform(0.0, 0.4))
    victim.kill()
    tasks.delay = 0.0
    jobs = stored(home)
    if not jobs:  # killed before it was written down
        assert tasks.submits == 0
        return
    goes_on_rightly(driver, tasks, home, jobs[0].state, tasks.submits)


def test_a_one_answer_call_killed_in_the_middle_is_uncertain_and_not_repeated(driver, spar3d, home, tmp_path):
    spar3d.play("hold", "success")
    victim = driver(spar3d, "generate", a_picture(tmp_path))
    victim.until("progress")
    while not spar3d.seen("POST", SPAR3D):
        assert victim.process.poll() is None
        threading.Event().wait(0.01)
    victim.kill()
    spar3d.released.set()
    job = only_job(home)
    assert (job.state, job.error_kind) == ("uncertain", "uncertain")
    refused = driver(spar3d, "resume", job.id).end()
    assert "interrupted before its answer came" in refused["message"]
    assert "may be paid twice" in refused["message"]
    assert len(spar3d.seen("POST", SPAR3D)) == 1
    assert only_job(home).state == "uncertain"
    assert is_delivered(spar3d, home, driver(spar3d, "resume", job.id, "--again").end())
    assert len(spar3d.seen("POST", SPAR3D)) == 2


@pytest.mark.parametrize("pause", ["before:downloading", "after:downloading", "before:ready"])
def test_a_whole_answer_that_nobody_wrote_down_is_not_paid_again(driver, spar3d, home, tmp_path, pause):
    victim = driver(spar3d, "generate", a_picture(tmp_path), "--pause", pause)
    victim.until("paused")
    victim.kill()
    job = only_job(home)
    assert job.state == ("uncertain" if pause == "before:downloading" else "downloading")
    assert is_delivered(spar3d, home, driver(spar3d, "resume", job.id).end())
    assert len(spar3d.seen("POST", SPAR3D)) == 1


def test_a_server_error_without_the_service_s_words_is_uncertain(driver, spar3d, home, tmp_path):
    spar3d.play("bad_gateway")
    last = driver(spar3d, "generate", a_picture(tmp_path)).end()
    assert (last["event"], last["kind"]) == ("error", "uncertain")
    assert only_job(home).state == "uncertain"
    assert len(spar3d.seen("POST", SPAR3D)) == 1
