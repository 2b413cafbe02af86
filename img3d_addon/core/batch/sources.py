# SPDX-License-Identifier: GPL-3.0-or-later
"""What a batch is made of: folders, patterns, pictures and manifests, as entries in a fixed order. No bpy."""

from __future__ import annotations

import glob
import itertools
import os
from collections.abc import Iterable
from pathlib import Path

from ..errors import BadInput
from .entries import Entry
from .manifest import ENDINGS, read_manifest

__all__ = ["PICTURES", "Found", "find"]

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".tga"})


class Found:
    """The entries, and sentences on what was left out."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.notes: list[str] = []


def find(given: Iterable[Path], *, recursive: bool = False, skip: Path | None = None) -> Found:
    """Return the entries of all sources; `skip` is a folder that holds results and no pictures.

    Raises `BadInput` for a source that is not there, cannot be read or holds nothing.
    """
    found = Found()
    for source in given:
        try:
            _add(source, found, recursive=recursive, skip=_real(skip) if skip else None)
        except OSError as error:
            reason = error.strerror or str(error)
            raise BadInput(f"{source} cannot be used ({reason})", advice="Check the path.") from error
    return found


def _add(source: Path, found: Found, *, recursive: bool, skip: Path | None) -> None:
    if source.is_dir() and recursive and _real(source) == skip:
        text = f"With --recursive, results in {source} could not be told from pictures"
        raise BadInput(text, advice="Choose another folder with --out.")
    if source.is_dir():
        found.entries += _folder(source, found, recursive=recursive, skip=skip)
    elif source.exists() and source.suffix.lower() in ENDINGS:
        found.entries += read_manifest(source)
    elif source.exists():
        found.entries.append(Entry(where=source.name, picture=source))
    elif glob.has_magic(str(source)):
        found.entries += _pattern(source, skip)
    else:
        raise BadInput(f"There is no folder, manifest or picture {source}", advice="Check the path.")


def _folder(folder: Path, found: Found, *, recursive: bool, skip: Path | None) -> list[Entry]:
    pictures: list[Path] = []
    others = inside = 0
    pending = [folder]
    while pending:
        for path, is_folder in _listing(pending.pop(0), skip):
            if is_folder:
                inside += 1
                pending += [path] if recursive and not path.is_symlink() else []  # a link may lead back up
            elif path.suffix.lower() in PICTURES:
                pictures.append(path)
            else:
                others += 1
    if not pictures:
        advice = "Add --recursive to search the folders inside it." if inside and not recursive else None
        raise BadInput(f"There is no picture in the folder {folder}", advice=advice)
    if inside and not recursive:
        found.notes.append(f"Not searched: {_count(inside, 'folder')} inside {folder}; --recursive does that.")
    if others:
        found.notes.append(f"Left out: {_count(others, 'file')} in {folder}, no picture by the ending.")
    return [_entry(path, path.relative_to(folder)) for path in pictures]


def _listing(folder: Path, skip: Path | None) -> list[tuple[Path, bool]]:
    """Return what is in a folder, sorted, and whether it is a folder itself; hidden things are not there."""
    with os.scandir(folder) as listing:
        items = sorted(listing, key=lambda item: item.name)
    found = [(Path(item.path), item.is_dir()) for item in items if not item.name.startswith(".")]
    return [pair for pair in found if not (_real(pair[0]) == skip if pair[1] else _is_sheet(pair[0], skip))]


def _is_sheet(path: Path, skip: Path | None) -> bool:
    """Whether it is the contact sheet of an earlier run into the folder of the pictures."""
    return path.name.startswith("contact-sheet") and _real(path.parent) == skip


def _real(path: Path) -> Path:
    """Return the one path of a folder that may be written in several ways, as with a link or '..'."""
    return Path(os.path.realpath(path))


def _entry(path: Path, name: Path) -> Entry:
    return Entry(where=str(name), picture=path, folder=name.parent)


def _pattern(pattern: Path, skip: Path | None) -> list[Entry]:
    names = glob.glob(str(pattern.expanduser()), recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern
    paths = [Path(name) for name in sorted(names)]
    fits = [path for path in paths if path.suffix.lower() in PICTURES and path.is_file()]
    base = _real(Path(*itertools.takewhile(lambda part: not glob.has_magic(part), pattern.expanduser().parts)))
    fits = [path for path in fits if not _is_ours(path, skip, mixed=skip is not None and base.is_relative_to(skip))]
    if not fits:
        raise BadInput(f"No picture fits the pattern {pattern}", advice="Check it, and quote it for the shell.")
    return [Entry(where=str(path), picture=path) for path in fits]


def _is_ours(path: Path, skip: Path | None, *, mixed: bool) -> bool:
    """Whether it is a result, such as a texture or a preview; `mixed`: the output folder has the pictures, too."""
    if skip is None or not (folder := _real(path.parent)).is_relative_to(skip):
        return False
    return not mixed or folder != skip or _is_sheet(path, skip)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
