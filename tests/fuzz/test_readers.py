# SPDX-License-Identifier: GPL-3.0-or-later
"""Each reader on the same odd files every time, and on all that were ever found; `build.py fuzz --target` goes on."""

import sys

import pytest
from hypothesis import HealthCheck, given, settings

from .readers import READERS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no alarm")

if sys.platform != "win32":
    from .trying import CASES, cases, tried

EXAMPLES = 120


@pytest.mark.parametrize("name", READERS)
def test_odd_files_are_read_or_refused_in_words(name):
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(READERS[name].files)
    def reads(data):
        tried(name, data)

    reads()


@pytest.mark.parametrize("path", sorted(CASES.iterdir()), ids=lambda path: path.name)
def test_what_was_once_found_stays_mended(path):
    name = path.name.partition("-")[0]
    assert path in cases(name)
    assert path.stat().st_size < 20_000
    tried(name, path.read_bytes())
