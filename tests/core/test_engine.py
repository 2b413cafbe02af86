# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine: jobs that are submitted, followed, cancelled, resumed and removed, on threads of its own."""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from img3d_addon.core.errors import (
    AuthError,
    BadInput,
    BadResult,
    Busy,
    Cancelled,
    KeyMissing,
    NetworkError,
    Offline,
    OutputError,
    ServerError,
    TaskFailed,
    Uncertain,
)
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.params import Secret
from img3d_addon.core.values import Balance, Price

from .fakes import LIMIT, Local, Remote, Sync, an_order, settings


@pytest.fixture
def remote():
    return Remote()


@pytest.fixture
def make(home, remote):
    """Return a function that makes engines on this test's home; they are closed at the end."""
    made = []

    def make(*providers, **values):
        providers = providers or (remote,)
        made.append(Engine(settings(home, **values), {provider.name: provider for provider in providers}))
        return made[-1]

    yield make
    for engine in made:
        engine.close()
    names = [thread.name for thread in threading.enumerate() if thread.name.startswith("img3d")]
    assert names == []


def until(condition):
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def kinds(events):
    return [event.kind for event in events]


def finish(engine):
    assert engine.wait_idle(LIMIT)
    return engine.drain()


# ------- the way through


def test_a_job_goes_from_an_order_to_a_file_in_the_library(make, remote, tmp_path, home):
    remote.let_finish.set()
    engine = make()
    job_id = engine.submit(an_order(tmp_path, params={"seed": 3}, after={"size": 2.0}))
    events = finish(engine)
    assert [kind for kind in kinds(events) if kind != "progress"] == ["queued", "submitted", "downloaded"]
    assert {event.job for event in events} == {job_id}
    job = engine.job(job_id)
    assert (job.state, job.kind, job.task.id, job.seed, job.cost.amount) == ("ready", "glb", "t1", 7, 4)
    assert (job.params, job.after, job.name, job.submits) == ({"seed": 3}, {"size": 2.0}, "chair", 1)
    assert job.path == events[-1].path == home / "library" / job_id / "made.glb"
    assert not job.owner_alive
    assert engine.drain() == []
    assert engine.active == 0


def test_the_library_keeps_what_was_asked_and_what_came(make, remote, tmp_path, home):
    remote.let_finish.set()
    engine = make()
    *_, last = engine.drive(an_order(tmp_path))
    folder = home / "library" / last.job
    request = json.loads((folder / "request.json").read_text())
    origin = json.loads((folder / "provenance.json").read_text())
    assert (request["provider"], request["params"], request["picture"]["path"]) == ("remote", {"seed": 1}, "input.png")
    assert (origin["task"], origin["seed"], origin["file"], origin["kind"]) == ("t1", 7, "made.glb", "glb")
    assert origin["sha256"] == origin["original_sha256"] == engine.job(last.job).sha256
    assert origin["cost"]["amount"] == 4
    assert not list(folder.glob("*.part"))


def test_drive_yields_the_events_of_the_background(make, remote, tmp_path):
    remote.let_finish.set()
    engine = make()
    driven = [(event.kind, event.stage) for event in engine.drive(an_order(tmp_path))]
    engine.submit(an_order(tmp_path))
    assert [(event.kind, event.stage) for event in finish(engine)] == driven
    assert driven[0] == ("queued", "preparing")
    assert driven[-1] == ("downloaded", "ready")


def test_events_of_driven_jobs_are_not_drained(make, remote, tmp_path):
    remote.let_finish.set()
    engine = make()
    list(engine.drive(an_order(tmp_path)))
    assert engine.drain() == []


def test_progress_is_seen_in_the_view_and_by_job(make, remote, tmp_path):
    engine = make()
    job_id = engine.submit(an_order(tmp_path))
    until(lambda: engine.view()[0].fraction == 0.5)
    view = engine.view()[0]
    assert (view.id, view.state, view.stage, view.message, view.eta, view.running) == (
        job_id, "remote", "running", "baking", 3.0, True,
    )  # fmt: skip
    assert engine.job(job_id[:12]).message == "baking"
    assert engine.job(job_id).owner_alive
    assert engine.jobs()[0].fraction == 0.5
    assert engine.active == 1
    remote.let_finish.set()
    finish(engine)
    assert not engine.view()[0].running


