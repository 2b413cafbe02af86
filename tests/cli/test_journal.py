# SPDX-License-Identifier: GPL-3.0-or-later
"""`jobs`, `cancel` and `resume --all` as scripts read them."""

import json
import time

import pytest

from tests.servers.stability import SPAR3D, StabilityServer

from .program import DUCK, run


@pytest.fixture
def server(monkeypatch):
    with StabilityServer() as made:
        monkeypatch.setenv("IMG3D_STABILITY_URL", made.url)
        monkeypatch.setenv("STABILITY_API_KEY", made.keys[0])
        yield made


def generate(out):
    return run("--online-mode", "generate", DUCK, "--provider", "stability_spar3d", "--out", out, "--json")


def test_times_and_sums_are_numbers_for_scripts_and_words_for_people(server, tmp_path):
    before = time.time()
    generate(tmp_path / "a.glb")
    (job,) = run("jobs", "--json").events
    assert before <= job["created"] <= job["changed"] <= time.time()
    assert job["cost"] == {"amount": 4, "unit": "credits", "usd": 0.04}
    shown = run("jobs", job["job"]).out
    assert "cost:       4 credits (0.04 USD)" in shown
    assert f"created:    {time.strftime('%Y-')}" in shown


def test_a_finished_job_is_not_said_to_be_cancelled(server, tmp_path):
    generate(tmp_path / "a.glb")
    (job,) = run("jobs", "--json").events
    done = run("cancel", job["job"], "--json")
    assert done.status == 0
    (told,) = done.events
    assert (told["event"], told["state"]) == ("job", "imported")
    assert "nothing to stop" in told["message"]


def test_resume_all_tells_scripts_too_what_is_left_alone(server, tmp_path):
    server.play("reset")
    generate(tmp_path / "a.glb")
    done = run("--online-mode", "resume", "--all", "--json")
    assert done.status == 0, done
    told, end = done.events
    assert (told["event"], told["kind"], told["name"]) == ("uncertain", "uncertain", "duck")
    assert "--submit-again" in told["message"]
    assert end["event"] == "summary"
    assert len(server.seen("POST", SPAR3D)) == 1


def test_only_the_newest_jobs_are_listed(server, tmp_path):
    for name in "abc":
        generate(tmp_path / f"{name}.glb")
    done = run("jobs", "--limit", "2", "--json")
    assert [event["event"] for event in done.events] == ["job", "job", "more"]
    assert "--limit 0" in done.err
    every = [json.loads(line)["job"] for line in run("jobs", "--limit", "0", "--json").out.splitlines()]
    assert len(every) == 3
    assert [event["job"] for event in done.events[:2]] == every[:2]


def test_progress_that_says_nothing_new_is_told_once(tmp_path):
    done = run("generate", DUCK, "-o", "faces=1500", "--out", tmp_path / "a.glb", "--json")
    told = [{**event, "time": 0} for event in done.events]
    assert all(one != other for one, other in zip(told, told[1:], strict=False))
