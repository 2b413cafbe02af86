# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that came as text inside an answer: base64 and `data:` addresses. No bpy."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

from ..errors import BadResult
from . import receive
from .pause import let_others_run

__all__ = ["decode"]

PIECE = 256 * 1024  # characters at a time


def decode(text: str, path: Path, *, most_bytes: int = 1 << 30) -> Path:
    """Write base64, or a `data:` address, to `path`; `BadResult` when it is neither."""
    head, comma, data = text.partition(",") if text[:5].lower() == "data:" else ("base64", ",", text)
    if not comma or not data:
        raise BadResult("The data in the answer are empty")
    plain = not head.lower().endswith("base64")
    try:
        pieces = iter((unquote_to_bytes(data),)) if plain else _decoded(data)
        path.parent.mkdir(parents=True, exist_ok=True)
        for _done in receive.write_file(pieces, path, most=most_bytes):
            pass
    except ValueError:  # with binascii.Error, and letters that are no ASCII
        raise BadResult("The data in the answer are not base64") from None
    return path


def _decoded(data: str) -> Iterator[bytes]:
    left = ""
    for start in range(0, len(data), PIECE):
        text = left + "".join(data[start : start + PIECE].split())
        whole = len(text) - len(text) % 4
        left = text[whole:]
        yield base64.b64decode(text[:whole], validate=True)
        let_others_run()
    if left:
        yield base64.b64decode(left + "=" * (-len(left) % 4), validate=True)
