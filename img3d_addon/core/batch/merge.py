# SPDX-License-Identifier: GPL-3.0-or-later
"""One summary of the parts of a batch that several machines, or several runs, have made. No bpy."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, cast

from ..errors import BadInput, OutputError
from ..values import Price
from .outcome import FAILED, LEFT, Outcome, write_summary
from .rows import Row
from .sheet import input_of, make_sheet, preview_of

__all__ = ["Merged", "merge", "ranges"]

_PART = re.compile(r"summary(-\d+-\d+)?\.json")


@dataclass(frozen=True, kw_only=True)
class Merged:
    """`outcomes` by row; `missing` are the numbers, counted from 1, of rows that no part tells of; `files` written."""

    outcomes: Sequence[Outcome]
    missing: Sequence[int]
    files: Sequence[Path]


def merge(folders: Sequence[Path], out: Path) -> Merged:
    """Write `summary.json`, `summary.csv` and the rows that failed into `out`, of all summaries in `folders`.

    Where several tell of a row, what was written counts, else what was last said. A contact sheet is made where the
    parts have previews; those of a folder below `out` are copied into it. Raises `BadInput` when there is no summary,
    one cannot be understood, or they are of different batches.
    """
    found: dict[int, Outcome] = {}
    names: list[str] = []
    interrupted = was_interrupted = False
    for path in _parts(folders):
        said = _read(path)
        names.append(path.name if path.parent == out else str(path))
        if "merged" in said:  # what an earlier merge says of parts that may be done since
            was_interrupted = was_interrupted or bool(said.get("interrupted"))
        else:
            interrupted = interrupted or bool(said.get("interrupted"))
        for facts in said["rows"]:
            _take(found, _outcome(facts, path, out), path)
    outcomes = [found[number] for number in sorted(found)]
    interrupted = interrupted or (was_interrupted and any(one.state in LEFT for one in outcomes))
    missing = [number + 1 for number in range(max(found, default=-1) + 1) if number not in found]
    out.mkdir(parents=True, exist_ok=True)
    head = {"version": 1, "merged": names, "interrupted": interrupted, "missing": missing}
    files = write_summary(out, outcomes, head)
    failed = [outcome for outcome in outcomes if outcome.state in FAILED]
    files += write_summary(out, failed, {"version": 1, "of": files[0].name}, suffix="-failed")
    _bring_previews(folders, out, outcomes)
    if any(preview_of(out, outcome.row.file).is_file() for outcome in outcomes):
        files += make_sheet(out, outcomes)
    return Merged(outcomes=outcomes, missing=missing, files=files)


def ranges(numbers: Iterable[int]) -> str:
    """Return "3-5, 9" of 3, 4, 5, 9."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)


def _parts(folders: Sequence[Path]) -> list[Path]:
    """Return the summaries in the folders, the oldest first."""
    found: list[Path] = []
    for folder in folders:
        if not folder.is_dir():
            raise BadInput(f"There is no folder {folder}", advice="Check the path.")
        inside = [path for path in folder.iterdir() if _PART.fullmatch(path.name)]
        if not inside:
            raise BadInput(f"There is no summary in {folder}", advice="Run a batch into it first.")
        found += inside
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path))


def _read(path: Path) -> Mapping[str, Any]:
    try:
        said: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise OutputError(f"{path} cannot be read ({error.strerror or error})") from error
    except ValueError:
        raise _no_summary(path) from None
    if not isinstance(said, dict) or not isinstance(cast("dict[str, Any]", said).get("rows"), list):
        raise _no_summary(path)
    return cast("dict[str, Any]", said)


def _outcome(facts: Mapping[str, Any], path: Path, out: Path) -> Outcome:
    """Return a row as its part tells it, with its file as seen from `out`; a file that is gone is a failure."""
    try:
        cost = None if facts["cost"] is None else Price(amount=float(facts["cost"]), unit=str(facts["unit"]))
        row = Row(
            number=int(facts["row"]) - 1,
            where=f"row {facts['row']}",
            picture=Path(facts["picture"]),
            file=_seen_from(out, path.parent / facts["file"]) if facts["file"] else Path(),
            provider=str(facts["provider"]),
        )
        outcome = Outcome(
            row=row,
            state=str(facts["state"]),
            job=facts["job"] or "",
            faces=int(facts["faces"] or 0),
            seconds=float(facts["seconds"] or 0.0),
            cost=cost,
            error=facts["error"] or "",
        )
    except (KeyError, TypeError, ValueError):
        raise _no_summary(path) from None
    if outcome.state == "written" and not (path.parent / str(facts["file"])).is_file():
        return replace(outcome, state="failed", kind="output", error=f"The file {row.file} was written and is gone.")
    return outcome


def _take(found: dict[int, Outcome], outcome: Outcome, path: Path) -> None:
    """Keep the row unless more is known of it."""
    number = outcome.row.number
    before = found.get(number)
    if before is not None and _name(before.row.picture) != _name(outcome.row.picture):
        pictures = f"{before.row.picture} and {outcome.row.picture}"
        raise BadInput(f"Row {number + 1} is two pictures, {pictures}, by {path}", advice="Merge parts of one batch.")
    if before is None or (before.state != "written" and outcome.state != "waiting") or outcome.state == "written":
        found[number] = outcome


def _seen_from(out: Path, file: Path) -> Path:
    try:
        return Path(os.path.relpath(file, out))
    except ValueError:  # on another drive
        return file.absolute()


def _bring_previews(folders: Sequence[Path], out: Path, outcomes: Sequence[Outcome]) -> None:
    """Copy the previews of files in folders below `out` to where its contact sheet looks for them."""
    below = [folder for folder in folders if folder != out and folder.is_relative_to(out)]
    for outcome in outcomes:
        file = outcome.row.file
        for folder in below:
            if not file.is_relative_to(folder.relative_to(out)):
                continue
            own = file.relative_to(folder.relative_to(out))
            for place in (preview_of, input_of):
                _copy(place(folder, own), place(out, file))


def _copy(source: Path, target: Path) -> None:
    try:
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    except OSError as error:
        raise OutputError(f"{target} cannot be written ({error.strerror or error})") from error


def _name(picture: Path) -> str:
    """Return the name of a picture whose folder may be called otherwise on another machine or system."""
    return PurePosixPath(str(picture).replace("\\", "/")).name


def _no_summary(path: Path) -> BadInput:
    return BadInput(f"{path} is no summary of a batch", advice="Run its rows again with --resume, or take it away.")
