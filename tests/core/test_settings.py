# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of an engine: where its home is, and no key in what is printed of them."""

import sys
from pathlib import Path

import pytest

from img3d_addon.core.settings import Settings, default_home


def test_home_is_the_variable_when_it_is_set(tmp_path):
    assert default_home({"IMG3D_HOME": str(tmp_path)}) == tmp_path


def test_home_is_absolute_and_a_blank_variable_counts_as_none():
    assert default_home({"IMG3D_HOME": "jobs"}) == Path.cwd() / "jobs"
    assert default_home({"IMG3D_HOME": "  "}) == default_home({})


@pytest.mark.parametrize(
    ("platform", "environ", "end"),
    [
        ("win32", {"LOCALAPPDATA": "/data/local"}, "/data/local/img3d"),
        ("linux", {"XDG_DATA_HOME": "/data/xdg"}, "/data/xdg/img3d"),
        ("linux", {}, ".local/share/img3d"),
        ("darwin", {}, "Library/Application Support/img3d"),
    ],
)
def test_home_is_where_the_system_keeps_the_user_s_data(monkeypatch, platform, environ, end):
    monkeypatch.setattr(sys, "platform", platform)
    assert default_home(environ).as_posix().endswith(end)


def test_no_key_shows_in_the_representation(tmp_path):
    settings = Settings(
        home=tmp_path, online=True, keys={"STABILITY_API_KEY": "sk-a"}, environ={"STABILITY_API_KEY": "sk-b"}
    )
    assert "sk-" not in repr(settings)
