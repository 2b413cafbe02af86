# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pictures go in and which files come out, checked before anything is submitted."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ...core.errors import BadInput
from ..exporting import KINDS

__all__ = ["pictures", "plan", "writable"]

_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".tga"})


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    """Turn what the system says of a path that it does not even look at, such as a name too long, into `BadInput`."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInput(f"{error.filename} cannot be used ({reason})", advice="Check the path.") from error


@_in_words()
def pictures(given: Iterable[Path]) -> list[Path]:
    """Return the given pictures, with a folder replaced by the pictures in it, sorted; `BadInput` for an empty one."""
    found: list[Path] = []
    for path in given:
        if not path.is_dir():
            found.append(path)
            continue
        inside = [item for item in sorted(path.iterdir()) if _is_picture(item)]
        if not inside:
            raise BadInput(f"There is no picture in the folder {path}", advice="Folders inside it are not searched.")
        found += inside
    return found


@_in_words()
def plan(images: Sequence[Path], *, out: Path | None, kind: str | None, single: bool) -> list[Path]:
    """Return the file to write for each picture; `BadInput` where one cannot be written.

    `single`: one picture was named, so that `out` may be a file; without an ending and with `kind`, it is a folder.
    A file that exists is replaced only where `out` names it or its folder.
    """
    kind = _known(kind.lower().removeprefix(".")) if kind else None
    if out is None:
        targets = _beside(images, kind or "glb")
    elif single and not out.is_dir() and (out.suffix or not kind):
        targets = [_file(out, kind)]
    else:
        targets = _inside(images, out, kind, single=single)
    inputs = {image.resolve() for image in images}
    for target in targets:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            target.lstat()  # a name that the system refuses is said now, not when the model is there and paid
        if target.resolve() in inputs:
            raise BadInput(f"{target} is the picture itself", advice="Choose another file with --out.")
        if target.is_dir():
            raise BadInput(f"{target} is a folder, but a file is to be written there", advice="Choose another name.")
    for folder in sorted({target.parent for target in targets}):
        writable(folder)
    return targets


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in _PICTURES and not path.name.startswith(".") and path.is_file()


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise BadInput(
            f"{kind!r} is not a kind of file that can be written" if kind else "The file to write has no ending",
            advice="There are: " + " ".join(f".{known}" for known in KINDS),
        )
    return kind


def _file(out: Path, kind: str | None) -> Path:
    ending = _known(out.suffix.lower().removeprefix("."))
    if kind and kind != ending:
        raise BadInput(f"--out {out} and --format {kind} do not fit together", advice="Leave one of them out.")
    return out


def _inside(images: Sequence[Path], out: Path, kind: str | None, *, single: bool) -> list[Path]:
    if out.exists() and not out.is_dir():
        raise BadInput(f"{out} is a file, but several pictures need a folder", advice="Choose a folder with --out.")
    if not kind and single:
        raise BadInput(f"{out} is a folder", advice="Name a file in it, or add for example --format glb.")
    if not kind:
        raise BadInput(
            "Several pictures are written to a folder, and the kind of file is not said",
            advice=f"Add for example --format glb, with a folder such as --out {out.with_suffix('')}.",
        )
    taken: set[Path] = set()
    return [_free(out / f"{image.stem}.{kind}", taken, keep=False) for image in images]


def _beside(images: Sequence[Path], kind: str) -> list[Path]:
    taken: set[Path] = set()
    return [_free(image.with_name(f"{image.stem}.{kind}"), taken, keep=True) for image in images]


def _free(path: Path, taken: set[Path], *, keep: bool) -> Path:
    """Return `path`, or with a number when this run uses it already or (`keep`) a file is there."""
    number, found = 1, path
    while found in taken or (keep and found.exists()):
        number += 1
        found = path.with_name(f"{path.stem}_{number}{path.suffix}")
    taken.add(found)
    return found


def writable(folder: Path) -> None:
    """Try to write where `folder` is or would be made; permissions alone do not tell."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        raise BadInput(f"{place} is a file, not a folder", advice="Choose another place with --out.")
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInput(
            f"Nothing can be written in {place} ({reason})", advice="Choose another place with --out."
        ) from error
