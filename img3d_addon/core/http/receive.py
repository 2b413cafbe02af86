# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the body of an answer: text into memory, anything else into a file. No bpy."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from ..errors import BadResult, OutputError

__all__ = ["MOST_TEXT", "is_text", "peek", "read_text", "write_file"]

MOST_TEXT = 64 << 20  # bytes; base64 of a model may be this long
ENOUGH = 512  # bytes that tell text from a file
MAGIC = (b"glTF", b"PK\x03\x04", b"Kaydara", b"ply\n", b"\x89PNG", b"\xff\xd8\xff")


def is_text(content_type: str, first: bytes) -> bool:
    """Whether an answer is to be read as text: by its bytes where these are plain, else by its type."""
    if first.startswith(MAGIC) or b"\0" in first[:ENOUGH]:
        return False
    if content_type.startswith("text/") or content_type.endswith(("json", "xml")):
        return True
    return first.lstrip()[:1] in (b"{", b"[", b"<") or not first


def peek(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the first bytes, enough to judge by, and all pieces; a server may send its first bytes one by one."""
    first = b""
    for chunk in chunks:
        first += chunk
        if len(first) >= ENOUGH:
            break
    return first, chain((first,), chunks)


def read_text(chunks: Iterable[bytes], *, most: int, cut: bool, headers: Mapping[str, str]) -> str:
    """Return the text; longer than `most` bytes it is cut, or is a `BadResult`."""
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > most:
            if not cut:
                raise BadResult(f"The answer is longer than {most >> 20} MiB of text")
            del data[most:]
            break
    charset = headers.get("content-type", "").lower().partition("charset=")[2].strip(" \"';") or "utf-8"
    with contextlib.suppress(LookupError, ValueError):  # no such charset, or no name of one at all
        return data.decode(charset, errors="replace")
    return data.decode(errors="replace")


def write_file(chunks: Iterable[bytes], path: Path, *, most: int) -> Iterator[int]:
    """Write `path` by way of `path.part`, yielding the bytes so far; nothing stays behind when it fails."""
    part = path.with_name(f"{path.name}.part")
    done = 0
    try:
        with part.open("wb") as stream:
            for chunk in chunks:
                done += len(chunk)
                if done > most:
                    raise BadResult(f"The file is larger than {most / (1 << 20):.0f} MiB")
                stream.write(chunk)
                stream.flush()  # what is left to write when the reader breaks off would fail where nobody catches it
                yield done
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror or error})") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
