# SPDX-License-Identifier: GPL-3.0-or-later
"""`estimate`: flat prices, prices that a service is asked for with the picture, and prices that nobody knows."""

import pytest

from tests.servers.scenario import GENERATE, UNITS, ScenarioServer

from .program import DUCK, EXAMPLES, run

ASK = ("--online-mode", "estimate", "--provider", "scenario_pixal3d")


@pytest.fixture
def scenario(monkeypatch):
    with ScenarioServer() as made:
        monkeypatch.setenv("IMG3D_SCENARIO_URL", made.url)
        monkeypatch.setenv("SCENARIO_SDK_API_KEY", made.keys[0])
        monkeypatch.setenv("SCENARIO_SDK_API_SECRET", f"{made.keys[0]}-2")
        yield made
        assert not made.complaints


def test_a_service_is_asked_with_each_picture_and_runs_nothing(scenario):
    done = run(*ASK, DUCK, EXAMPLES / "rocket.png", "-o", "resolution=1024", "--json")
    assert done.status == 0, done
    (event,) = done.events
    assert (event["event"], event["amount"], event["unit"]) == ("estimate", 2 * UNITS, "creative units")
    assert (event["pictures"], event["each"]) == (2, UNITS)
    asked = scenario.seen("POST", GENERATE)
    assert len(asked) == 2
    assert all("dryRun" in one.query and one.json["resolution"] == 1024 for one in asked)
    assert len({one.json["image"] for one in asked}) == 2
    assert scenario.units == 412.0
    assert not run("jobs", "--json").events


def test_in_words(scenario):
    done = run(*ASK, DUCK)
    assert done.out == f"{UNITS} creative units: 1 x {UNITS} creative units with Scenario Pixal3D\n"
    flat = run("estimate", DUCK, DUCK, "--provider", "stability_spar3d")
    assert flat.out == "8 credits: 2 x 4 credits (0.04 USD) with Stability AI SPAR3D\n"
    unknown = run("estimate", DUCK, "--provider", "vtrix_spark3d")
    assert unknown.status == 0, unknown
    assert "not known beforehand" in unknown.out
    assert "amount" not in run("estimate", DUCK, "--provider", "vtrix_spark3d", "--json").events[0]


def test_what_cannot_be_asked_is_said(scenario, monkeypatch, tmp_path):
    assert run("estimate", DUCK, "--provider", "scenario_pixal3d").status == 4
    assert run(*ASK, tmp_path / "none.png").status == 2
    assert run(*ASK, DUCK, "-o", "resolution=7").status == 2
    monkeypatch.delenv("SCENARIO_SDK_API_SECRET")
    missing = run(*ASK, DUCK)
    assert missing.status == 3
    assert "SCENARIO_SDK_API_SECRET" in missing.sentence
    assert not scenario.requests
