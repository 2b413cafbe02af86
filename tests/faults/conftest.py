# SPDX-License-Identifier: GPL-3.0-or-later
"""Worlds with a fault: a folder that every user may enter, a small disk, a user who is not root."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from .disks import small_disk
from .world import NOBODY, World


@pytest.fixture
def ground():
    """Return a new folder that any user may enter; pytest's own is shut to others than root."""
    folder = Path(tempfile.mkdtemp(prefix="img3d-faults-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def world(ground):
    """Return a function that makes the world of this test."""
    made = []

    def make(provider, **places):
        made.append(World(provider, ground, **places))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def disk(ground):
    """Return a disk of its own that can be filled, at `disk.path`."""
    with small_disk(ground / "disk") as found:
        yield found


@pytest.fixture
def common(ground):
    """Return a function that lets a world's programs run as a user to whom permissions apply."""

    def become(world):
        if os.geteuid():
            return
        world.options = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        for folder in (world.home, world.out.parent):
            folder.mkdir(parents=True, exist_ok=True)
            os.chown(folder, NOBODY, NOBODY)

    return become


def pytest_collection_modifyitems(config, items):
    """Leave out what only the long run takes, which `build.py faults` asks for."""
    if os.environ.get("IMG3D_FAULTS") != "all":
        left_out = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
