# SPDX-License-Identifier: GPL-3.0-or-later
"""Prepare large pictures in a child process: on them Pillow holds Python's lock for long moments. No bpy."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..errors import BadInput
from ..helper.process import last_line
from ..helper.python import Ended, asked
from ..values import ImageLimits, Picture
from . import images

__all__ = ["prepare", "prepare_beside", "run"]

LARGE = 3_000_000
"""Pixels of a file from which on a child is worth its start, some tenths of a second; the lock is held for about 3 to
5 ms for each million."""

_MODULE = "core.files.apart"


def _nothing() -> None:
    """Let the work go on."""


def prepare(
    source: Path, limits: ImageLimits, *, folder: Path, name: str = "", check: Callable[[], None] = _nothing
) -> Picture:
    """Do what `images.prepare` does, with the same errors; where no child can be started, in this process.

    `check` is called ten times a second and ends the work by raising.
    """
    if images.is_over(source, LARGE):
        made = _asked(source, limits, left=folder / "input", check=check, folder=str(folder), name=name)
        if made is not None:
            made["path"] = Path(made["path"])
            return Picture(**made)
    return images.prepare(source, limits, folder=folder, name=name)


def prepare_beside(source: Path, limits: ImageLimits, *, path: Path, check: Callable[[], None] = _nothing) -> None:
    """Do what `images.prepare_beside` does; see `prepare`."""
    if images.is_over(source, LARGE) and _asked(source, limits, left=path, check=check, path=str(path)) is not None:
        return
    images.prepare_beside(source, limits, path=path)


def run(request: Mapping[str, Any]) -> Generator[tuple[float, str], None, dict[str, Any]]:
    """Do the child's part of the work."""
    yield 0.0, "preparing"
    images.allow_pixels(request["most"])
    source = Path(request["source"])
    given: dict[str, Any] = {**request["limits"], "formats": tuple(request["limits"]["formats"])}
    limits = ImageLimits(**given)
    if "path" in request:
        images.prepare_beside(source, limits, path=Path(request["path"]))
        return {}
    picture = images.prepare(source, limits, folder=Path(request["folder"]), name=request["name"])
    return {**asdict(picture), "path": str(picture.path)}


def _asked(
    source: Path, limits: ImageLimits, *, left: Path, check: Callable[[], None], **what: str
) -> dict[str, Any] | None:
    """Return the child's answer, None where there can be no child."""
    request = {"source": str(source), "limits": asdict(limits), "most": images.most_pixels(), **what}
    steps = asked(_MODULE, request, libraries=("PIL.Image",))
    try:
        while True:
            check()
            next(steps)
    except StopIteration as end:
        return end.value
    except Ended as end:
        raise BadInput(
            f"{source.name} could not be opened: the process that does it ended with status {end.status} "
            f"({last_line(end.words)})",
            advice="Make it smaller first, or save it again as PNG.",
        ) from None
    finally:
        steps.close()
        _sweep(left)


def _sweep(left: Path) -> None:
    """Remove what a killed child was writing."""
    with contextlib.suppress(OSError):
        for part in left.parent.glob(f"{left.stem}.*.part"):
            part.unlink()
