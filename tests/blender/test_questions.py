# SPDX-License-Identifier: GPL-3.0-or-later
"""Key tests and prices: asked in the background, drawn from memory, gone when what they depend on changes."""

import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest

import img3d_addon
from img3d_addon.blender import asking, balance, orders, preferences, properties, pump, session
from img3d_addon.core.values import Balance, Price
from tests.servers.stability import StabilityServer

from .meshes import empty_scene

DUCK = Path(__file__).parent.parent.parent / "examples" / "duck.png"


@pytest.fixture
def server(home, monkeypatch):
    empty_scene()
    with StabilityServer() as made:
        monkeypatch.setenv("IMG3D_STABILITY_URL", made.url)
        monkeypatch.setenv("STABILITY_API_KEY", made.keys[0])
        img3d_addon.register()
        bpy.context.preferences.system.use_online_access = True
        properties.settings_of(bpy.context.scene).provider = "stability_spar3d"
        yield made
        bpy.context.preferences.system.use_online_access = False
        img3d_addon.unregister()


def key_question():
    return orders.key_question(session.providers()["stability_spar3d"])


def answered(question):
    """Ask as the button does, while `tick` is called as by its timer; no call takes long."""
    session.engine()  # imported in small steps soon after the start, where there is a window
    looked = threading.Event()  # else a quick answer may be there before the look at what is drawn meanwhile

    def put(engine):
        assert looked.wait(30)
        return question.put(engine)

    asking.ask(replace(question, put=put))
    assert pump.busy()
    assert asking.answer(question.topic, question.about).waiting
    looked.set()
    end = time.monotonic() + 30
    while asking.waiting():
        assert time.monotonic() < end
        pump.tick()
        time.sleep(0.01)
    return asking.answer(question.topic, question.about)


def test_the_answer_is_drawn_until_the_key_changes(server, monkeypatch):
    found = answered(key_question())
    assert not found.failed
    assert "works" in found.text
    assert "412.5 credits" in found.text
    assert not pump.busy()
    topic = preferences.account_topic(session.preferences(), session.providers()["stability_spar3d"])
    assert asking.answer(*topic) == found
    monkeypatch.setenv("STABILITY_API_KEY", "sk-another")
    topic = preferences.account_topic(session.preferences(), session.providers()["stability_spar3d"])
    assert asking.answer(*topic) is None


def test_a_refused_key_and_a_missing_one_are_said(server, monkeypatch):
    monkeypatch.setenv("STABILITY_API_KEY", "sk-wrong")
    found = answered(key_question())
    assert found.failed
    assert "key" in found.text
    monkeypatch.delenv("STABILITY_API_KEY")
    assert "STABILITY_API_KEY" in answered(key_question()).text


def test_a_balance_that_cannot_be_read_leaves_the_key_good(server, monkeypatch):
    monkeypatch.setattr(type(session.providers()["stability_spar3d"]), "balance", lambda self, api: api.get("/nowhere"))
    found = answered(key_question())
    assert not found.failed
    assert "works" in found.text
    assert "could not be read" in found.text


def test_the_operator_waits_for_scripts_and_reports(server, monkeypatch):
    assert bpy.ops.img3d.test_key(provider="stability_spar3d") == {"FINISHED"}
    monkeypatch.setenv("STABILITY_API_KEY", "sk-wrong")
    with pytest.raises(RuntimeError, match="key"):
        bpy.ops.img3d.test_key(provider="stability_spar3d")
    with pytest.raises(RuntimeError, match="no provider"):
        bpy.ops.img3d.test_key(provider="stability")
    bpy.context.preferences.system.use_online_access = False
    with pytest.raises(RuntimeError, match="Online access is off"):
        bpy.ops.img3d.test_key(provider="stability_spar3d")


def provider():
    return session.providers()["stability_spar3d"]


