# SPDX-License-Identifier: GPL-3.0-or-later
"""What a batch knows beyond the journal: which picture is which job, and what was written. No bpy.

A file of JSON lines in the output folder that is only added to: a kill in the middle of a line costs that line. Before
a job is handed to the engine its row is noted as begun, so that after a kill the journal is asked for that job.
"""

from __future__ import annotations

import json
import math
import os
import re
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO, cast

from ..errors import BadInput, OutputError
from ..jobs.lease import alive, lock
from ..values import Price
from .keys import Keys

__all__ = ["FOLDER", "WHOLE", "Begun", "Ledger", "Made"]

FOLDER = ".img3d-batch"
WHOLE = "all"
"""The part of a batch that is no range."""


@dataclass(frozen=True)
class Begun:
    """A row that was handed to the engine: `job` is empty when its id was not noted.

    `home` names the journal that has it. `sent`: the service was, or was about to be, asked. `ended`: failed, uncertain
    or cancelled. `lost` is what earlier jobs of the row have cost that ended so.
    """

    file: str
    time: float
    home: str = ""
    job: str = ""
    sent: bool = False
    ended: str = ""
    kind: str = ""
    error: str = ""
    cost: Price | None = None
    lost: tuple[Price, ...] = ()

    @property
    def all_lost(self) -> tuple[Price, ...]:
        """What all jobs of the row have cost that ended without a model."""
        return (*self.lost, self.cost) if self.ended and self.cost else self.lost


@dataclass(frozen=True)
class Made:
    """A file that was written, or could not be: then `error` says why. `pays`: no other row is charged for its job."""

    key: str
    job: str
    faces: int = 0
    vertices: int = 0
    seconds: float = 0.0
    cost: Price | None = None
    error: str = ""
    kind: str = ""
    pays: bool = True


