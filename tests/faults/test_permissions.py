# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions are revoked before a job and in its middle; the programs run as a user to whom they apply."""

import shutil
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no modes of files")

SPAR3D, SCENARIO = "stability_spar3d", "scenario_pixal3d"


@pytest.fixture
def held(world, common):
    """Return a function that makes a world of a common user, with its journal already there."""

    def make(provider):
        one = world(provider)
        common(one)
        assert one.run("jobs").status == 0
        return one

    return make


def test_the_journal_is_read_only(held):
    one = held(SPAR3D)
    paths = [one.home, *one.home.glob("journal*")]
    modes = [path.stat().st_mode for path in paths]
    for path in paths:
        path.chmod(0o500 if path.is_dir() else 0o400)
    done = one.generate()
    assert done.status == 1, done
    assert "journal" in done.sentence or "owners" in done.sentence
    for path, mode in zip(paths, modes, strict=True):
        path.chmod(mode)
    one.starts_anew()


@pytest.mark.long
def test_the_home_may_not_be_entered(held):
    one = held("offline")
    one.home.chmod(0o000)
    done = one.generate()
    assert done.status == 1, done
    assert str(one.home) in done.sentence
    one.home.chmod(0o700)
    one.starts_anew()


@pytest.mark.parametrize(
    ("provider", "step"),
    [(SPAR3D, "submit"), (SCENARIO, "result"), pytest.param(SCENARIO, "submit", marks=pytest.mark.long)],
)
def test_the_library_may_not_be_written_any_more(held, provider, step):
    one = held(provider)
    changed = []

    def revoke(_reply):
        changed.extend(path for path in (one.home / "library").rglob("*") if path.is_dir())
        for path in changed:
            path.chmod(0o500)

    one.at(step, revoke)
    done = one.generate()
    assert changed
    for path in changed:
        path.chmod(0o700)
    if done.status:
        assert "ermission denied" in done.sentence
        one.ends_in_the_result()
    else:
        assert one.is_written()
    assert one.submits == 1


@pytest.mark.parametrize(
    ("provider", "step"),
    [
        (SPAR3D, "submit"),
        pytest.param(SCENARIO, "submit", marks=pytest.mark.long),
        pytest.param(SCENARIO, "upload", marks=pytest.mark.long),
        pytest.param(SCENARIO, "poll", marks=pytest.mark.long),
        pytest.param(SCENARIO, "result", marks=pytest.mark.long),
    ],
)
def test_the_home_is_gone(held, provider, step):
    """As when a drive is pulled out; there is nothing left to resume, so what was paid must be written now."""
    one = held(provider)
    one.at(step, lambda _reply: shutil.rmtree(one.home))
    done = one.generate()
    assert one.submits <= 1
    if step == "upload" and done.status:
        assert one.submits == 0
    else:
        assert done.status == 0 or str(one.home) in done.sentence, done
        assert done.status or one.is_written()


@pytest.mark.parametrize("provider", [SPAR3D, pytest.param("offline", marks=pytest.mark.long)])
def test_the_file_may_not_be_written_where_it_is_wanted(held, provider):
    one = held(provider)
    one.out.parent.chmod(0o500)
    done = one.generate()
    one.out.parent.chmod(0o700)
    if done.status == 2:  # seen before anything was sent
        one.starts_anew()
        return
    assert done.status == 1, done
    assert str(one.out) in done.sentence
    one.ends_in_the_result()
