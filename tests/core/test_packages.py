# SPDX-License-Identifier: GPL-3.0-or-later
"""A package that is not there is named, with the Python and the system, and with what helps."""

import importlib.util
import sys

import pytest

from img3d_addon.core import packages
from img3d_addon.core.errors import PackageMissing
from img3d_addon.core.files.images import inspect


@pytest.fixture
def no_pillow(monkeypatch):
    """Hide Pillow from this process."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "PIL"]:
        monkeypatch.delitem(sys.modules, name)

    class Hide:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name.partition(".")[0] == "PIL":
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "PIL" else found(name))
    monkeypatch.setattr(sys, "meta_path", [Hide, *sys.meta_path])
    packages.lacking.cache_clear()
    yield
    packages.lacking.cache_clear()


@pytest.mark.usefixtures("no_pillow")
def test_a_picture_without_pillow_ends_in_one_sentence(tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    with pytest.raises(PackageMissing) as caught:
        inspect(tmp_path / "a.png")
    said = str(caught.value)
    assert said.startswith("The Python package Pillow, needed to open pictures, is missing for Python 3.")
    assert "zip of the add-on that is made for this system" in said
    assert packages.lacking() == said


def test_nothing_is_said_of_a_package_that_is_there():
    packages.lacking.cache_clear()
    assert packages.lacking() == ""
    packages.need("PIL")
    packages.need("requests")


def test_a_package_that_cannot_be_loaded_is_told_with_the_reason(monkeypatch):
    class Broken:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name == "requests":
                raise ImportError("DLL load failed")

    monkeypatch.delitem(sys.modules, "requests", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken, *sys.meta_path])
    with pytest.raises(PackageMissing, match="Requests, needed to reach a service.*DLL load failed"):
        packages.need("requests")