def test_more_jobs_than_workers_wait_for_their_turn(make, remote, tmp_path):
    engine = make(workers=2)
    ids = [engine.submit(an_order(tmp_path)) for _ in range(5)]
    until(lambda: len(remote.submits) == 2)
    until(lambda: all(job.picture for job in engine.jobs()))
    assert [job.state for job in engine.jobs()].count("prepared") == 3
    assert engine.active == 5
    remote.let_finish.set()
    finish(engine)
    assert sorted(job.id for job in engine.jobs() if job.state == "ready") == ids
    assert len(remote.submits) == 5


def test_a_submit_returns_before_anything_is_on_disk_or_imported(make, tmp_path, home):
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from img3d_addon.core.jobs.engine import Engine\nfrom img3d_addon.core.settings import Settings\n"
        "engine = Engine(Settings(home=Path(sys.argv[1]), online=True), {})\nengine.view(), engine.drain()\n"
        "print(sorted({'requests', 'PIL', 'numpy', 'sqlite3'} & set(sys.modules)), Path(sys.argv[1]).exists())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(home)], capture_output=True, text=True, check=True)
    assert done.stdout == "[] False\n"


# ------- what is refused before it begins


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"provider": "remot"}, BadInput, "Did you mean 'remote'"),
        ({"provider": "zzz"}, BadInput, "There are: remote"),
        ({"params": {"sed": 1}}, BadInput, "Did you mean 'seed'"),
        ({"params": {"seed": 10}}, BadInput, "seed = 10 is not allowed"),
        ({"after": {"odd": object()}}, BadInput, "not JSON"),
        ({"image": "missing.png"}, BadInput, "There is no picture"),
        ({"image": "."}, BadInput, "is a folder"),
    ],
)
def test_a_bad_order_is_refused_at_once_and_leaves_no_trace(make, tmp_path, home, change, error, words):
    from dataclasses import replace

    engine = make()
    if "image" in change:
        change = {"image": tmp_path / change["image"]}
    order = replace(an_order(tmp_path), **change)
    with pytest.raises(error, match=words):
        engine.submit(order)
    with pytest.raises(error, match=words):
        next(engine.drive(order))
    assert not home.exists()
    assert engine.view() == ()


def test_online_access_off_is_said_with_what_to_do(make, remote, tmp_path, home):
    engine = make(online=False, offline_advice="Turn it on there.")
    with pytest.raises(Offline, match="Remote needs online access, which is off. Turn it on there."):
        engine.submit(an_order(tmp_path))
    assert remote.submits == []
    assert not home.exists()


def test_a_local_generator_needs_no_online_access(make, tmp_path):
    local = Local()
    engine = make(local, online=False)
    assert kinds(engine.drive(an_order(tmp_path, "local")))[-1] == "downloaded"


def test_a_missing_key_is_said_and_a_given_one_is_kept_nowhere(make, remote, tmp_path, home):
    remote.account = (Secret("key", env="REMOTE_API_KEY"),)
    remote.let_finish.set()
    engine = make()
    with pytest.raises(KeyMissing, match="REMOTE_API_KEY"):
        engine.submit(an_order(tmp_path))
    secret = "sk-very-secret-7Q"
    list(engine.drive(an_order(tmp_path, account={"key": secret})))
    engine.close()
    for path in home.rglob("*"):
        assert path.is_dir() or secret.encode() not in path.read_bytes(), path


def test_a_file_that_is_no_picture_fails_in_words_and_leaves_no_job(make, tmp_path, home):
    engine = make()
    order = an_order(tmp_path)
    order.image.write_text("no picture")
    job_id = engine.submit(order)
    events = finish(engine)
    assert kinds(events) == ["queued", "failed"]
    assert events[-1].error_kind == "bad_input"
    assert engine.view()[0].error_kind == "bad_input"
    assert engine.job(job_id).state == "failed"
    with pytest.raises(BadInput):
        list(engine.drive(order))
    engine.close()
    assert [path.name for path in (home / "library").iterdir()] == []
    assert make().jobs() == []


