# SPDX-License-Identifier: GPL-3.0-or-later
"""A service through the program: keys, money, online access, and ends in the middle of a call."""

import json
import signal
import time
from pathlib import Path

import pytest

from tests.servers.scenario import ScenarioServer
from tests.servers.stability import SPAR3D, StabilityServer

from .program import DUCK, finish, kill, run, start, wait_for

KEY = StabilityServer.keys[0]
GENERATE = ("--online-mode", "generate", DUCK, "--provider", "stability_spar3d")
SCENARIO = ("--online-mode", "generate", DUCK, "--provider", "scenario_pixal3d", "--json")


@pytest.fixture
def server(monkeypatch):
    with StabilityServer() as made:
        monkeypatch.setenv("IMG3D_STABILITY_URL", made.url)
        monkeypatch.setenv("STABILITY_API_KEY", KEY)
        yield made
        assert not made.complaints


@pytest.fixture
def scenario(monkeypatch):
    with ScenarioServer() as made:
        monkeypatch.setenv("IMG3D_SCENARIO_URL", made.url)
        monkeypatch.setenv("SCENARIO_SDK_API_KEY", KEY)
        monkeypatch.setenv("SCENARIO_SDK_API_SECRET", f"{KEY}-2")
        yield made
        assert not made.complaints


def submits(server):
    return len(server.seen("POST", SPAR3D))


def test_the_model_is_what_the_service_sent_and_the_key_is_nowhere(server, tmp_path, home):
    out = tmp_path / "out" / "duck.glb"
    done = run(*GENERATE, "-o", "remesh=quad", "--out", out, "--json", "--verbose")
    assert done.status == 0, done
    (request,) = server.seen("POST", SPAR3D)
    assert request.form()[0]["remesh"] == "quad"
    (kept,) = [path for path in home.rglob("*.glb") if path.is_file()]
    assert out.read_bytes() == kept.read_bytes()
    assert [event["cost"]["amount"] for event in done.events if event["event"] == "downloaded"] == [4]
    assert KEY not in done.out + done.err
    assert_not_in_files(KEY, tmp_path)


@pytest.mark.bpy
def test_the_key_is_in_no_blend_and_in_no_process_list(server, tmp_path):
    server.play("hold")
    child = start(*GENERATE, "--out", tmp_path / "duck.blend")
    wait_for(lambda: submits(server))
    assert KEY.encode() not in Path(f"/proc/{child.pid}/cmdline").read_bytes()
    server.released.set()
    done = finish(child)
    assert done.status == 0, done
    assert (tmp_path / "duck.blend").is_file()
    assert_not_in_files(KEY, tmp_path)


def assert_not_in_files(key, folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "journal.sqlite3" for path in files)
    assert not [path for path in files if key.encode() in path.read_bytes()]


def test_without_online_access_nothing_is_asked(server, tmp_path):
    for words in (GENERATE[1:], ("balance", "stability_spar3d")):
        done = run(*words, cwd=tmp_path)
        assert done.status == 4, done
        assert "--online-mode" in done.sentence
    assert not server.requests
    assert "no jobs" in run("jobs").out


def test_without_a_key(server, monkeypatch, tmp_path):
    monkeypatch.delenv("STABILITY_API_KEY")
    for words in (GENERATE, ("--online-mode", "balance"), ("--online-mode", "balance", "stability_spar3d")):
        done = run(*words, cwd=tmp_path)
        assert done.status == 3, done
        assert "STABILITY_API_KEY" in done.sentence
    assert not server.requests


def test_the_balance(server):
    done = run("--online-mode", "balance")
    assert done.status == 0, done
    assert "412.5 credits" in done.out
    (event,) = run("balance", "stability_spar3d", "--online-mode", "--json").events
    assert (event["event"], event["amount"], event["unit"]) == ("balance", 412.5, "credits")


@pytest.mark.parametrize(
    ("scene", "kind"),
    [
        ("unauthorized", "auth"),
        ("payment_required", "credits"),
        ("content_moderation", "moderation"),
        ("bad_request", "bad_request"),
        ("echo_key", "bad_request"),
    ],
)
def test_a_refusal_is_a_sentence_and_status_1(server, tmp_path, scene, kind):
    server.play(scene)
    done = run(*GENERATE, "--out", tmp_path / "a.glb", "--json")
    assert done.status == 1, done
    (failed,) = [event for event in done.events if event["event"] == "failed"]
    assert failed["kind"] == kind
    assert failed["message"] in done.sentence
    assert submits(server) == 1
    assert KEY not in done.out + done.err
    assert not (tmp_path / "a.glb").exists()
    assert_not_in_files(KEY, tmp_path)


