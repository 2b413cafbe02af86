# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the standard output for our own lines: Blender's importers and exporters print there too."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TextIO

__all__ = ["own_output"]


@contextlib.contextmanager
def own_output(*, chatter: bool) -> Iterator[TextIO]:
    """Give a text stream to the real standard output; what others print goes to stderr (`chatter`) or nowhere."""
    sys.stdout.flush()
    real = os.dup(1)
    aside = os.dup(2) if chatter else os.open(os.devnull, os.O_WRONLY)
    os.dup2(aside, 1)
    os.close(aside)
    stream = os.fdopen(os.dup(real), "w", encoding="utf-8", errors="backslashreplace")
    try:
        yield stream
    finally:
        sys.stdout.flush()
        with contextlib.suppress(BrokenPipeError):  # the reader has gone: `jobs | head`
            stream.close()
        os.dup2(real, 1)
        os.close(real)