def test_a_home_that_cannot_be_written_is_said_and_nothing_is_sent(make, remote, tmp_path, home):
    home.write_text("a file where the folder should be")
    engine = make()
    engine.submit(an_order(tmp_path))
    events = finish(engine)
    assert kinds(events) == ["queued", "failed"]
    assert events[-1].error_kind == "output"
    assert "journal.sqlite3 cannot be used" in events[-1].message
    with pytest.raises(OutputError):
        list(engine.drive(an_order(tmp_path)))
    with pytest.raises(OutputError):
        engine.jobs()
    assert remote.submits == []


# ------- how it ends


def test_a_failure_is_told_journalled_and_raised_by_drive(make, remote, tmp_path):
    remote.submit_error = AuthError("Remote refused the key")
    engine = make()
    events = []
    with pytest.raises(AuthError, match="Check the key"):
        for event in engine.drive(an_order(tmp_path)):
            events.append(event)
    assert kinds(events)[-1] == "failed"
    job = engine.job(events[0].job)
    assert (job.state, job.error_kind) == ("failed", "auth")
    assert "Remote refused the key" in job.error
    assert events[-1].to_json()["kind"] == "auth"


def test_an_error_after_the_submit_names_the_task(make, remote, tmp_path):
    remote.poll_error = BadResult("odd")
    engine = make()
    with pytest.raises(BadResult) as caught:
        list(engine.drive(an_order(tmp_path)))
    assert caught.value.task_id == "t1"


def test_a_bug_in_a_provider_ends_the_job_and_not_the_thread(make, remote, tmp_path):
    remote.poll_error = ZeroDivisionError("bug")
    engine = make(workers=1)
    engine.submit(an_order(tmp_path))
    events = finish(engine)
    assert kinds(events)[-1] == "failed"
    assert "An error in img3d itself stopped the job (ZeroDivisionError: bug)" in events[-1].message
    remote.poll_error = None
    remote.let_finish.set()
    engine.resume(events[0].job)
    assert kinds(finish(engine))[-1] == "downloaded"
    assert len(remote.submits) == 1


def test_a_lost_answer_is_uncertain_and_is_repeated_only_by_word(make, remote, tmp_path):
    remote.submit_error = NetworkError("broken off")
    engine = make()
    with pytest.raises(Uncertain):
        list(engine.drive(an_order(tmp_path)))
    job_id = engine.jobs()[0].id
    assert engine.jobs()[0].state == "uncertain"
    remote.submit_error = None
    remote.let_finish.set()
    with pytest.raises(Uncertain, match="may be paid twice"):
        engine.resume(job_id)
    assert engine.jobs()[0].state == "uncertain"
    assert kinds(engine.drive(job_id, again=True))[-1] == "downloaded"
    assert len(remote.submits) == 2
    assert engine.job(job_id).submits == 2


def test_a_paid_task_is_named_when_the_disk_fails_and_is_not_lost(make, remote, tmp_path, monkeypatch):
    engine = make()
    move = engine._journal.move

    def full(job_id, state, **changes):
        if state == "remote":
            raise OutputError("The disk is full")
        return move(job_id, state, **changes)

    monkeypatch.setattr(engine._journal, "move", full)
    job_id = engine.submit(an_order(tmp_path))
    assert "the task at Remote is t1" in finish(engine)[-1].message
    monkeypatch.undo()
    remote.let_finish.set()
    engine.resume(job_id)
    assert kinds(finish(engine))[-1] == "downloaded"
    assert len(remote.submits) == 1


# ------- resume


def test_a_task_that_the_service_gave_up_is_not_resumed_by_itself(make, remote, tmp_path):
    remote.poll_error = TaskFailed("Remote failed")
    engine = make()
    job_id = engine.submit(an_order(tmp_path))
    finish(engine)
    assert (engine.job(job_id).state, engine.job(job_id).resumable) == ("failed", False)
    assert not engine.view()[0].resumable
    remote.poll_error = None
    remote.let_finish.set()
    engine.resume(job_id)  # by its id it may still be asked for
    assert kinds(finish(engine))[-1] == "downloaded"
    assert len(remote.submits) == 1


