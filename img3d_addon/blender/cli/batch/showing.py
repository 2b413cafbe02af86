# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made of results beside their files: previews for the contact sheet, and one .blend with all as assets."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....core.batch.ledger import FOLDER, Ledger
from ....core.batch.outcome import Outcome
from ....core.batch.sheet import input_of, make_sheet, preview_of, shrink_input
from ....core.errors import Img3dError
from ....providers import load
from ..deliver import request_of
from ..run import Run
from .pool import Pool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ....core.jobs.engine import Engine
    from ....core.jobs.job import Job

__all__ = ["Shows"]

_NAMESPACE = uuid.UUID("6f4f6fd2-5a0e-4cf1-9c87-3f6d5d0f2f1b")


class Shows:
    """Previews and assets of one batch. `library` is the .blend that gets the assets, None for none."""

    def __init__(
        self, folder: Path, engine: Engine, pool: Pool, ledger: Ledger, *, sheet: bool, library: Path | None
    ) -> None:
        self._folder = folder
        self._engine = engine
        self._pool = pool
        self._ledger = ledger
        self._sheet = sheet
        self._library = library
        self._known = ledger.assets.get(str(library), {}) if library is not None and library.is_file() else {}
        self._asked: set[str] = set()
        self._parts: dict[str, tuple[Path, str, str]] = {}  # by file: its part, its key, its catalog
        self.troubles: list[str] = []

    def want(self, outcome: Outcome, job: Job | None = None) -> None:
        """Have drawn what a written row lacks; at once where there is time, without holding up another row."""
        file = outcome.row.file
        key = self._key(file)
        if outcome.state != "written" or not (self._sheet or self._library) or file.as_posix() in self._asked:
            return
        lacks_asset = self._library is not None and self._known.get(file.as_posix()) != key
        lacks_preview = self._sheet and not self._is_fresh(file)
        if not (lacks_asset or lacks_preview):
            return
        self._asked.add(file.as_posix())
        try:
            job = job or self._engine.job(outcome.job)
            request = request_of(job, preview_of(self._folder, file), outcome.row.after, name=file.stem)
        except Img3dError as error:
            self.troubles.append(f"{outcome.row.where}: there is no preview: {error}")
            return
        catalog = _catalog(outcome)
        part = self._folder / FOLDER / "parts" / f"{uuid.uuid5(_NAMESPACE, file.as_posix()).hex}.blend"
        more = {"part": str(part), "file": file.as_posix(), "catalog": catalog_id(catalog)} if lacks_asset else {}

        def then(answer: Mapping[str, Any] | Img3dError) -> None:
            if isinstance(answer, Img3dError):
                self.troubles.append(f"{outcome.row.where}: there is no preview: {answer}")
            elif lacks_asset:
                self._parts[file.as_posix()] = (part, key, catalog)

        self._pool.also({**request, "task": "show", **more}, then)

    def gather(self) -> None:
        """Bring the assets into the library, once all are drawn."""
        if self._library is None or not self._parts:
            return
        parts = [str(part) for part, _key, _catalog in self._parts.values()]

        def then(answer: Mapping[str, Any] | Img3dError) -> None:
            if isinstance(answer, Img3dError):
                self.troubles.append(str(answer))
                return
            for file, (part, key, _catalog) in self._parts.items():
                self._ledger.asset(str(self._library), file, key)
                part.unlink(missing_ok=True)

        catalogs = {catalog: catalog_id(catalog) for _part, _key, catalog in self._parts.values()}
        request = {"task": "gather", "about": self._library.name, "parts": parts, "target": str(self._library)}
        self._pool.also({**request, "catalogs": catalogs}, then)

    def sheet(self, outcomes: Sequence[Outcome], run: Run, *, suffix: str) -> list[Path]:
        """Write the contact sheet, where it is wanted and nobody asks us to stop."""
        if not self._sheet:
            return []
        for number, outcome in enumerate(outcomes):
            if run.interrupts.asked:
                return []
            small = input_of(self._folder, outcome.row.file)
            if not small.is_file() or outcome.state == "written" and not outcome.before:
                run.output.bar(f"picture {number + 1} of {len(outcomes)} for the contact sheet", number / len(outcomes))
                shrink_input(outcome.row.picture, small)
        files = make_sheet(self._folder, outcomes, suffix=suffix)
        run.output.line(f"Contact sheet: {files[-1]}")
        return files

    def _is_fresh(self, file: Path) -> bool:
        """Whether the preview is not older than the file that it shows."""
        try:
            return preview_of(self._folder, file).stat().st_mtime >= (self._folder / file).stat().st_mtime
        except OSError:
            return False

    def _key(self, file: Path) -> str:
        made = self._ledger.made.get(file.as_posix())
        return made.key if made else ""


def catalog_id(catalog: str) -> str:
    """Return the identity of a catalog, the same in every library."""
    return str(uuid.uuid5(_NAMESPACE, catalog))


def _catalog(outcome: Outcome) -> str:
    """Name the catalog of a result: the service, then the folder below the output folder."""
    label = load()[outcome.row.provider].label.split(" (", 1)[0]
    return "/".join(["Image to 3D", label.replace("/", " "), *outcome.row.file.parent.parts])
