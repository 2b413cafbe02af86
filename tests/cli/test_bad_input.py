# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user can do wrong: one sentence, the right exit status, nothing half-written."""

import pytest

from . import pictures
from .program import DUCK, SMALL, run, tree

BAD = {
    "missing": (lambda path: path, "a.png"),
    "text": (pictures.text_png, "no picture"),
    "one pixel": (pictures.one_pixel, "1 x 1"),
    "bomb": (pictures.bomb, "too many pixels"),
    "transparent": (pictures.transparent, "transparent"),
    "one colour": (pictures.one_coloured, "colour"),
}
GOOD = {
    "animated.gif": pictures.animated_gif,
    "print.jpg": pictures.cmyk_jpeg,
    "deep.png": pictures.sixteen_bit,
    "turned.jpg": pictures.rotated,
}


@pytest.mark.parametrize("name", BAD)
def test_a_picture_that_cannot_be_used(tmp_path, name):
    make, words = BAD[name]
    path = make(tmp_path / "a.png")
    before = tree(tmp_path)
    done = run("generate", path, "--out", tmp_path / "new" / "a.glb")
    assert done.status == 2, done
    assert words in done.sentence
    assert done.out == ""
    assert [name for name in tree(tmp_path) if not name.startswith("home/")] == before
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", GOOD)
def test_an_odd_picture_that_can_be_used(tmp_path, name):
    path = GOOD[name](tmp_path / name)
    done = run("generate", path, *SMALL, "--json")
    assert done.status == 0, done
    assert done.kinds[-2:] == ["written", "summary"]
    assert path.with_suffix(".glb").read_bytes()[:4] == b"glTF"


WRONG = {
    "no command": ((), "no command"),
    "unknown command": (("generat", "a.png"), "'generate'"),
    "no picture": (("generate",), "IMAGE"),
    "empty name": (("generate", ""), "empty"),
    "empty place": (("generate", DUCK, "--out", ""), "empty"),
    "too many quads": (("generate", DUCK, "--quad", "900000"), "100000"),
    "unknown option": (("generate", DUCK, "--outt", "x.glb"), "--outt"),
    "unknown provider": (("generate", DUCK, "--provider", "oflline"), "'offline'"),
    "unknown parameter": (("generate", DUCK, "-o", "detph=1"), "'depth'"),
    "no value": (("generate", DUCK, "-o", "depth"), "NAME=VALUE"),
    "out of range": (("generate", DUCK, "-o", "depth=70"), "0.1 to 2"),
    "no number": (("generate", DUCK, "--quad", "many"), "many"),
    "no faces": (("generate", DUCK, "--quad", "0"), "above 0"),
    "no ratio": (("generate", DUCK, "--decimate", "nan"), "decimate"),
    "negative size": (("generate", DUCK, "--size", "-1"), "above 0"),
    "unknown facing": (("generate", DUCK, "--facing", "north"), "-Y"),
    "quads and modifier": (("generate", DUCK, "--quad", "500", "--decimate", "0.5"), "quad remesh"),
    "unknown ending": (("generate", DUCK, "--out", "a.max"), ".glb"),
    "no ending": (("generate", DUCK, "--out", "a"), "ending"),
    "unknown format": (("generate", DUCK, "--format", "max"), ".glb"),
    "format against ending": (("generate", DUCK, "--out", "a.obj", "--format", "glb"), "--format"),
    "folder without format": (("generate", DUCK, "--out", "."), "--format"),
    "several to a file": (("generate", DUCK, DUCK, "--out", "a.glb"), "--format"),
    "empty folder": (("generate", "."), "no picture"),
    "below a file": (("generate", DUCK, "--out", DUCK / "x" / "a.glb"), "a file, not a folder"),
    "unwritable": (("generate", DUCK, "--out", "/proc/a.glb"), "/proc"),
    "over the picture": (("generate", DUCK, "--out", DUCK), "png"),
    "unknown job": (("resume", "zzzz"), "zzzz"),
    "cancel without a job": (("cancel",), "ID"),
    "cancel an unknown job": (("cancel", "zzzz"), "zzzz"),
    "provider that is none": (("providers", "spar"), "spar"),
    "no balance": (("balance", "offline"), "balance"),
    "all and an id": (("resume", "--all", "zzzz"), "--all"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments(tmp_path, name):
    words, said = WRONG[name]
    done = run(*words, cwd=tmp_path)
    assert done.status == 2, done
    assert said in done.sentence
    assert done.out == ""
    assert not [name for name in tree(tmp_path) if not name.startswith("home/")]


def test_with_json_the_complaint_is_an_event_too(tmp_path):
    done = run("generate", DUCK, "-o", "depth=70", "--json")
    (event,) = done.events
    assert (event["event"], event["kind"]) == ("failed", "bad_input")
    assert event["message"] in done.err


def test_one_bad_picture_does_not_stop_the_others(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    pictures.text_png(folder / "a.png")
    pictures.disc().save(folder / "b.png")
    (folder / "notes.txt").write_text("no picture, and not called one")
    done = run("generate", folder, *SMALL, "--out", tmp_path / "out", "--format", "glb", "--json")
    assert done.status == 1
    assert tree(tmp_path / "out") == ["b.glb"]
    assert [done.events[-1][key] for key in ("event", "written", "failed")] == ["summary", 1, 1]
    (failed,) = [event for event in done.events if event["event"] == "failed"]
    assert failed["name"] == "a.png"
    assert failed["job"]
