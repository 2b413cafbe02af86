# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of a batch as they were given: a picture with settings of its own, or why there is none. No bpy."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from ..errors import BadInput

__all__ = ["PREFIXES", "WORDS", "Entry", "broken", "column", "entry_of", "is_plain"]

WORDS = ("picture", "provider", "name", "format")
PREFIXES = ("params", "after")
_ADVICE = (
    "There are: picture, provider, name, format, params.NAME for a parameter of the service, "
    "and after.NAME for post-processing."
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row as it was given. `where` says which, such as "rows.csv, line 7"; `error` why it cannot be used.

    `folder` is where its file belongs below the output folder, `base` what paths among its values are relative to;
    the values are as they were written, mostly texts.
    """

    where: str
    picture: Path = Path()
    provider: str = ""
    name: str = ""
    format: str = ""
    folder: Path = Path()
    base: Path = Path()
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    after: Mapping[str, Any] = field(default_factory=dict[str, Any])
    error: str = ""


def column(text: str, *, where: str) -> str:
    """Return a column's name as `entry_of` knows it; `BadInput` names the nearest one for another."""
    prefix, dot, rest = text.strip().partition(".")
    if dot and rest.strip() and prefix.casefold() in PREFIXES:
        return f"{prefix.casefold()}.{rest.strip()}"
    name = text.strip().casefold()
    if name in WORDS:
        return name
    near = difflib.get_close_matches(name, WORDS, n=1)
    advice = f"Did you mean {near[0]!r}?" if near else _ADVICE
    raise BadInput(f"{where} has {text.strip()!r}, which means nothing here", advice=advice)


def entry_of(values: Mapping[str, Any], *, where: str, base: Path) -> Entry:
    """Return the entry of a row with known columns; an empty value is none. Paths are relative to `base`."""
    words = {name: str(values[name]).strip() for name in WORDS if values.get(name) not in (None, "")}
    if not words.get("picture"):
        return broken(where, "no picture is named in it")
    groups: dict[str, dict[str, Any]] = {prefix: {} for prefix in PREFIXES}
    for name, value in values.items():
        prefix, dot, rest = name.partition(".")
        if dot and value not in (None, ""):
            groups[prefix][rest] = value
    if words.get("name") and not is_plain(Path(words["name"])):
        return broken(where, f"the name {words['name']!r} is no name of a file below the output folder")
    try:
        picture = base / Path(words.pop("picture")).expanduser()
    except (RuntimeError, ValueError) as error:
        return broken(where, f"the path of its picture cannot be used ({error})")
    return Entry(
        where=where,
        picture=picture,
        base=base,
        provider=words.get("provider", ""),
        name=words.get("name", ""),
        format=words.get("format", ""),
        params=groups["params"],
        after=groups["after"],
    )


def broken(where: str, why: str) -> Entry:
    """Return an entry that fails with a sentence."""
    return Entry(where=where, error=f"{where} cannot be used: {why}")


def is_plain(path: PurePath) -> bool:
    r"""Tell whether a path stays below the folder that it is joined to; on Windows C:a and \a do not."""
    return not path.anchor and ".." not in path.parts and path.name not in ("", ".") and "\0" not in str(path)
