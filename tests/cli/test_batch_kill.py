# SPDX-License-Identifier: GPL-3.0-or-later
"""A batch that is killed: nothing is paid twice, nothing is lost, and --resume brings it to its end."""

import hashlib
import json
import random
import signal
import threading

import pytest

from tests.servers.vtrix import CREATE, VtrixServer

from .many import KEY, QUICK, pictures, states, summary
from .program import finish, kill, run, start, wait_for

pytestmark = pytest.mark.kill


class Stopping(VtrixServer):
    """Answers no poll once `stop_at` tasks were made; `held` counts the polls that wait."""

    def __init__(self, *, stop_at, **options):
        super().__init__(**options)
        self.stop_at = stop_at
        self.held = 0
        self._counting = threading.Lock()

    def reply(self, request):
        reply = super().reply(request)
        is_poll = request.method == "GET" and request.path.startswith(CREATE)
        if is_poll and len(self.commands) >= self.stop_at and not self.released.is_set():
            reply.hold = True
            with self._counting:
                self.held += 1
        return reply

    def paid(self):
        """Return how often each picture was submitted, by its digest."""
        found = {}
        for request in self.seen("POST", CREATE):
            digest = hashlib.sha256(request.body).hexdigest()
            found[digest] = found.get(digest, 0) + 1
        return found


@pytest.fixture
def service(monkeypatch):
    monkeypatch.setenv("VTRIX_API_KEY", KEY)
    made = []

    def begin(**options):
        server = Stopping(**options).start()
        made.append(server)
        monkeypatch.setenv("IMG3D_VTRIX_URL", server.url)
        return server

    yield begin
    for server in made:
        server.stop()
        assert not server.complaints


def words(folder, out, jobs):
    return ("--online-mode", "batch", folder, "--out", out, "--provider", "vtrix_spark3d", "--jobs", jobs)


def test_200_pictures_killed_in_the_middle_are_paid_once_each(service, tmp_path):
    server = service(stop_at=72)
    folder, out = pictures(tmp_path / "in", 200), tmp_path / "out"
    child = start(*words(folder, out, 16), module=QUICK)
    wait_for(lambda: server.held == 16, timeout=120)  # every place waits for the service: no submit is under way
    kill(child, signal.SIGKILL)
    child.communicate()
    begun = len(server.commands)
    assert 72 <= begun < 200
    server.released.set()
    done = run(*words(folder, out, 16), "--resume", "--json", module=QUICK, timeout=180)
    assert done.status == 0, done.err
    assert len(server.commands) == 200
    assert set(server.paid().values()) == {1}
    assert len(server.paid()) == 200
    assert states(out) == ["written"] * 200
    files = sorted(out.glob("*.glb"))
    assert [path.name for path in files] == [f"p{number:04}.glb" for number in range(200)]
    assert all(path.read_bytes()[:4] == b"glTF" for path in files)
    (end,) = [event for event in done.events if event["event"] == "summary"]
    assert end["written"] + end["before"] == 200
    assert end["before"] > 0
    jobs = {row["job"] for row in summary(out)}
    assert len(jobs) == 200
    again = run(*words(folder, out, 16), "--resume", module=QUICK)
    assert again.status == 0
    assert "0 written, 200 written before" in again.out
    assert len(server.commands) == 200


@pytest.mark.parametrize("seed", range(2))
def test_killed_at_any_moment_nothing_is_submitted_twice(service, tmp_path, seed):
    server = service(stop_at=10**6, delay=0.02)
    folder, out = pictures(tmp_path / "in", 24), tmp_path / "out"
    child = start(*words(folder, out, 6), module=QUICK)
    moment = random.Random(seed).randrange(1, 20)
    wait_for(lambda: len(server.commands) >= moment)
    kill(child, signal.SIGKILL)
    child.communicate()
    done = run(*words(folder, out, 6), "--resume", "--retry-failed", module=QUICK)
    unsure = [row for row in summary(out) if row["state"] == "uncertain"]
    assert done.status == (1 if unsure else 0), done
    assert set(server.paid().values()) == {1}
    assert len(server.paid()) >= 24 - len(unsure)
    assert states(out).count("written") == 24 - len(unsure)
    for row in unsure:
        assert f"resume {row['job']} --submit-again" in row["error"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_batch_keeps_its_jobs_and_says_so(service, tmp_path, number):
    server = service(stop_at=4)
    folder, out = pictures(tmp_path / "in", 12), tmp_path / "out"
    child = start(*words(folder, out, 4), "--json", module=QUICK)
    wait_for(lambda: server.held == 4)
    kill(child, number)
    done = finish(child)
    assert done.status == 130, done
    kept = [event for event in done.events if event.get("kind") == "interrupted"]
    assert len(kept) >= 4
    assert {event["picture"] for event in kept} <= {str(path) for path in folder.iterdir()}
    assert kept[0]["job"] in done.err
    assert "--resume" in done.err
    assert done.events[-1]["event"] == "summary"
    assert json.loads((out / "summary.json").read_text())["interrupted"]
    assert {"open", "waiting"} <= set(states(out)) <= {"open", "waiting", "written"}
    server.released.set()
    done = run(*words(folder, out, 4), "--resume", module=QUICK)
    assert done.status == 0, done
    assert states(out) == ["written"] * 12
    assert len(server.commands) == 12


def test_two_batches_on_one_home_and_one_folder_of_pictures(service, tmp_path):
    server = service(stop_at=10**6, delay=0.01)
    folder = pictures(tmp_path / "in", 12)
    children = [start(*words(folder, tmp_path / name, 4), module=QUICK) for name in ("a", "b")]
    assert [finish(child).status for child in children] == [0, 0]
    assert len(server.commands) == 24
    for name in ("a", "b"):
        assert states(tmp_path / name) == ["written"] * 12


def test_a_second_batch_into_the_same_folder_is_refused_while_the_first_one_runs(service, tmp_path):
    server = service(stop_at=2)
    folder, out = pictures(tmp_path / "in", 4), tmp_path / "out"
    child = start(*words(folder, out, 2), module=QUICK)
    wait_for(lambda: server.held == 2)
    second = run(*words(folder, out, 2), "--resume", module=QUICK)
    assert second.status == 2, second
    assert "Another batch is writing" in second.err
    server.released.set()
    assert finish(child).status == 0
    assert len(server.commands) == 4
