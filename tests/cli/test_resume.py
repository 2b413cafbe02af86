# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a job up again where it cannot be: said, with the right status, and nothing is asked."""

import json

import pytest

from tests.servers.stability import SPAR3D, StabilityServer

from .program import DUCK, run


@pytest.fixture
def server(monkeypatch):
    with StabilityServer() as made:
        monkeypatch.setenv("IMG3D_STABILITY_URL", made.url)
        monkeypatch.setenv("STABILITY_API_KEY", made.keys[0])
        yield made


@pytest.fixture
def job(server, tmp_path):
    """Make a job whose submit was lost."""
    server.play("reset", "success")
    run("--online-mode", "generate", DUCK, "--provider", "stability_spar3d", "--out", tmp_path / "duck.glb")
    return json.loads(run("jobs", "--json").out)["job"]


def test_without_online_access(server, job, tmp_path):
    done = run("resume", job, "--submit-again", "--json")
    assert done.status == 4, done
    assert "--online-mode" in done.sentence
    assert [event["kind"] for event in done.events if event["event"] == "failed"] == ["offline"]
    assert len(server.seen("POST", SPAR3D)) == 1
    assert run("--online-mode", "resume", job, "--submit-again").status == 0
    assert (tmp_path / "duck.glb").is_file()


def test_without_a_key(server, job, monkeypatch):
    monkeypatch.delenv("STABILITY_API_KEY")
    done = run("--online-mode", "resume", job, "--submit-again")
    assert done.status == 3, done
    assert "STABILITY_API_KEY" in done.sentence
    assert len(server.seen("POST", SPAR3D)) == 1


def test_nothing_to_go_on_with_is_no_error_wherever_it_was_to_be_written(tmp_path):
    done = run("resume", "--all", "--out", tmp_path / "a.glb")
    assert done.status == 0, done
    assert done.out == "There is no job to go on with\n"


def test_one_job_goes_to_a_folder_as_several_do(job, tmp_path):
    words = ("--submit-again", "--out", tmp_path / "models", "--format", "glb")
    done = run("--online-mode", "resume", "--all", *words)
    assert done.status == 0, done
    assert (tmp_path / "models" / "duck.glb").is_file()
