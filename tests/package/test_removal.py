# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left of the add-on when it was removed: the user's own jobs and results, and nothing else."""

DUCK = "examples/duck.png"
# Blender's own notes about repositories, which it keeps whatever was installed
BLENDERS = ("extensions/.cache/", "extensions/user_default/.blender_ext/", "config/", "cache/")


def test_nothing_is_left_but_what_the_user_made(profile, archive, pytestconfig):
    duck = str(pytestconfig.rootpath / DUCK)
    empty, _installed, _objects, noted, full, removed, left = profile.run(
        ["traces"],
        ["install", str(archive)],
        ["generate", duck],
        ["note_functions"],
        ["traces"],
        ["uninstall"],
        ["traces"],
    )
    assert removed == [False, False]
    assert noted > 100
    assert full["classes"]
    assert left == empty
    assert [path for path in profile.files() if not path.startswith(BLENDERS)] == []
    kept = {path.name for path in (profile.data / "img3d").rglob("*") if path.is_file()}
    assert {"journal.sqlite3", "offline.glb"} <= kept
    assert "Traceback" not in profile.log, profile.log
    # and whoever installs it again finds them
    _installed, jobs = profile.run(["install", str(archive)], ["jobs"])
    assert jobs == [["offline", "imported"]]
