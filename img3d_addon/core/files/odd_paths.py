# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that a model names by a path or in a case which is not theirs, found all the same in its own folder. No bpy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

__all__ = ["find_beside", "with_materials"]

MOST_FILES = 2000  # that are looked through: a model that somebody has put into a large folder is no archive
_HEAD = 1 << 20  # bytes of an OBJ in which its libraries are named


def find_beside(folder: Path, name: str) -> Path | None:
    """Return the file in `folder`, or below it, that a path from elsewhere means; None where it is not clear.

    Only the last part of the path counts; upper and lower case and percent signs do not, and at last nor does the
    ending.
    """
    wanted = unquote(name).replace("\\", "/").rpartition("/")[2].strip(' "').casefold()
    files = [file for file in islice(sorted(folder.rglob("*")), MOST_FILES) if file.is_file()]
    same = [file for file in files if file.name.casefold() == wanted]
    if not same:
        stem = wanted.rpartition(".")[0]
        same = [file for file in files if file.suffix.lower() in _PICTURES and file.stem.casefold() == stem]
        same = same if len(same) == 1 else []
    return min(same, key=lambda file: len(file.parts)) if same else None


@contextmanager
def with_materials(path: Path) -> Generator[Path]:
    """Give the block an OBJ whose material library is found: the file itself, or a link to it beside that library."""
    library = _lost_library(path)
    if library is None:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="img3d-") as folder:
        model = Path(folder, path.name)
        shutil.copyfile(library, model.with_suffix(".mtl"))  # the name that Blender tries at last
        try:
            model.symlink_to(path.absolute())
        except OSError:  # Windows asks for a right that few have
            shutil.copyfile(path, model)
        yield model


def _lost_library(path: Path) -> Path | None:
    """Return the library that an OBJ means when it names none that is there."""
    with path.open("rb") as stream:
        lines = stream.read(_HEAD).splitlines()
    named = [line[7:].decode("utf-8", "replace").strip(' \t"') for line in lines if line.startswith(b"mtllib ")]
    if not named or path.with_suffix(".mtl").is_file() or any(_is_file(path.parent / name) for name in named):
        return None
    for name in named:
        if (found := find_beside(path.parent, name)) and found.suffix.lower() == ".mtl":
            return found
    there = [file for file in path.parent.glob("*") if file.suffix.lower() == ".mtl"]
    return there[0] if len(there) == 1 else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # such as a name that is too long
        return False


_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".tga", ".bmp", ".tif", ".tiff", ".exr"})
