# SPDX-License-Identifier: GPL-3.0-or-later
"""The lease of an owner: it lives as long as its process, and what a dead one left is swept."""

import subprocess
import sys

import pytest

from img3d_addon.core.errors import OutputError
from img3d_addon.core.jobs import lease

HOLD = """
import sys
from pathlib import Path
from img3d_addon.core.jobs.lease import Owner
owner = Owner(Path(sys.argv[1]))
print(owner.id, flush=True)
sys.stdin.read()
"""


def holder(folder):
    """Start a process that owns; return it and its owner id."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    return process, process.stdout.readline().strip()


def test_an_owner_lives_from_its_making_to_its_close(tmp_path):
    owner = lease.Owner(tmp_path)
    assert lease.alive(tmp_path, owner.id)
    owner.close()
    owner.close()
    assert not lease.alive(tmp_path, owner.id)
    assert list(tmp_path.iterdir()) == []


def test_nobody_is_not_alive(tmp_path):
    assert not lease.alive(tmp_path, "0" * 16)


@pytest.mark.kill
def test_a_killed_owner_is_dead_at_once_and_is_swept_by_the_next(tmp_path):
    process, name = holder(tmp_path)
    assert lease.alive(tmp_path, name)
    process.kill()
    process.communicate()
    assert not lease.alive(tmp_path, name)
    assert (tmp_path / f"{name}.lock").exists()
    owner = lease.Owner(tmp_path)
    assert [path.stem for path in tmp_path.iterdir()] == [owner.id]
    owner.close()


@pytest.mark.kill
def test_sweeping_leaves_the_living_alone(tmp_path):
    process, name = holder(tmp_path)
    lease.sweep(tmp_path)
    assert lease.alive(tmp_path, name)
    process.communicate("")
    assert not lease.alive(tmp_path, name)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        lease.Owner(tmp_path / "file" / "owners")
