# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of a batch, ready to be made: every setting checked, every file named, before anything is sent. No bpy."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from ..errors import BadInput, Img3dError
from ..jobs.checks import check_params, provider_named
from ..params import File
from ..provider import Provider
from .entries import Entry

__all__ = ["Defaults", "Row", "make_rows"]

_MOST_BYTES = 230
"""Of a name: disks take 255, and names of parts and previews are longer than that of the file."""
_MOST_BYTES_OF_ALL = 2000

Checked: TypeAlias = Mapping[str, Any]
CheckAfter: TypeAlias = Callable[[Mapping[str, Any], Provider, Mapping[str, Any]], Checked]


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What a row gets that says nothing else: from the command line. `kinds` are the files that can be written.

    `check_after(options, provider, params)` returns all options of post-processing or raises `BadInput`.
    """

    provider: str
    params: Mapping[str, Any]
    after: Mapping[str, Any]
    format: str
    kinds: Sequence[str]
    check_after: CheckAfter


@dataclass(frozen=True, kw_only=True)
class Row:
    """One picture to become one file. `number` counts from 0 over the whole batch; `file` is relative to its folder.

    `params` and `after` are complete and checked, unless `error` says why the row cannot be made.
    """

    number: int
    where: str
    picture: Path
    file: Path
    provider: str
    params: Checked = field(default_factory=dict[str, Any])
    after: Checked = field(default_factory=dict[str, Any])
    error: Img3dError | None = None


def make_rows(entries: Iterable[Entry], defaults: Defaults, providers: Mapping[str, Provider]) -> list[Row]:
    """Return a row for each entry; the names of files are the same for any part of the same entries."""
    settings = _Settings(defaults, providers)
    return _with_names([_row(number, entry, defaults, settings) for number, entry in enumerate(entries)])


class _Settings:
    """Checks settings; rows with the same ones share the result: there may be ten thousand."""

    def __init__(self, defaults: Defaults, providers: Mapping[str, Provider]) -> None:
        self._defaults = defaults
        self._providers = providers
        self._known: dict[str, tuple[Checked, Checked]] = {}

    def of(self, entry: Entry, *, kind: str, name: str) -> tuple[Checked, Checked]:
        """Return all parameters and options of a row; `BadInput` for what cannot be."""
        question = repr((name, kind, sorted(entry.params.items()), sorted(entry.after.items()), str(entry.base)))
        if question not in self._known:
            self._known[question] = self._checked(entry, kind=kind, name=name)
        return self._known[question]

    def _checked(self, entry: Entry, *, kind: str, name: str) -> tuple[Checked, Checked]:
        defaults = self._defaults
        if kind not in defaults.kinds:
            advice = f"There are: {', '.join(defaults.kinds)}."
            raise BadInput(f"{kind!r} is no kind of file that can be written", advice=advice)
        provider = provider_named(name, self._providers)
        given = dict(defaults.params) if name == defaults.provider else {}
        params = check_params(given | _with_base(entry, provider), provider)
        return params, defaults.check_after({**defaults.after, **entry.after}, provider, params)


def _row(number: int, entry: Entry, defaults: Defaults, settings: _Settings) -> Row:
    name = entry.provider or defaults.provider
    kind = (entry.format or defaults.format).lower().removeprefix(".")
    stem = entry.name or entry.picture.stem or f"row_{number + 1}"
    row = Row(
        number=number,
        where=entry.where,
        picture=entry.picture.absolute(),
        file=entry.folder / f"{_without_kind(stem, kind)}.{kind}",
        provider=name,
    )
    if entry.error:
        return replace(row, error=BadInput(entry.error))
    if not _can_be_written(row.file):
        text = f"{entry.where}: its file cannot be named {str(row.file)[:60]!r}...: that is too long or no text"
        error = BadInput(text, advice="Name it in a list, by the column 'name'.")
        return replace(row, file=Path(f"row_{number + 1}.{kind}"), error=error)
    try:
        params, after = settings.of(entry, kind=kind, name=name)
    except BadInput as error:
        text = error.message if entry.where in error.message else f"{entry.where}: {error.message}"
        return replace(row, error=BadInput(text, advice=error.advice))
    return replace(row, params=params, after=after)


def _with_base(entry: Entry, provider: Provider) -> dict[str, Any]:
    """Return the parameters of a row with the paths of files as they are meant: beside the manifest."""
    files = {param.name for param in provider.params if isinstance(param, File)}
    return {
        name: str(entry.base / Path(str(value)).expanduser()) if name in files and value else value
        for name, value in entry.params.items()
    }


def _can_be_written(file: Path) -> bool:
    try:
        sizes = [len(os.fsencode(part)) for part in file.parts]
    except UnicodeEncodeError:
        return False
    return max(sizes) <= _MOST_BYTES and sum(sizes) <= _MOST_BYTES_OF_ALL


def _with_names(rows: Sequence[Row]) -> list[Row]:
    """Give each row a file of its own: a.png and a.jpg become a_png.glb and a_jpg.glb, further ones get a number.

    Compared as Windows and macOS do, which take A.glb and a.glb for the same file.
    """
    uses: dict[str, int] = {}
    for row in rows:
        uses[_same(row.file)] = uses.get(_same(row.file), 0) + 1
    taken: set[str] = {name for name, count in uses.items() if count == 1}
    named: list[Row] = []
    for row in rows:
        file = row.file
        if uses[_same(file)] > 1:
            ending = row.picture.suffix.lower().removeprefix(".")
            file = _free(file.with_name(f"{file.stem}_{ending}{file.suffix}") if ending else file, taken)
        named.append(replace(row, file=file))
    return named


def _free(file: Path, taken: set[str]) -> Path:
    number, found = 1, file
    while _same(found) in taken:
        number += 1
        found = file.with_name(f"{file.stem}_{number}{file.suffix}")
    taken.add(_same(found))
    return found


def _same(file: Path) -> str:
    return str(file).casefold()


def _without_kind(stem: str, kind: str) -> str:
    """Return a name without the ending that it gets anyway: somebody may write "chair.glb" as a name."""
    return stem[: -len(kind) - 1] if kind and stem.lower().endswith(f".{kind}") and len(stem) > len(kind) + 1 else stem