@pytest.mark.parametrize("error", [BadResult("odd"), AuthError("the key was changed"), ServerError("gone", status=400)])
def test_a_failed_job_with_a_task_is_polled_again_for_nothing(make, remote, tmp_path, error):
    error.retry = False
    remote.poll_error = error
    engine = make()
    job_id = engine.submit(an_order(tmp_path))
    finish(engine)
    assert engine.view()[0].resumable
    remote.poll_error = None
    remote.let_finish.set()
    engine.resume(job_id)
    assert kinds(finish(engine))[-1] == "downloaded"
    job = engine.job(job_id)
    assert (job.state, job.error, job.error_kind) == ("ready", "", "")
    assert len(remote.submits) == 1


def test_a_job_that_failed_at_the_submit_is_refused_without_the_word(make, remote, tmp_path):
    remote.submit_error = AuthError("Remote refused the key")
    engine = make()
    job_id = engine.submit(an_order(tmp_path))
    finish(engine)
    with pytest.raises(BadInput, match=r"nothing to fetch: it is failed \(Remote refused the key"):
        engine.resume(job_id)
    remote.submit_error = None
    remote.let_finish.set()
    engine.resume(job_id, again=True)
    assert kinds(finish(engine))[-1] == "downloaded"


def test_a_finished_job_is_only_told_again(make, remote, tmp_path):
    remote.let_finish.set()
    engine = make()
    first = list(engine.drive(an_order(tmp_path)))[-1]
    engine.mark_imported(first.job)
    offline = make(online=False)
    again = list(offline.drive(first.job))
    assert kinds(again) == ["queued", "downloaded"]
    assert again[-1].path == first.path
    assert offline.job(first.job).state == "imported"
    assert len(remote.submits) == 1


def test_a_file_that_is_gone_is_fetched_again_where_there_is_a_task(make, remote, tmp_path):
    remote.let_finish.set()
    engine = make()
    first = list(engine.drive(an_order(tmp_path)))[-1]
    first.path.unlink()
    again = list(engine.drive(first.job))[-1]
    assert again.path.is_file()
    assert len(remote.submits) == 1


def test_a_file_that_is_gone_for_good_is_said(make, tmp_path):
    sync = Sync()
    engine = make(sync)
    first = list(engine.drive(an_order(tmp_path, "sync")))[-1]
    first.path.unlink()
    with pytest.raises(OutputError, match="is gone from the library, and Sync keeps none"):
        engine.resume(first.job)
    assert not engine.job(first.job).owner_alive


def test_unknown_ids_and_providers_are_said(make, remote, tmp_path):
    remote.let_finish.set()
    engine = make()
    with pytest.raises(BadInput, match="no jobs yet"):
        engine.resume("abc")
    job_id = list(engine.drive(an_order(tmp_path)))[-1].job
    with pytest.raises(BadInput, match=f"latest are: {job_id}"):
        engine.resume("zzz")
    with pytest.raises(BadInput, match="no provider 'remote'"):
        make(Local()).resume(job_id)


def test_a_running_job_is_refused_here_and_elsewhere(make, tmp_path):
    first, second = make(), make()
    job_id = first.submit(an_order(tmp_path))
    until(lambda: first.job(job_id).state == "remote")
    with pytest.raises(Busy, match="at work already"):
        first.resume(job_id)
    with pytest.raises(Busy, match="runs in another process"):
        second.resume(job_id)
    with pytest.raises(Busy):
        second.mark_imported(job_id)


def test_a_finished_job_can_be_marked_before_its_worker_lets_go_of_it(make, remote, tmp_path, monkeypatch):
    engine, stranger = make(), make()
    held, told = threading.Event(), []
    release = engine._journal.release

    def late(job_id):
        held.wait(LIMIT)
        release(job_id)

    monkeypatch.setattr(engine._journal, "release", late)
    remote.let_finish.set()
    job_id = engine.submit(an_order(tmp_path))
    try:
        until(lambda: told.extend(engine.drain()) or (told and told[-1].kind == "downloaded"))
        with pytest.raises(Busy):
            stranger.mark_imported(job_id)
        engine.mark_imported(job_id)
    finally:
        held.set()
    assert engine.wait_idle(LIMIT)
    assert stranger.job(job_id).state == engine.job(job_id).state == "imported"


