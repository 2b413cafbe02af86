# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as rows of the journal: JSON columns, and paths below the home folder, which may be moved. No bpy."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

from ..errors import OutputError
from ..values import Model, Picture, Price, Task
from .job import STATES, Job

__all__ = ["COLUMNS", "ODD", "from_row", "model_of", "to_columns"]

COLUMNS = tuple(field.name for field in fields(Job) if field.name != "owner_alive")
ODD = (LookupError, TypeError, AttributeError, ValueError, OverflowError, RecursionError)
"""What Python raises for JSON of another form."""
_JSON = ("params", "after", "picture", "task", "model", "price", "cost")


def to_columns(values: Mapping[str, Any], *, home: Path) -> dict[str, Any]:
    """Return fields of a `Job` as SQLite takes them."""

    def pack(value: Any) -> Any:
        if isinstance(value, Path):
            return value.relative_to(home).as_posix() if value.is_relative_to(home) else _text(value)
        if is_dataclass(value) and not isinstance(value, type):
            return json.dumps(asdict(value), default=pack)
        return json.dumps(value, default=pack) if isinstance(value, Mapping) else value

    return {name: pack(value) for name, value in values.items()}


def from_row(row: Mapping[str, Any], *, home: Path, owner_alive: bool) -> Job:
    """Return the `Job` of a row that has all `COLUMNS`; `OutputError` when something in it is not as we write it."""
    try:
        return _job(row, home=home, owner_alive=owner_alive)
    except ODD as error:
        raise OutputError(
            f"What the journal says of the job {row['id']} is damaged ({type(error).__name__})",
            advice="Restore the journal from a backup; its files are in the library under that name.",
        ) from error


def _job(row: Mapping[str, Any], *, home: Path, owner_alive: bool) -> Job:
    if row["state"] not in STATES or not all(isinstance(row[name], float | int) for name in ("created", "updated")):
        raise ValueError("no state or no time")
    values: dict[str, Any] = {name: row[name] for name in COLUMNS}
    for name in _JSON:
        values[name] = json.loads(values[name]) if values[name] else None
    for name, kind in (("task", Task), ("price", Price), ("cost", Price)):
        values[name] = kind(**values[name]) if values[name] else None
    if picture := values["picture"]:
        values["picture"] = Picture(**{**picture, "path": home / picture["path"]})
    if model := values["model"]:
        values["model"] = model_of(model, home)
    values["image"] = home / os.fsdecode(values["image"])
    values["path"] = home / values["path"] if values["path"] else None
    return Job(**values, owner_alive=owner_alive)


def _text(path: Path) -> str | bytes:
    """Return a path as SQLite takes it: as bytes where the file system's name is no Unicode."""
    text = str(path)
    return text if _is_unicode(text) else os.fsencode(text)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def model_of(found: Mapping[str, Any], home: Path) -> Model:
    """Return the `Model` of its JSON column."""
    return Model(
        urls=tuple(found["urls"]),
        path=home / found["path"] if found["path"] else None,
        beside=found.get("beside") or {},
        cost=Price(**found["cost"]) if found["cost"] else None,
        seed=found["seed"],
        facts=found["facts"],
    )
