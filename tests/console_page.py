# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of docs/console.md, for the tests that run them and the test that checks their types."""

import re
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "console.md"


def examples():
    """Return (line, code) of every example, in order."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(text.count("\n", 0, one.start(1)) + 1, one[1]) for one in found]
