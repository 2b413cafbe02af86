# SPDX-License-Identifier: GPL-3.0-or-later
"""Request bodies that are streamed from disk in pieces: multipart forms, files, JSON with base64 inside. No bpy.

`requests` reads a whole file for a multipart form, and `json.dumps` of a base64 text holds the interpreter for as
long as that takes: both would freeze Blender's window although they run in a thread.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import OutputError
from .pause import let_others_run

__all__ = ["Base64File", "Body", "FilePart", "of_file", "of_form", "of_json"]

PIECE = 192 * 1024  # bytes; a multiple of 3, so that pieces of base64 join without padding


@dataclass(frozen=True, kw_only=True)
class FilePart:
    """A file in a multipart form."""

    path: Path
    filename: str
    mime: str


@dataclass(frozen=True)
class Base64File:
    """A text value in a JSON body: `prefix` and the file in base64, as in `data:image/png;base64,...`."""

    path: Path
    prefix: str = ""


class Body:
    """A body of known length; it can be sent once more by iterating again."""

    def __init__(self, parts: Sequence[bytes | Path | Base64File], *, mime: str) -> None:
        self.parts = tuple(parts)
        self.mime = mime
        self.length = sum(_length(part) for part in self.parts)

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            yield from _pieces(part)


def of_json(value: Any) -> Body:
    """Return a JSON body; `Base64File` values are read while it is sent."""
    found: list[Base64File] = []
    mark = secrets.token_hex(16)

    def place(item: Any) -> str:
        if not isinstance(item, Base64File):
            raise TypeError(f"{type(item).__name__} is no JSON value")
        found.append(item)
        return f"{mark}{len(found) - 1}."

    parts: list[bytes | Path | Base64File] = []
    text = json.dumps(value, default=place, ensure_ascii=True, allow_nan=False)
    for number, item in enumerate(found):
        before, _, text = text.partition(f"{mark}{number}.")
        parts += [before.encode(), item]
    return Body([*parts, text.encode()], mime="application/json")


def of_form(form: Mapping[str, str], files: Mapping[str, FilePart]) -> Body:
    """Return a `multipart/form-data` body: the fields, then the files."""
    boundary = secrets.token_hex(16)
    parts: list[bytes | Path | Base64File] = []
    for name, value in form.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n'
        parts.append(f"{head}{value}\r\n".encode())
    for name, part in files.items():
        head = (
            f"--{boundary}\r\nContent-Disposition: form-data; "
            f'name="{_quoted(name)}"; filename="{_quoted(part.filename)}"\r\nContent-Type: {part.mime}\r\n\r\n'
        )
        parts += [head.encode(), part.path, b"\r\n"]
    return Body([*parts, f"--{boundary}--\r\n".encode()], mime=f"multipart/form-data; boundary={boundary}")


def of_file(source: Path | bytes) -> Body:
    """Return a body of raw bytes."""
    return Body([source], mime="application/octet-stream")


def _quoted(text: str) -> str:
    # the escapes that browsers use in a form
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _length(part: bytes | Path | Base64File) -> int:
    if isinstance(part, bytes):
        return len(part)
    path = part.path if isinstance(part, Base64File) else part
    try:
        size = path.stat().st_size
    except OSError as error:
        raise OutputError(f"{path} cannot be read ({error.strerror})") from error
    return len(part.prefix.encode()) + (size + 2) // 3 * 4 if isinstance(part, Base64File) else size


def _pieces(part: bytes | Path | Base64File) -> Iterator[bytes]:
    if isinstance(part, bytes):
        yield part
        return
    path = part.path if isinstance(part, Base64File) else part
    if isinstance(part, Base64File):
        yield part.prefix.encode()
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            if isinstance(part, Base64File):
                yield base64.b64encode(piece)
                let_others_run()
            else:
                yield piece