class Breaking(Local):
    """A free generator whose first file is cut short."""

    def model(self, api):
        made = super().model(api)
        if len(self.submits) == 1:
            made.path.write_bytes(made.path.read_bytes()[:-10])
        return made


class Charging(Breaking):
    repeatable = False


@pytest.mark.parametrize(("provider", "submits"), [(Breaking(), 2), (Charging(), 1)])
def test_a_broken_file_is_made_anew_where_that_is_free(make, tmp_path, provider, submits):
    engine = make(provider)
    with pytest.raises(BadResult, match="cut short"):
        list(engine.drive(an_order(tmp_path, "local")))
    (job,) = engine.jobs()
    if submits == 2:
        assert kinds(engine.drive(job.id))[-1] == "downloaded"
    else:
        with pytest.raises(BadResult, match="may have been charged"):
            list(engine.drive(job.id))
    assert len(provider.submits) == submits


# ------- cancel


def test_cancel_stops_at_once_and_gives_the_service_s_own_sentence(make, remote, tmp_path):
    engine = make()
    job_id = engine.submit(an_order(tmp_path))
    until(remote.in_poll.is_set)
    assert engine.cancel(job_id, wait=LIMIT) == "Remote stopped it; nothing is charged."
    assert remote.cancels == ["t1"]
    assert kinds(finish(engine))[-1] == "cancelled"
    job = engine.job(job_id)
    assert (job.state, job.message) == ("cancelled", "Remote stopped it; nothing is charged.")
    assert engine.cancel(job_id) == f"Job {job_id} is cancelled already; there is nothing to stop."


@pytest.mark.parametrize(
    ("provider", "words"),
    [(Sync, "may have taken the request and may still charge it"), (Local, "Cancelled; nothing is charged.")],
)
def test_cancel_in_the_call_is_honest_about_the_bill(make, tmp_path, provider, words):
    made = provider()
    made.let_submit.clear()
    engine = make(made)
    job_id = engine.submit(an_order(tmp_path, made.name))
    until(made.in_submit.is_set)
    assert words in engine.cancel(job_id, wait=LIMIT)
    assert kinds(finish(engine))[-1] == "cancelled"
    assert words in engine.job(job_id).message


def test_a_job_in_the_queue_is_cancelled_at_once_and_costs_nothing(make, remote, tmp_path):
    engine = make(workers=1)
    first, second = (engine.submit(an_order(tmp_path)) for _ in range(2))
    until(lambda: engine.job(first).state == "remote" and engine.job(second).picture)
    assert engine.cancel(second, wait=LIMIT) == "Cancelled before anything was sent; nothing is charged."
    assert engine.job(second).state == "cancelled"
    assert engine.job(first).state == "remote"
    remote.let_finish.set()
    finish(engine)
    assert len(remote.submits) == 1


def test_a_driven_job_can_be_cancelled_from_another_thread(make, remote, tmp_path):
    engine = make()
    events = []
    with pytest.raises(Cancelled):
        for event in engine.drive(an_order(tmp_path)):
            events.append(event)
            if event.stage == "running":
                threading.Thread(target=engine.cancel, args=(event.job,)).start()
    assert kinds(events)[-1] == "cancelled"


def test_a_stored_job_can_be_cancelled_and_a_cancelled_task_still_be_fetched(make, remote, tmp_path):
    first = make()
    job_id = first.submit(an_order(tmp_path))
    until(lambda: first.job(job_id).state == "remote")
    first.close()
    remote.cancellable = False
    engine = make()
    sentence = engine.cancel(job_id[:13], wait=LIMIT)
    assert "cannot be told to stop and may still charge it. Resume fetches the model" in sentence
    assert engine.job(job_id).state == "cancelled"
    remote.let_finish.set()
    assert kinds(engine.drive(job_id))[-1] == "downloaded"