class Ledger:
    """The records below an output folder. `part` names one range of a farm; all parts are read, one is written.

    `with` opens and locks it; `BadInput` when another batch writes a part with rows of this one.
    """

    def __init__(self, folder: Path, *, part: str = WHOLE, home: str = "") -> None:
        self.home = home
        self.folder = folder / FOLDER
        self._path = self.folder / f"{part}.jsonl"
        self.parts: set[str] = set()  # that something stands in
        self.begun: dict[str, Begun] = {}
        self.made: dict[str, Made] = {}
        self.digests: dict[str, tuple[int, int, str]] = {}
        self.assets: dict[str, dict[str, str]] = {}  # by library: the keys of its assets by their files
        self._earlier: dict[str, Begun] = {}  # of the parts that were read before
        self._file: TextIO | None = None
        self._lock = -1

    def read(self) -> Ledger:
        """Read what is there, without a lock; good for a look."""
        for path in sorted(self.folder.glob("*.jsonl"), key=lambda path: path == self._path):
            self._earlier, self.begun = self.begun, {}
            try:
                with path.open(encoding="utf-8", errors="replace") as file:
                    for line in file:
                        self.parts.add(path.stem)
                        self._take(line)
                self._keep_newest()
            except OSError as error:
                raise OutputError(f"{path} cannot be read ({error.strerror or error})") from error
        return self

    def _keep_newest(self) -> None:
        """Let no older part say how a row stands that was begun once more in another one."""
        for key, before in self._earlier.items():
            if key not in self.begun or self.begun[key].time < before.time:
                self.begun[key] = before
        self._earlier = {}

    def __enter__(self) -> Ledger:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o644)
            if not lock(self._lock) or self._is_shared():
                self.__exit__(None, None, None)
                raise BadInput(
                    f"Another batch is writing to {self.folder.parent}",
                    advice="Wait for it, or choose another folder with --out.",
                )
            self._file = self._path.open("a", encoding="utf-8", errors="backslashreplace")
            if self._file.tell():
                self._file.write("\n")  # after a kill in the middle of a line
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(f"{self._path} cannot be written ({reason})") from error
        return self.read()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _is_shared(self) -> bool:
        """Tell whether a batch at work has rows of this part, too: each would pay for them."""
        others = [path for path in self.folder.glob("*.lock") if _overlap(path.stem, self._path.stem)]
        return any(alive(self.folder, path.stem) for path in others if path.stem != self._path.stem)

    def begin(self, key: str, file: str) -> None:
        """Note that a row is about to be handed to the engine; on disk when this returns."""
        self._put({"begun": key, "file": file, "time": time.time(), "home": self.home}, sync=True)

    def job(self, key: str, job: str) -> None:
        """Note the job of a row that was begun, which goes on now."""
        self._put({"job": job, "key": key, "ended": "", "kind": "", "error": ""})

    def sent(self, key: str) -> None:
        """Note that the service is being asked: the journal has the job by now."""
        self._put({"sent": True, "key": key})

    def end(self, key: str, state: str, *, kind: str = "", error: str = "", cost: Price | None = None) -> None:
        """Note how a job ended that has no model."""
        self._put({"ended": state, "key": key, "kind": kind, "error": error, "cost": asdict(cost) if cost else None})

    def write(self, file: str, made: Made) -> None:
        """Note what was written, or why it was not."""
        self._put({"made": file, **asdict(made)})

    def asset(self, library: str, file: str, key: str) -> None:
        """Note that an asset library has what stands in a file."""
        self._put({"asset": file, "library": library, "of": key})

    def digest(self, path: str, found: tuple[int, int, str]) -> None:
        """Note the digest of a picture of this size and time of change."""
        self._put({"digest": path, "of": list(found)})

    def written(self, file: str, keys: Keys) -> Made | None:
        """Return what was written to a file, if it was made from these settings and is there."""
        made = self.made.get(file)
        if made is None or made.error or made.key != keys.file or not (self.folder.parent / file).is_file():
            return None
        return made

    def _put(self, record: dict[str, Any], *, sync: bool = False) -> None:
        line = json.dumps(record, ensure_ascii=False)
        if self._file is None:
            raise ValueError("the ledger is not open")
        try:
            self._file.write(line + "\n")
            self._file.flush()
            if sync:
                os.fsync(self._file.fileno())
        except OSError as error:
            raise OutputError(f"{self._path} cannot be written ({error.strerror or error})") from error
        self._take(line)

    def _take(self, line: str) -> None:
        try:
            record = cast("dict[str, Any]", json.loads(line))
            self._record(record)
        except (ValueError, TypeError, KeyError, AttributeError):
            return  # cut by a kill, or by a disk that was full

    def _record(self, record: dict[str, Any]) -> None:
        if "begun" in record:
            key = record["begun"]
            before = self.begun.get(key) or self._earlier.get(key)
            lost = before.all_lost if before else ()
            self.begun[key] = Begun(record["file"], record["time"], record.get("home", ""), lost=lost)
        elif "made" in record:
            made = Made(**{name: value for name, value in record.items() if name != "made"})
            self.made[record["made"]] = replace(made, cost=_price(record["cost"]))
        elif "asset" in record:
            self.assets.setdefault(record["library"], {})[record["asset"]] = record["of"]
        elif "digest" in record:
            size, changed, digest = record["of"]
            self.digests[record["digest"]] = (size, changed, digest)
        else:
            before = self.begun.get(record["key"]) or self._earlier[record["key"]]
            changes: dict[str, Any] = {name: value for name, value in record.items() if name != "key"}
            changes["cost"] = _price(record.get("cost"))
            self.begun[record["key"]] = replace(before, **changes)


def _overlap(one: str, other: str) -> bool:
    """Tell whether two parts, such as 0-5 and 3-9, have rows in common."""
    first, end, begin, last = *_bounds(one), *_bounds(other)
    return first < last and begin < end


def _bounds(part: str) -> tuple[float, float]:
    found = re.fullmatch(r"(\d+)-(\d+)", part)
    return (int(found[1]), int(found[2])) if found else (0, math.inf)


def _price(found: dict[str, Any] | None) -> Price | None:
    return Price(**found) if found else None
