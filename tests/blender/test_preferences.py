# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preferences hold of accounts, and how it is told to the engine."""

from types import SimpleNamespace

import bpy
import pytest

from img3d_addon.blender import preferences, session
from img3d_addon.core.http import keys
from img3d_addon.core.params import Choice, Secret, Text
from img3d_addon.core.provider import Provider
from img3d_addon.core.settings import Settings
from img3d_addon.providers import load


class Service(Provider):
    """Has one of each kind."""

    name = "service"
    label = "Service"
    vendor = "SERVICE"
    base_url = "https://service.invalid"
    account = (
        Secret("key", env="SERVICE_API_KEY"),
        Choice("line", "standard", choices=("standard", "enterprise"), env="SERVICE_LINE"),
        Text("project", "", env="SERVICE_PROJECT"),
        Text("path", "/v1", env="SERVICE_PATH", advanced=True),
    )


@pytest.fixture
def own(monkeypatch):
    """The preferences of an add-on with `Service`, as Blender registers them."""
    monkeypatch.setattr(preferences, "load", lambda: {"service": Service()})
    monkeypatch.setattr(preferences, "providers", lambda: {"service": Service()})
    preferences.register()
    made = preferences._registered[-1]
    annotations = made.__annotations__
    preferences.unregister()
    values = {name: words.keywords.get("default", "") for name, words in annotations.items()}
    assert not any(name.startswith("service_path") for name in values)
    return SimpleNamespace(**values)


def account(own, environ):
    settings = Settings(home=None, online=True, keys=preferences.keys(own), environ=environ)
    return keys.find(Service(), settings)


def test_what_is_not_set_is_the_environment_s_or_the_declared(own):
    environ = {"SERVICE_API_KEY": "k", "SERVICE_LINE": "enterprise", "SERVICE_PATH": "/v2"}
    assert preferences.keys(own) == {}
    assert account(own, environ) == {"key": "k", "line": "enterprise", "project": "", "path": "/v2"}
    assert account(own, {"SERVICE_API_KEY": "k"})["line"] == "standard"


def test_what_is_set_counts_before_the_environment(own):
    own.service_line, own.service_project, own.service_api_key = "standard", "p1", "mine"
    environ = {"SERVICE_API_KEY": "k", "SERVICE_LINE": "enterprise"}
    assert account(own, environ) == {"key": "mine", "line": "standard", "project": "p1", "path": "/v1"}


def test_only_keys_can_be_missing(own, monkeypatch):
    service = Service()
    assert preferences.key_state(own, service) == "missing"
    monkeypatch.setenv("SERVICE_API_KEY", "k")
    assert preferences.key_state(own, service) == "environment"
    own.service_api_key = "mine"
    assert preferences.key_state(own, service) == "preferences"
    assert preferences.key_state(own, load()["offline"]) == "none needed"


def test_each_change_of_an_account_is_another_topic(own, monkeypatch):
    service = Service()
    seen = {preferences.account_topic(own, service)}
    own.service_api_key = "a"
    seen.add(preferences.account_topic(own, service))
    own.service_line = "enterprise"
    seen.add(preferences.account_topic(own, service))
    own.service_url = "http://127.0.0.1:1"
    seen.add(preferences.account_topic(own, service))
    monkeypatch.setenv("SERVICE_PATH", "/v2")
    seen.add(preferences.account_topic(own, service))
    assert len(seen) == 5
    assert len({topic for topic, _about in seen}) == 1
    assert "'a'" not in repr(seen)


def test_every_account_item_has_a_property_of_its_own():
    preferences.register()
    try:
        (made,) = preferences._registered
        names = set(made.bl_rna.properties.keys())
        for provider in load().values():
            shown = {item.env.lower() for item in provider.account if not item.advanced}
            assert shown <= names
            assert not {item.env.lower() for item in provider.account if item.advanced} & names
            for item in provider.account:
                if isinstance(item, Secret):
                    assert made.bl_rna.properties[item.env.lower()].subtype == "PASSWORD"
    finally:
        preferences.unregister()
    assert not hasattr(bpy.types, "IMG3D_AP_preferences")
    assert session.preferences() is None