def test_a_cancel_reaches_the_process_that_runs_the_job(make, remote, tmp_path, monkeypatch):
    monkeypatch.setattr("img3d_addon.core.jobs.heartbeat.TICK", 0.02)
    running, other = make(), make()
    job_id = running.submit(an_order(tmp_path))
    until(lambda: running.job(job_id).state == "remote")
    assert "runs in another process, which was told to stop it" in other.cancel(job_id)
    until(lambda: other.job(job_id).state == "cancelled")
    assert remote.cancels == ["t1"]


# ------- breaking off


def test_close_is_quick_and_leaves_a_task_resumable(make, remote, tmp_path):
    engine = make(workers=1)
    remote.poll_every = 600.0
    ids = [engine.submit(an_order(tmp_path)) for _ in range(3)]
    until(lambda: engine.job(ids[0]).state == "remote")
    began = time.monotonic()
    engine.close()
    assert time.monotonic() - began < 2
    remote.poll_every = 0.01
    remote.let_finish.set()
    after = make()
    assert {job.id: job.state for job in after.jobs()} == dict(
        zip(ids, ["remote", "prepared", "prepared"], strict=True)
    )
    assert not any(job.owner_alive for job in after.jobs())
    for job_id in ids:
        after.resume(job_id)
    finish(after)
    assert {job.state for job in after.jobs()} == {"ready"}
    assert len(remote.submits) == 3


def test_close_before_the_picture_is_prepared_loses_no_job(make, remote, tmp_path, monkeypatch):
    from img3d_addon.core.jobs import intake

    begun, gate, prepare = threading.Event(), threading.Event(), intake.prepare

    def slow(*arguments, **named):
        begun.set()
        assert gate.wait(LIMIT)
        return prepare(*arguments, **named)

    engine = make()
    with monkeypatch.context() as patch:
        patch.setattr(intake, "prepare", slow)
        orders = [an_order(tmp_path / str(number)) for number in range(3)]
        ids = [engine.submit(order) for order in orders]
        assert begun.wait(LIMIT)
        closing = threading.Thread(target=engine.close)
        closing.start()
        until(lambda: engine._scheduler._closing)
        gate.set()
        closing.join()
    after = make()
    assert [job.state for job in after.jobs()] == ["prepared"] * 3
    orders[2].image.unlink()
    with pytest.raises(BadInput, match="was not submitted, and its picture .* is gone"):
        after.resume(ids[2])
    remote.let_finish.set()
    for job_id in ids[:2]:
        assert kinds(after.drive(job_id))[-1] == "downloaded"
    assert len(remote.submits) == 2


def test_close_in_the_call_leaves_it_uncertain_and_a_local_one_as_it_was(make, tmp_path):
    sync, local = Sync(), Local()
    engine = make(sync, local)
    for provider in (sync, local):
        provider.let_submit.clear()
        engine.submit(an_order(tmp_path, provider.name))
        until(provider.in_submit.is_set)
    engine.close()
    states = {job.provider: job.state for job in make(sync, local).jobs()}
    assert states == {"sync": "uncertain", "local": "prepared"}


def test_nothing_is_taken_after_close(make, tmp_path):
    engine = make()
    engine.close()
    with pytest.raises(Exception, match="is being closed"):
        engine.submit(an_order(tmp_path))


@pytest.mark.parametrize("stage", ["submitting", "waiting", "running"])
def test_closing_the_generator_of_drive_leaves_the_job_free_and_resumable(make, remote, tmp_path, stage):
    engine = make()
    events = engine.drive(an_order(tmp_path))
    event = next(event for event in events if event.stage == stage)
    events.close()
    job = make().job(event.job)
    assert job.state == {"submitting": "prepared"}.get(stage, "remote")
    assert not job.owner_alive
    remote.let_finish.set()
    assert kinds(engine.drive(event.job))[-1] == "downloaded"
    assert len(remote.submits) == 1


