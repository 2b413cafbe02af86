# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk is full at each step of a job; once there is room again, `resume` ends in the file, paid once."""

import json
import os
import signal
import sys

import pytest

from ..cli.program import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts a small file system")

LONG = pytest.mark.long
SPAR3D, SCENARIO = "stability_spar3d", "scenario_pixal3d"


@pytest.mark.parametrize("provider", [SPAR3D, *(pytest.param(name, marks=LONG) for name in (SCENARIO, "offline"))])
def test_before_the_first_line_of_the_journal(world, disk, provider):
    one = world(provider, home=disk.path / "home")
    disk.fill()
    done = one.generate()
    assert done.status == 1, done
    assert "full" in done.sentence or "No space left" in done.sentence or "cannot be" in done.sentence
    disk.free()
    one.starts_anew()


@pytest.mark.parametrize(
    ("provider", "step"),
    [
        *((SPAR3D, "submit"), (SCENARIO, "submit"), (SCENARIO, "result")),
        *(pytest.param(SCENARIO, step, marks=pytest.mark.long) for step in ("upload", "poll", "files")),
    ],
)
def test_at_each_step_of_a_service(world, disk, provider, step):
    one = world(provider, home=disk.path / "home")
    one.at(step, disk.fill)
    done = one.generate()
    assert one.submits == (0 if step == "upload" and done.status else 1)
    if done.status:
        assert any(word in done.sentence for word in ("full", "No space left", "cannot be")), done
    disk.free()
    if done.status:
        one.ends_in_the_result()
    else:
        assert one.is_written()


def test_too_little_room_for_the_answer_is_told_before_it_is_paid(world, disk):
    one = world(SPAR3D, home=disk.path / "home")
    disk.fill()
    with disk.filler.open("r+b") as file:
        file.truncate(disk.filler.stat().st_size - (32 << 20))
    done = one.generate()
    assert done.status == 1, done
    assert "64 MiB must be free for the answer" in done.sentence
    assert one.submits == 0
    disk.free()
    one.ends_in_the_result()


@pytest.mark.parametrize("provider", [SPAR3D, pytest.param("offline", marks=pytest.mark.long)])
def test_where_the_file_is_to_be_written(world, disk, provider):
    one = world(provider, out=disk.path)
    if provider == SPAR3D:
        one.at("submit", disk.fill)
    else:
        disk.fill()
    done = one.generate()
    assert done.status == 1, done
    assert str(one.out) in done.sentence
    assert not one.out.exists()
    disk.free()
    one.ends_in_the_result()


def test_the_room_that_was_held_is_given_back(world):
    one = world(SPAR3D)
    assert one.generate().status == 0
    assert [path for path in one.home.rglob("room*")] == []


@pytest.mark.bpy
def test_where_blender_writes_a_changed_model(world, disk):
    """The import runs in a program of its own, which finds no room for the file."""
    one = world(SPAR3D, out=disk.path)
    one.at("submit", disk.fill)
    child = one.start(*one.generate_words("--size", "2", "--json"))
    out, _err = child.communicate(timeout=60)  # where Blender's exporter prints its own trace
    assert child.returncode == 1
    (failed,) = [event for event in map(json.loads, out.splitlines()) if event["event"] == "failed"]
    assert "No space left on device" in failed["message"]
    assert "Traceback" not in failed["message"]
    assert not one.out.exists()
    assert sorted(path.name for path in disk.path.iterdir()) == ["filler"]
    disk.free()
    one.ends_in_the_result()


@pytest.mark.bpy
@pytest.mark.kill
def test_killed_while_blender_writes(world):
    """A kill in the import, whose program dies with it, leaves a job that goes on to the file without a new order."""
    one = world(SPAR3D)
    child = one.start(*one.generate_words("--size", "2"))
    wait_for(lambda: list(one.home.rglob("provenance.json")) or child.poll() is not None)
    os.killpg(child.pid, signal.SIGKILL)
    child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL
    one.ends_in_the_result()
