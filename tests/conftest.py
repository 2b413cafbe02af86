# SPDX-License-Identifier: GPL-3.0-or-later
"""Every test runs in a folder of its own, without keys, and without a way out of this machine."""

import os
import shutil
import signal
import tempfile

import pytest

from .guard import forbid_network

KEY_ENDINGS = ("_API_KEY", "_API_SECRET", "_API_TOKEN")


def pytest_configure(config):
    """Set the surroundings before a module of ours, or Blender's, is imported."""
    scratch = tempfile.mkdtemp(prefix="img3d-tests-")
    config.add_cleanup(lambda: shutil.rmtree(scratch, ignore_errors=True))
    os.environ["BLENDER_USER_RESOURCES"] = os.path.join(scratch, "blender")  # noqa: PTH118
    os.environ["IMG3D_HOME"] = os.path.join(scratch, "home")  # noqa: PTH118
    for name in list(os.environ):
        is_url = name.startswith("IMG3D_") and name.endswith("_URL")
        if is_url or name.endswith(KEY_ENDINGS) or name.lower().endswith("_proxy"):
            del os.environ[name]
    forbid_network()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # of a shell's background; programs would inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Return this test's own `IMG3D_HOME`, not yet made."""
    folder = tmp_path / "home"
    monkeypatch.setenv("IMG3D_HOME", str(folder))
    return folder
