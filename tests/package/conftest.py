# SPDX-License-Identifier: GPL-3.0-or-later
"""The zips as `build.py package` has made them, in clean profiles of this environment's Blender."""

import pytest

from .profiles import Profile, archives, older


@pytest.fixture
def profile(tmp_path):
    """Return a Blender that nobody has used yet."""
    (tmp_path / "home").mkdir()
    return Profile(tmp_path)


@pytest.fixture(scope="session")
def archive():
    """Return the zip for this machine."""
    from tools.package import this_platform

    return archives()[this_platform()]


@pytest.fixture(scope="session")
def old_archive(archive, tmp_path_factory):
    """Return the zip of an earlier version for this machine."""
    return older(archive, tmp_path_factory.mktemp("older"))