def test_a_quad_remesh_of_ours_keeps_the_texture_of_any_service(server, tmp_path):
    out = tmp_path / "a.obj"
    done = run(*GENERATE, "--quad", "300", "--out", out, "--json")
    assert done.status == 0, done
    assert submits(server) == 1
    faces = [line.split()[1:] for line in out.read_text().splitlines() if line.startswith("f ")]
    assert len(faces) > 100
    assert {len(face) for face in faces} == {4}
    (written,) = [event for event in done.events if event["event"] == "written"]
    assert written["quads"]["after"]["quads"] == 1.0
    assert written["quads"]["psnr"] > 20
    told = {event.get("message") for event in done.events if event["event"] == "progress"}
    assert any("quads" in text for text in told if text), told


@pytest.mark.kill
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_call_is_uncertain_and_repeated_only_by_the_user_s_word(server, tmp_path, number):
    server.play("hold", "success")
    out = tmp_path / "duck.glb"
    child = start(*GENERATE, "--out", out)
    wait_for(lambda: submits(server))
    kill(child, number)
    done = finish(child)
    (job,) = run("jobs", "--json").events
    if number == signal.SIGINT:
        assert done.status == 130, done
        assert job["job"] in done.sentence
    assert job["state"] == "uncertain"
    listed = run("--online-mode", "resume", "--all")
    assert listed.status == 0
    assert "--submit-again" in listed.sentence
    named = run("--online-mode", "resume", job["job"], "--json")
    assert named.status == 1, named
    assert [event.get("kind") for event in named.events] == ["uncertain", None]
    assert submits(server) == 1
    again = run("--online-mode", "resume", job["job"], "--submit-again")
    assert again.status == 0, again
    assert submits(server) == 2
    assert out.read_bytes()[:4] == b"glTF"


@pytest.mark.bpy
@pytest.mark.kill
def test_after_an_interruption_no_other_picture_is_paid(server, tmp_path):
    words = ("--online-mode", "generate", DUCK, DUCK, "--provider", "stability_spar3d", "--size", "2", "--json")
    with (tmp_path / "err").open("w+") as err:
        child = start(*words, "--out", tmp_path / "out", "--format", "stl", stderr=err)
        wait_for(lambda: "importing" in (tmp_path / "err").read_text())
        kill(child)
        out, _ = child.communicate(timeout=120)
    assert child.returncode == 130, out
    assert submits(server) == 1
    ends = [json.loads(line) for line in out.splitlines()][-3:]
    assert [(end["event"], end.get("kind")) for end in ends] == [
        ("written", None),
        ("failed", "interrupted"),
        ("summary", None),
    ]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["duck.stl"]
    assert len(run("jobs", "--json").events) == 1


@pytest.mark.kill
def test_a_job_is_cancelled_from_another_terminal(server, tmp_path):
    server.play("hold")
    child = start(*GENERATE, "--out", tmp_path / "a.glb", "--json")
    wait_for(lambda: submits(server))
    (job,) = run("jobs", "--json").events
    assert (job["state"], job["running"], job["resumable"]) == ("submitting", True, False)
    told = run("cancel", job["job"])
    assert told.status == 0, told
    begun = time.monotonic()
    done = finish(child, timeout=60)
    assert time.monotonic() - begun < 30
    assert done.status == 1, done
    assert done.events[-2]["event"] in ("cancelled", "failed")
    assert not (tmp_path / "a.glb").exists()


def test_two_programs_share_a_journal(server, tmp_path):
    server.delay = 0.2
    children = [start(*GENERATE, "--out", tmp_path / f"{number}.glb") for number in range(2)]
    assert [finish(child).status for child in children] == [0, 0]
    assert submits(server) == 2
    assert len(run("jobs", "--json").events) == 2
    assert {json.loads(line)["state"] for line in run("jobs", "--json").out.splitlines()} == {"imported"}


def test_a_service_with_an_upload_and_polls_says_what_it_does(scenario, tmp_path):
    scenario.play("success_at_once")
    done = run(*SCENARIO, "--out", tmp_path / "duck.glb")
    assert done.status == 0, done
    stages = list(dict.fromkeys(event["stage"] for event in done.events if event.get("stage")))
    assert stages[:3] == ["preparing", "uploading", "submitting"]
    assert stages[-1] == "ready"
    assert "duck.png: uploading the picture" in done.err
    assert [event["cost"]["amount"] for event in done.events if event["event"] == "downloaded"] == [60]
    assert (tmp_path / "duck.glb").read_bytes()[:4] == b"glTF"
    assert_not_in_files(KEY, tmp_path)


@pytest.mark.kill
def test_the_program_ends_after_the_service_was_told_to_stop(scenario, tmp_path):
    scenario.play("cancellable")
    child = start(*SCENARIO, "--out", tmp_path / "duck.glb")
    wait_for(lambda: scenario.seen("GET", "/v1/jobs/job_1"))
    scenario.delay = 5.0  # longer than the time between two looks at what other processes wish
    (job,) = run("jobs", "--json").events
    run("cancel", job["job"])
    done = finish(child, timeout=60)
    (told,) = [event["message"] for event in done.events if event["event"] == "cancelled"]
    assert "stops the job; the units may still be spent" in told
    assert scenario.jobs["job_1"].canceled
    (job,) = run("jobs", "--json").events
    assert (job["state"], job["message"]) == ("cancelled", told)
