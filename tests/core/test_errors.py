# SPDX-License-Identifier: GPL-3.0-or-later
"""The error tree: every kind has its word, its exit status and a next step."""

import pytest

from img3d_addon.core import errors

CLASSES = [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_the_text_is_one_line_that_ends_with_the_advice(error):
    text = str(error("The picture is upside down"))
    assert text.startswith("The picture is upside down.")
    assert text.endswith(error.advice)
    assert "\n" not in text


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_the_docstring_draws_the_whole_tree(error):
    assert error.__name__ in errors.__doc__


def test_every_kind_is_a_word_of_its_own():
    kinds = [error.kind for error in CLASSES if error is not errors.TaskFailed]  # a server's, for scripts
    assert len(kinds) == len(set(kinds))


def test_exit_statuses_are_those_of_the_command_line():
    statuses = {error.__name__: error.exit_status for error in CLASSES if error.exit_status != 1}
    assert statuses == {"BadInput": 2, "Busy": 2, "KeyMissing": 3, "Offline": 4, "OverBudget": 5, "Stopped": 130}


def test_given_advice_replaces_the_usual_one():
    assert str(errors.BadInput("No picture", advice="Choose one.")) == "No picture. Choose one."
