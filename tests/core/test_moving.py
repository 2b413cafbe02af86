# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of an earlier version is taken over as a whole, or left as it is with a sentence."""

from img3d_addon.core.jobs.lease import Owner
from img3d_addon.core.moving import take_over


def filled(folder):
    (folder / "library" / "1").mkdir(parents=True)
    (folder / "library" / "1" / "model.glb").write_bytes(b"paid")
    (folder / "journal.sqlite3").write_bytes(b"rows")
    return folder


def test_all_is_moved_at_once(tmp_path):
    old, new = filled(tmp_path / "old"), tmp_path / "data" / "img3d"
    assert take_over(old, new) == ""
    assert (new / "library" / "1" / "model.glb").read_bytes() == b"paid"
    assert (new / "journal.sqlite3").read_bytes() == b"rows"
    assert not old.exists()
    assert take_over(old, new) == ""  # there is nothing any more


def test_an_empty_folder_is_in_nobodys_way_and_a_full_one_is_not_touched(tmp_path):
    (tmp_path / "empty").mkdir()
    assert take_over(filled(tmp_path / "old"), tmp_path / "empty") == ""
    other = filled(tmp_path / "other")
    (tmp_path / "empty" / "library" / "1" / "model.glb").write_bytes(b"paid later")
    said = take_over(other, tmp_path / "empty")
    assert str(other) in said
    assert "move them by hand" in said
    assert (other / "library" / "1" / "model.glb").read_bytes() == b"paid"
    assert (tmp_path / "empty" / "library" / "1" / "model.glb").read_bytes() == b"paid later"


def test_jobs_that_another_process_works_on_stay_where_they_are(tmp_path):
    old, new = filled(tmp_path / "old"), tmp_path / "new"
    owner = Owner(old / "owners")
    try:
        assert "Another Blender" in take_over(old, new)
        assert (old / "journal.sqlite3").is_file()
    finally:
        owner.close()
    assert take_over(old, new) == ""
    assert (new / "journal.sqlite3").is_file()
