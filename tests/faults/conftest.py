# SPDX-License-Identifier: GPL-3.0-or-later
"""Worlds with a fault: a folder that every user may enter, a small disk, a user who is not root."""

import ctypes
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from .disks import small_disk
from .world import ALL, World

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2  # linux/prctl.h, linux/capability.h


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
def common():
    """Return a function that lets permissions apply to the programs of a world, also where root runs the tests."""

    def become(world):
        world.home.mkdir(parents=True)
        world.out.parent.mkdir()
        if os.geteuid() == 0:
            world.options = {"preexec_fn": _obey}

    return become


def _obey():
    """Give up root's right to pass over permissions, for the program that this process becomes."""
    libc = ctypes.CDLL(None, use_errno=True)
    for right in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        if libc.prctl(PR_CAPBSET_DROP, right, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "root cannot give up its rights here")


def pytest_collection_modifyitems(config, items):
    """Leave out what only the long run takes, which `build.py faults` asks for."""
    if not ALL:
        left_out = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
