# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that came as text inside an answer: base64 and `data:` addresses. No bpy."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

from ..errors import BadResult
from . import receive

__all__ = ["decode"]

PIECE = 256 * 1024  # characters at a time; a multiple of 4


def decode(text: str, path: Path, *, most_bytes: int = 1 << 30) -> Path:
    """Write base64, or a `data:` address, to `path`; `BadResult` when it is neither."""
    head, comma, data = text.partition(",") if text[:5].lower() == "data:" else ("base64", ",", text)
    if not comma or not data:
        raise BadResult("The data in the answer are empty")
    plain = not head.lower().endswith("base64")
    pieces = iter((unquote_to_bytes(data),)) if plain else _decoded("".join(data.split()))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for _done in receive.write_file(pieces, path, most=most_bytes):
            pass
    except binascii.Error:
        raise BadResult("The data in the answer are not base64") from None
    return path


def _decoded(data: str) -> Iterator[bytes]:
    for start in range(0, len(data), PIECE):
        piece = data[start : start + PIECE]
        yield base64.b64decode(piece + "=" * (-len(piece) % 4), validate=True)
