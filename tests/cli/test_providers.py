# SPDX-License-Identifier: GPL-3.0-or-later
"""`providers`: parameters with their conditions, settings of accounts, and the test of a key."""

import pytest

from img3d_addon.providers import load
from tests.servers.stability import StabilityServer

from .program import run

TEST = ("--online-mode", "providers", "stability_spar3d", "--test-key")


@pytest.fixture
def server(monkeypatch):
    with StabilityServer() as made:
        monkeypatch.setenv("IMG3D_STABILITY_URL", made.url)
        monkeypatch.setenv("STABILITY_API_KEY", made.keys[0])
        yield made


@pytest.mark.parametrize("name", load())
def test_everything_declared_is_listed(name):
    provider = load()[name]
    done = run("providers", name)
    assert done.status == 0, done
    rows = {line.split()[0]: line for line in done.out.splitlines() if line.strip()}
    for param in provider.params:
        assert param.help in rows[param.name]
        assert not param.when or f"only with {param.when_text()}" in rows[param.name]
    for item in provider.account:
        assert item.help in rows[item.env]
    assert not provider.base_url or f"IMG3D_{provider.vendor}_URL" in done.out
    (event,) = run("providers", name, "--json").events
    assert [one["name"] for one in event["params"]] == [param.name for param in provider.params]
    assert [one["when"] for one in event["params"]] == [
        {other: list(allowed) for other, allowed in param.when.items()} for param in provider.params
    ]
    assert [one["advanced"] for one in event["params"]] == [param.advanced for param in provider.params]
    assert [one["variable"] for one in event["account"]] == [item.env for item in provider.account]


def test_a_key_that_works(server):
    done = run(*TEST)
    assert done.status == 0, done
    assert "works" in done.out
    (event,) = run(*TEST, "--json").events
    assert (event["event"], event["provider"]) == ("key", "stability_spar3d")
    assert event["message"] in done.out
    assert {one.method for one in server.requests} == {"GET"}


def test_a_key_that_does_not_work(server, monkeypatch):
    monkeypatch.setenv("STABILITY_API_KEY", "sk-wrong")
    done = run(*TEST, "--json")
    assert done.status == 1, done
    (event,) = done.events
    assert (event["event"], event["kind"]) == ("failed", "auth")
    assert event["message"] in done.sentence


def test_no_key_no_network_no_name(server, monkeypatch):
    offline = run("providers", "stability_spar3d", "--test-key")
    assert offline.status == 4, offline
    assert "--online-mode" in offline.sentence
    monkeypatch.delenv("STABILITY_API_KEY")
    missing = run(*TEST)
    assert missing.status == 3, missing
    assert "STABILITY_API_KEY" in missing.sentence
    assert not server.requests
    for words in (("providers", "--test-key"), ("providers", "offline", "--test-key")):
        assert run(*words).status == 2
