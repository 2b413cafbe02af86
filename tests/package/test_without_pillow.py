# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Pillow has no wheel for a Python: the add-on enables, and says in one sentence what is missing."""

from .profiles import archives

DUCK = "examples/duck.png"
SAID = "The Python package Pillow, needed to open pictures, is missing for Python 3."


def test_it_enables_and_says_what_is_missing(profile, pytestconfig):
    duck = str(pytestconfig.rootpath / DUCK)
    enabled, facts, pressed, error, jobs = profile.run(
        ["install", str(archives()["without-pillow"])],
        ["facts"],
        ["press_generate", duck],
        ["generate_error", duck],
        ["jobs"],
    )
    assert enabled == [True, True]
    assert facts["pillow"] is None
    assert facts["lacking"].startswith(SAID)
    assert pressed == {"blocked": ["package", facts["lacking"]], "poll": False}
    assert error == ["PackageMissing", "package", facts["lacking"]]
    assert [state for _provider, state in jobs] == ["failed"]
    assert SAID in profile.log  # the console says it at once, too
    assert "No module named" not in profile.log
    assert "Traceback" not in profile.log, profile.log


def test_the_zip_with_pillow_over_it_mends_it(profile, archive, pytestconfig):
    duck = str(pytestconfig.rootpath / DUCK)
    _enabled, _press, enabled, facts, objects = profile.run(
        ["install", str(archives()["without-pillow"])],
        ["press_generate", duck],
        ["install", str(archive)],
        ["facts"],
        ["generate", duck],
    )
    assert enabled == [True, True]
    assert facts["lacking"] == ""
    assert objects == [["duck", True]]
