# SPDX-License-Identifier: GPL-3.0-or-later
"""Where keys and base URLs come from, in order."""

import pytest

from img3d_addon.core.errors import BadInput, KeyMissing
from img3d_addon.core.http import keys
from img3d_addon.core.params import Choice, Secret, Text
from tests.servers.asking import Plain, settings


def find(tmp_path, *, given=None, **chosen):
    return keys.find(Plain(), settings(tmp_path, **chosen), given=given)["key"]


def test_the_argument_counts_before_preferences_and_environment(tmp_path):
    sources = {"keys": {"PLAIN_API_KEY": "preference"}, "environ": {"PLAIN_API_KEY": "environment"}}
    assert find(tmp_path, given={"key": "argument"}, **sources) == "argument"
    assert find(tmp_path, **sources) == "preference"
    assert find(tmp_path, environ=sources["environ"]) == "environment"
    assert find(tmp_path, keys={"PLAIN_API_KEY": "  "}, environ=sources["environ"]) == "environment"


def test_white_space_around_a_key_is_dropped(tmp_path):
    assert find(tmp_path, environ={"PLAIN_API_KEY": " \tsk-a1\r\n"}) == "sk-a1"


@pytest.mark.parametrize("value", ["sk-ä", "sk a", "sk\na", "sk\x00a", "“sk”"])
def test_what_cannot_be_a_key_is_refused_without_showing_it(tmp_path, value):
    with pytest.raises(BadInput) as caught:
        find(tmp_path, environ={"PLAIN_API_KEY": value})
    assert value not in str(caught.value)
    assert "PLAIN_API_KEY" in str(caught.value)


def test_a_missing_key_says_what_to_do(tmp_path):
    with pytest.raises(KeyMissing) as caught:
        find(tmp_path)
    for word in ("Plain Service", "PLAIN_API_KEY", "preferences", Plain.key_page):
        assert word in str(caught.value)


def test_the_base_url_of_the_preferences_counts_before_the_environment(tmp_path):
    environ = {"IMG3D_PLAIN_URL": "http://127.0.0.1:1/b/"}
    chosen = settings(tmp_path, base_urls={"PLAIN": "https://a.invalid"}, environ=environ)
    assert keys.base_url(Plain(), chosen) == "https://a.invalid"
    assert keys.base_url(Plain(), settings(tmp_path, environ=environ)) == "http://127.0.0.1:1/b"
    assert keys.base_url(Plain(), settings(tmp_path)) == "https://plain.invalid/api"


class Settled(Plain):
    """A service with two settings beside the key."""

    account = (
        Secret("key", env="PLAIN_API_KEY"),
        Text("project", "", env="PLAIN_PROJECT"),
        Choice("line", "standard", choices=("standard", "enterprise"), env="PLAIN_LINE"),
    )


def test_settings_of_the_account_come_from_the_same_places_and_have_defaults(tmp_path):
    def found(**chosen):
        return keys.find(Settled(), settings(tmp_path, environ={"PLAIN_API_KEY": "k", **chosen}))

    assert found() == {"key": "k", "project": "", "line": "standard"}
    assert found(PLAIN_PROJECT=" proj 1 ", PLAIN_LINE="enterprise") == {
        "key": "k",
        "project": "proj 1",
        "line": "enterprise",
    }
    with pytest.raises(BadInput) as caught:
        found(PLAIN_LINE="odd")
    for word in ("Plain Service", "standard", "PLAIN_LINE"):
        assert word in str(caught.value)