def test_the_balance_is_told_with_its_age_and_stays_while_it_is_asked_again(server):
    assert balance.known_balance(provider()) is None
    found = answered(balance.balance_question(provider()))
    assert balance.balance_words(balance.known_balance(provider())) == "412.5 credits, just now"
    assert abs(found.at - time.time()) < 3600
    held = threading.Event()

    def put(engine):
        held.wait(30)
        return asking.Answer(balance=Balance(amount=3, unit="credits"))

    asking.ask(replace(balance.balance_question(provider()), put=put))
    asked = balance.known_balance(provider())
    assert asked.waiting
    assert asked.balance == found.balance
    held.set()


def test_a_key_test_tells_the_balance_too_and_the_newest_counts(server):
    answered(key_question())
    assert balance.known_balance(provider()).balance.amount == 412.5


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "just now"), (200, "3 min ago"), (7300, "2 h ago"), (1e6, "more than a day ago"), (-9, "just now")],
)
def test_ages_in_words(seconds, words):
    assert balance.age_words(1000.0, now=1000.0 + seconds) == words


def test_after_a_job_the_balance_is_asked_only_where_it_was_before(server, monkeypatch):
    view = SimpleNamespace(id="j", provider="stability_spar3d")
    monkeypatch.setattr(session, "engine_views", lambda: (view,))
    balance.ask_after("j")
    assert not asking.waiting()
    answered(balance.balance_question(provider()))
    asked = []
    monkeypatch.setattr(balance, "ask", asked.append)
    balance.ask_after("j")
    balance.ask_after("another")
    assert [question.topic for question in asked] == ["balance of account STABILITY"]


def test_the_operator_reports_what_is_left(server):
    assert bpy.ops.img3d.ask_balance(provider="stability_spar3d") == {"FINISHED"}
    assert any("/balance" in str(request) for request in server.requests)


@pytest.fixture
def asked_price(server, monkeypatch):
    """SPAR3D as if it had to be asked for its price; returns what it was asked about."""
    seen = []

    def estimate(self, api, params, picture=None):
        if api is None:
            return None
        seen.append((dict(params), picture))
        return Price(amount=len(seen), unit="credits")

    kind = type(session.providers()["stability_spar3d"])
    monkeypatch.setattr(kind, "estimate", estimate)
    monkeypatch.setattr(kind, "has_estimate", True)
    return seen


def test_the_price_is_asked_with_the_picture_and_holds_until_something_changes(asked_price):
    settings = properties.settings_of(bpy.context.scene)
    settings.picture = bpy.data.images.load(str(DUCK))
    assert orders.price_of(settings) is None
    assert not asked_price, "asked by looking"
    assert answered(orders.price_question(bpy.context.scene)).price.amount == 1
    assert orders.price_of(settings).amount == 1
    ((params, picture),) = asked_price
    assert params["remesh"] == "none"
    assert picture.name
    settings.stability_spar3d.remesh = "quad"
    assert orders.price_of(settings) is None
    assert bpy.ops.img3d.ask_price() == {"FINISHED"}
    assert asked_price[-1][0]["remesh"] == "quad"
    settings.stability_spar3d.remesh = "none"
    assert orders.price_of(settings).amount == 1
    settings.picture = bpy.data.images.new("another", 4, 4)
    assert orders.price_of(settings) is None


def test_a_question_under_way_is_not_asked_again_and_ends_with_the_add_on(server, monkeypatch):
    asked, ended = [], threading.Event()

    def check_key(self, api):
        asked.append(api)
        try:
            api.wait(60)
        finally:
            ended.set()

    monkeypatch.setattr(type(session.providers()["stability_spar3d"]), "check_key", check_key)
    asking.ask(key_question())
    asking.ask(key_question())
    while not asked:
        time.sleep(0.01)
    begun = time.monotonic()
    session.close()
    assert ended.wait(5)
    assert time.monotonic() - begun < 2
    assert len(asked) == 1
