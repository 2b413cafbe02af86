# SPDX-License-Identifier: GPL-3.0-or-later
"""Look into an STL or PLY before Blender's importer does: it takes a part of one for the whole, without a word.

Before 5.0 it even ends Blender when a face of a PLY with texture coordinates names a corner that is not there. No bpy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...core.errors import BadResult

__all__ = ["check_whole"]

MOST_HEADER = 64 * 1024  # bytes
_TYPES = {
    **{"char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2"},
    **{"int": "i4", "uint": "u4", "float": "f4", "double": "f8"},
    **{"int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2"},
    **{"int32": "i4", "uint32": "u4", "float32": "f4", "float64": "f8"},
}
_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}


@dataclass(frozen=True)
class _Table:
    """A part of a PLY; `columns` are numpy types, a list being two of them: of its length and of its items."""

    name: str
    rows: int
    columns: tuple[tuple[str, ...], ...] = ()

    def row(self, length: int) -> np.dtype:
        """Return the layout of a row whose lists all have `length` items."""
        fields: list[tuple[str, str] | tuple[str, str, tuple[int]]] = []
        for number, (first, *item) in enumerate(self.columns):
            fields.append((f"length{number}" if item else f"value{number}", first))
            if item:
                fields.append((f"list{number}", item[0], (length,)))
        return np.dtype(fields)


def check_whole(path: Path, kind: str) -> None:
    """Raise `BadResult` when an STL or PLY is cut short or, as far as is seen, has a face without its corners."""
    if kind == "stl":
        _check_stl(path)
    elif kind == "ply":
        _check_ply(path)


def _check_stl(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(84)
        size = stream.seek(0, 2)
        stream.seek(max(0, size - 1024))
        tail = stream.read()
    is_binary = size == 84 + 50 * int.from_bytes(head[80:84], "little")
    if not is_binary and b"endsolid" not in tail.lower():
        raise BadResult(f"{path.name} arrived cut short: it has no end")


def _check_ply(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(MOST_HEADER)
    end = re.search(rb"^end_header[ \t]*\r?\n", head, re.MULTILINE)
    try:
        order, tables = _header(head[: end.start()].decode("latin-1")) if end else ("", [])
    except (ValueError, LookupError):
        end = None
    if end is None:
        raise BadResult(f"{path.name} is damaged: the head of the PLY cannot be read")
    if not order:  # the importer itself tells when a line is missing in a text
        return
    at, size = end.end(), path.stat().st_size
    least = at + sum(table.rows * table.row(3 if table.name == "face" else 0).itemsize for table in tables)
    if size < least:
        raise BadResult(f"{path.name} arrived cut short: {size} of at least {least} bytes")
    _check_faces(path, tables, at=at)


def _header(text: str) -> tuple[str, list[_Table]]:
    """Return the byte order, "" for a text, and the tables; `ValueError` or `LookupError` when it is no PLY."""
    order, tables = "", list[_Table]()
    for words in filter(None, (line.split() for line in text.splitlines())):
        if words[0] == "format":
            order = _ORDERS[words[1]]
        elif words[0] == "element":
            tables.append(_Table(words[1], int(words[2])))
        elif words[0] == "property":
            types = words[2:4] if words[1] == "list" else words[1:2]
            last = tables[-1]
            column = tuple(order + _TYPES[word] for word in types)
            tables[-1] = _Table(last.name, last.rows, (*last.columns, column))
    return order, tables


def _check_faces(path: Path, tables: list[_Table], *, at: int) -> None:
    """Compare the corners of the faces with the number of vertices where all faces have equally many."""
    vertices = next((table.rows for table in tables if table.name == "vertex"), 0)
    for table in tables:
        lists = [number for number, column in enumerate(table.columns) if len(column) > 1]
        if table.name != "face" and not lists:
            at += table.rows * table.row(0).itemsize
            continue
        if table.name != "face" or len(lists) != 1 or not table.rows:
            return
        name = f"length{lists[0]}"
        length = int(np.memmap(path, table.row(0), "r", offset=at, shape=(1,))[name][0])
        layout = table.row(length)
        if at + table.rows * layout.itemsize > path.stat().st_size:
            return
        rows = np.memmap(path, layout, "r", offset=at, shape=(table.rows,))
        corners = rows[f"list{lists[0]}"]
        if (rows[name] == length).all() and not ((corners >= 0) & (corners < vertices)).all():
            raise BadResult(f"{path.name} is damaged: a face has a corner that is not there")
        return
