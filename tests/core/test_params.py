# SPDX-License-Identifier: GPL-3.0-or-later
"""Declared parameters: what they take, what they refuse, and how they say it."""

import pytest

from img3d_addon.core.errors import BadInput
from img3d_addon.core.params import Bool, Choice, File, Float, Int, Secret, Text, check_all, parse_all

PARAMS = (
    Int("seed", 0, min=0, max=4294967294),
    Float("ratio", 1.3, min=1, max=2),
    Bool("texture", True),
    Choice("size", "1024", choices=("512", "1024")),
    Choice("steps", 2, choices=(1, 2, 4)),
    Text("note", "", max_length=8),
)


def test_defaults_fill_what_is_not_given():
    values = check_all(PARAMS, {"seed": 7})
    assert values == {"seed": 7, "ratio": 1.3, "texture": True, "size": "1024", "steps": 2, "note": ""}


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("seed", "4294967294", 4294967294),
        ("seed", 3.0, 3),
        ("ratio", "1.5", 1.5),
        ("texture", "off", False),
        ("texture", "YES", True),
        ("size", 512, "512"),
        ("steps", "4", 4),
    ],
)
def test_a_value_comes_back_in_the_type_of_its_parameter(name, given, kept):
    value = check_all(PARAMS, {name: given})[name]
    assert value == kept
    assert type(value) is type(kept)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("seed", -1),
        ("seed", 3.5),
        ("seed", 4294967295),
        ("seed", True),
        ("seed", "many"),
        ("seed", None),
        ("ratio", 2.01),
        ("ratio", float("nan")),
        ("ratio", float("inf")),
        ("texture", "maybe"),
        ("size", "256"),
        ("steps", True),
        ("note", "too long a note"),
        ("note", "a\nb"),
    ],
)
def test_a_refusal_names_the_parameter_and_what_it_takes(name, given):
    with pytest.raises(BadInput) as caught:
        check_all(PARAMS, {name: given})
    assert name in str(caught.value)
    assert next(param for param in PARAMS if param.name == name).range_text() in str(caught.value)


def test_an_unknown_name_is_refused_with_the_nearest_one():
    with pytest.raises(BadInput, match="no parameter 'sead'.*Did you mean 'seed'"):
        check_all(PARAMS, {"sead": 1}, owner="Offline")


def test_pairs_are_read_and_only_named_ones_returned():
    assert parse_all(PARAMS, ["seed=7", "texture=no", "note=a=b"]) == {"seed": 7, "texture": False, "note": "a=b"}


@pytest.mark.parametrize("pair", ["seed", "=7", "nope=1"])
def test_a_pair_that_is_none_is_refused(pair):
    with pytest.raises(BadInput):
        parse_all(PARAMS, [pair])


def test_a_secret_is_not_shown_when_refused():
    secret = Secret("key", env="SOME_KEY")
    with pytest.raises(BadInput) as caught:
        secret.check("sk-very\nsecret")
    assert "sk-very" not in str(caught.value)
    assert "SOME_KEY" in str(caught.value)


HIGH = (
    Choice("model", "plain", choices=("plain", "fine"), help="Model"),
    Int("steps", 12, min=1, max=50, when={"model": ("fine",)}, help="Steps"),
)


def test_a_parameter_that_does_not_exist_beside_the_others_is_left_out():
    assert check_all(HIGH, {}) == {"model": "plain"}
    assert check_all(HIGH, {"model": "fine"}) == {"model": "fine", "steps": 12}
    assert check_all(HIGH, {"steps": 3, "model": "fine"}) == {"model": "fine", "steps": 3}
    with pytest.raises(BadInput, match="steps can be given only with model = fine"):
        check_all(HIGH, {"steps": 3})


def test_a_file_becomes_an_absolute_path_and_must_be_there(tmp_path, monkeypatch):
    mask = File("mask", "")
    (tmp_path / "mask.png").write_bytes(b"something")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for text in ("mask.png", "~/mask.png", str(tmp_path / "mask.png")):
        assert mask.check(text) == str(tmp_path / "mask.png")
    assert mask.check("") == mask.check(" ") == ""
    with pytest.raises(BadInput, match="mask: There is no picture .*other.png"):
        mask.check("other.png")
    with pytest.raises(BadInput, match="mask: .* is a folder"):
        mask.check(tmp_path)
    with pytest.raises(BadInput, match="takes the path of a picture file"):
        mask.check("a\nb")
