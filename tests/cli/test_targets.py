# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pictures go in and which files come out, told before anything is paid."""

import pytest

from img3d_addon.blender.cli.targets import pictures, plan
from img3d_addon.core.errors import BadInput

LONG = "x" * 300


def test_a_name_that_the_system_refuses_is_bad_input(tmp_path):
    with pytest.raises(BadInput, match="cannot be used .*Check the path"):
        pictures([tmp_path / f"{LONG}.png"])
    for out in (tmp_path / f"{LONG}.glb", tmp_path / LONG / "a.glb"):
        with pytest.raises(BadInput, match="cannot be used"):
            plan([tmp_path / "a.png"], out=out, kind=None, single=True)


def test_a_file_below_a_file_is_bad_input(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="is a file, not a folder"):
        plan([tmp_path / "a.png"], out=tmp_path / "file" / "a.glb", kind=None, single=True)


def test_a_file_that_is_not_there_yet_is_planned(tmp_path):
    target = tmp_path / "new" / "a.glb"
    assert plan([tmp_path / "a.png"], out=target, kind=None, single=True) == [target]
    assert list(tmp_path.iterdir()) == []


def test_one_picture_goes_to_a_folder_that_is_not_there_yet_when_the_kind_is_named(tmp_path):
    folder = tmp_path / "models"
    assert plan([tmp_path / "a.png"], out=folder, kind="glb", single=True) == [folder / "a.glb"]
    with pytest.raises(BadInput, match="no ending"):
        plan([tmp_path / "a.png"], out=folder, kind=None, single=True)
    with pytest.raises(BadInput, match="do not fit together"):
        plan([tmp_path / "a.png"], out=tmp_path / "a.obj", kind="glb", single=True)
