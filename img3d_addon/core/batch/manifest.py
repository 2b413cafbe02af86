# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests: CSV and JSON Lines with settings for each picture, read into entries. No bpy.

A file that cannot be read as what it is, or has a column that means nothing, is refused as a whole; a single broken
row is an entry with an error, which names its line.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from ..errors import BadInput
from .entries import PREFIXES, Entry, broken, column, entry_of

__all__ = ["ENDINGS", "read_manifest"]

ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".json")
_MOST_BYTES = 512 << 20


def read_manifest(path: Path) -> list[Entry]:
    """Return the rows of a manifest, chosen by its ending; `BadInput` when it is none."""
    text = _text(path)
    if path.suffix.lower() in (".csv", ".tsv"):
        found = list(_csv(text, path))
        advice = "Write a row for each picture below the first line."
    else:
        found = list(_json(text, path) if path.suffix.lower() == ".json" else _json_lines(text, path))
        advice = "Each line is an object with a picture."
    if not found:
        raise BadInput(f"The manifest {path} is empty", advice=advice)
    return found


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadInput(f"The manifest {path} is larger than {_MOST_BYTES >> 20} MB", advice="Split it.")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"The manifest {path} cannot be read ({error.strerror or error})") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"The manifest {path} is not UTF-8", advice="Save it as UTF-8 text.") from error


def _csv(text: str, path: Path) -> Iterator[Entry]:
    head_line = text.split("\n", 1)[0]
    mark = max((",", ";", "\t"), key=head_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    head: list[str] | None = None
    begun = 1
    try:
        for cells in reader:
            where, begun = f"{path.name}, line {begun}", reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if head is None:
                head = _head(cells, path)
            else:
                yield _row(cells, head, where=where, base=path.parent)
    except csv.Error as error:
        what = "a quote is never closed" if "end of data" in str(error) else str(error)
        raise BadInput(f"The manifest {path} cannot be read from line {begun} on: {what}") from error
    if head is None:
        raise BadInput(f"The manifest {path} is empty", advice="Its first line names the columns, such as picture.")


def _head(cells: list[str], path: Path) -> list[str]:
    head = [column(cell, where=f"The first line of {path}") if cell.strip() else "" for cell in cells]
    if "picture" not in head:
        raise BadInput(f"The first line of {path} names no column 'picture'", advice="It names the columns.")
    twice = next((name for name in head if name and head.count(name) > 1), "")
    if twice:
        raise BadInput(f"The first line of {path} names {twice!r} twice", advice="Leave one of them out.")
    return head


def _row(cells: list[str], head: list[str], *, where: str, base: Path) -> Entry:
    beyond = [*cells[len(head) :], *(cell for cell, name in zip(cells, head, strict=False) if not name)]
    if any(cell.strip() for cell in beyond):
        return broken(where, f"it has more cells than the first line names columns ({len(cells)} and {len(head)})")
    values = {name: cell.strip() for name, cell in zip(head, cells, strict=False) if name}
    return entry_of(values, where=where, base=base)


def _json_lines(text: str, path: Path) -> Iterator[Entry]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            where = f"{path.name}, line {number}"
            try:
                found = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield broken(where, f"it is no JSON ({error})")
            else:
                yield _object(found, where=where, base=path.parent)


def _json(text: str, path: Path) -> Iterator[Entry]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"The manifest {path} is no JSON ({error})") from error
    if not isinstance(found, list):
        raise BadInput(f"The manifest {path} is no list", advice="Write a list of objects, or one object a line.")
    for number, item in enumerate(cast("list[Any]", found), start=1):
        yield _object(item, where=f"{path.name}, item {number}", base=path.parent)


def _object(found: Any, *, where: str, base: Path) -> Entry:
    if not isinstance(found, dict):
        return broken(where, "it is no object in braces")
    values: dict[str, Any] = {}
    for name, value in cast("dict[str, Any]", found).items():
        if name in PREFIXES and isinstance(value, Mapping):
            values |= {f"{name}.{key}": item for key, item in cast("Mapping[str, Any]", value).items()}
        else:
            try:
                values[column(name, where="the object")] = value
            except BadInput as error:
                return broken(where, f"{error.message}. {error.advice}")
    return entry_of(values, where=where, base=base)