def test_ctrl_c_in_a_call_is_uncertain_and_between_polls_is_harmless(make, remote, tmp_path):
    remote.submit_error = KeyboardInterrupt()
    engine = make()
    with pytest.raises(KeyboardInterrupt):
        list(engine.drive(an_order(tmp_path)))
    assert engine.jobs()[0].state == "uncertain"
    remote.submit_error, remote.poll_error = None, KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        list(engine.drive(an_order(tmp_path)))
    assert engine.jobs()[0].state == "remote"
    assert not engine.jobs()[0].owner_alive


def test_a_job_that_another_process_took_over_is_left_to_it(make, remote, tmp_path):
    engine = make()
    job_id = engine.submit(an_order(tmp_path))
    until(lambda: engine.job(job_id).state == "remote")
    engine._journal.release(job_id)
    other = make()
    remote.let_finish.set()
    other.resume(job_id)
    finish(other)
    assert kinds(finish(engine))[-1] in ("failed", "downloaded")
    assert other.job(job_id).state == "ready"


def test_a_program_that_forgets_to_close_ends_all_the_same(tmp_path, home):
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom tests.core.fakes import *\n"
        "from img3d_addon.core.jobs.engine import Engine\n"
        "remote = Remote(); remote.poll_every = 600.0\n"
        "engine = Engine(settings(Path(sys.argv[1])), {'remote': remote})\n"
        "engine.submit(an_order(Path(sys.argv[2])))\nremote.in_submit.wait()\nprint('end', flush=True)\n"
    )
    command = [sys.executable, "-c", code, str(home), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    assert (done.stdout, done.stderr, done.returncode) == ("end\n", "", 0)


def test_to_stop_waiting_leaves_the_task_at_the_service_and_resume_fetches_it(make, remote, tmp_path):
    engine = make()
    job = engine.submit(an_order(tmp_path))
    assert remote.in_poll.wait(LIMIT)
    until(lambda: engine.view()[0].state == "remote")
    engine.stop_waiting(job)
    assert engine.wait_idle(LIMIT)
    assert (remote.cancels, engine.view()[0].running, engine.view()[0].resumable) == ([], False, True)
    assert engine.job(job).state == "remote"
    engine.drain()
    remote.let_finish.set()
    engine.resume(job)
    assert kinds(finish(engine))[-1] == "downloaded"
    assert len(remote.submits) == 1


def test_what_is_not_at_the_service_cannot_be_left_there(make, remote, tmp_path):
    remote.let_submit.clear()
    engine = make()
    job = engine.submit(an_order(tmp_path))
    assert remote.in_submit.wait(LIMIT)
    with pytest.raises(BadInput, match="nothing to leave it to"):
        engine.stop_waiting(job)
    engine.cancel(job, wait=LIMIT)


# ------- the panel and the money questions


def test_a_removed_job_is_shown_no_more_and_its_files_go_only_when_asked(make, remote, tmp_path, home):
    remote.let_finish.set()
    engine = make()
    ids = [list(engine.drive(an_order(tmp_path)))[-1].job for _ in range(3)]
    engine.remove(ids[0])
    engine.remove(ids[1], files=True)
    assert [view.id for view in engine.view()] == ids[2:]
    until(lambda: not (home / "library" / ids[1]).exists())
    assert (home / "library" / ids[0] / "made.glb").is_file()
    other = make()
    other.refresh()
    until(other.view)
    assert [view.id for view in other.view()] == ids[2:]
    assert len(other.jobs()) == 3


def test_a_job_at_work_is_not_removed(make, remote, tmp_path):
    engine = make()
    job = engine.submit(an_order(tmp_path))
    with pytest.raises(Busy, match="at work"):
        engine.remove(job)
    assert engine.view()
    remote.let_finish.set()
    finish(engine)


def test_refresh_shows_the_jobs_of_earlier_sessions(make, remote, tmp_path):
    remote.let_finish.set()
    first = make()
    ids = [list(first.drive(an_order(tmp_path)))[-1].job for _ in range(3)]
    engine = make()
    assert engine.view() == ()
    engine.refresh(2)
    until(lambda: len(engine.view()) == 2)
    assert [view.id for view in engine.view()] == ids[:0:-1]
    assert engine.view()[0].path.is_file()


def test_only_the_newest_finished_jobs_stay_in_memory(make, tmp_path, monkeypatch):
    monkeypatch.setattr("img3d_addon.core.jobs.registry.KEPT", 3)
    engine = make(Local())
    ids = [list(engine.drive(an_order(tmp_path, "local")))[-1].job for _ in range(5)]
    assert [view.id for view in engine.view()] == ids[:1:-1]
    assert engine.job(ids[0]).state == "ready"
    assert len(engine.jobs()) == 5


def test_estimate_asks_the_service_only_when_it_must(make, remote, monkeypatch):
    asked = []

    def estimate(api, params, picture=None):
        asked.append(api is not None)
        return Price(amount=params["seed"], unit="credits") if api else None

    monkeypatch.setattr(remote, "estimate", estimate)
    engine = make()
    assert engine.estimate("remote", {"seed": 3}) is None
    remote.has_estimate = True
    assert engine.estimate("remote", {"seed": 3}) == Price(amount=3, unit="credits")
    assert asked == [False, False, True]
    with pytest.raises(BadInput, match="seed"):
        engine.estimate("remote", {"seed": 30})


def test_balance_and_key_are_asked_and_misread_answers_are_said(make, remote, monkeypatch):
    engine = make()
    monkeypatch.setattr(remote, "balance", lambda api: Balance(amount=2, unit="credits"), raising=False)
    monkeypatch.setattr(remote, "check_key", lambda api: {}["owner"], raising=False)
    assert engine.balance("remote").amount == 2
    with pytest.raises(BadResult, match="not understood"):
        engine.check_key("remote")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such names")
def test_a_file_name_that_is_no_unicode_is_a_name_like_any_other(make, remote, tmp_path, home):
    good = an_order(tmp_path)
    odd = tmp_path / os.fsdecode(b"st\xfchl.png")
    good.image.rename(odd)
    remote.let_finish.set()
    engine = make()
    order = replace(good, image=odd, after={"out": str(odd)})
    assert kinds(engine.drive(order))[-1] == "downloaded"
    job = make().jobs()[0]
    assert (job.image, job.name, job.after["out"]) == (odd, "st?hl", str(odd))
    request = json.loads((home / "library" / job.id / "request.json").read_text("utf-8"))
    assert request["image"] == str(odd)


def test_a_bug_after_the_submit_leaves_the_job_in_doubt_and_says_so(make, remote, tmp_path):
    remote.submit_error = ZeroDivisionError("bug")
    engine = make(workers=1)
    job_id = engine.submit(an_order(tmp_path))
    last = finish(engine)[-1]
    assert (last.kind, last.error_kind) == ("uncertain", "uncertain")
    assert "ZeroDivisionError: bug" in last.message
    assert "paid twice" in last.message
    assert engine.job(job_id).state == "uncertain"
    with pytest.raises(Uncertain):
        engine.resume(job_id)


def test_a_balance_that_is_not_understood_speaks_of_no_job(make, tmp_path):
    class Odd(Remote):
        has_balance = True

        def balance(self, api):
            raise KeyError("credits")

    with pytest.raises(BadResult, match="not understood") as caught:
        make(Odd()).balance("remote")
    assert "esume" not in str(caught.value)


@pytest.mark.parametrize("lasting", [True, False])
def test_a_paid_model_is_named_when_the_disk_fails_and_is_not_lost(make, tmp_path, monkeypatch, lasting):
    provider = Sync()
    engine = make(provider)
    move = engine._journal.move

    def full(job_id, state, **changes):
        if state == "downloading" or (lasting and state == "failed"):
            raise OutputError("The disk is full")
        return move(job_id, state, **changes)

    monkeypatch.setattr(engine._journal, "move", full)
    job_id = engine.submit(an_order(tmp_path, "sync"))
    last = finish(engine)[-1]
    assert "The disk is full; Sync has made the model, and its answer is kept as " in last.message
    assert str(tmp_path) in last.message
    monkeypatch.setattr(engine._journal, "move", move)
    engine.resume(job_id)
    assert kinds(finish(engine))[-1] == "downloaded"
    assert engine.job(job_id).cost.amount == 4
    assert len(provider.submits) == 1
