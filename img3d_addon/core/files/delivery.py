# SPDX-License-Identifier: GPL-3.0-or-later
"""From the file that a service delivered to the model file to import: unpacked, whole, rightly named. No bpy."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from ..errors import BadResult, ImportFailed, OutputError
from .preflight import preflight
from .sniff import MODELS, kind_of
from .unzip import unzip

__all__ = ["open_delivery", "stray_answer"]

WORDS = {
    "html": "a web page",
    "json": "a text answer",
    "empty": "an empty file",
    "png": "a picture",
    "jpeg": "a picture",
}


def open_delivery(file: Path, *, label: str) -> tuple[Path, str]:
    """Return the model file and its kind; `file` itself stays as it is.

    Raises `BadResult` when it is cut short or no model, `OutputError` for trouble with the disk.
    """
    try:
        kind = kind_of(file)
        if kind == "zip":
            folder = file.parent / "unpacked"
            shutil.rmtree(folder, ignore_errors=True)
            file = unzip(file, folder)
            kind = kind_of(file)
        if kind not in MODELS:
            what = WORDS.get(kind, "a file of an unknown kind")
            raise BadResult(f"{label} delivered {what} instead of a model", provider=label)
        with suppress(ImportFailed):  # whether Blender can read it is the import's question
            preflight(file, kind)
        return _with_suffix(file, kind), kind
    except OSError as error:
        raise OutputError(f"{file} cannot be used ({error.strerror or error})") from error


def stray_answer(folder: Path) -> Path | None:
    """Return a model that came whole in the answer to a submit, in a run that died before it was written down."""
    for path in sorted(folder.glob("answer-*"), reverse=True):
        with suppress(BadResult, OutputError):
            if path.suffix != ".part" and open_delivery(path, label="The service"):
                return path
    return None


def _with_suffix(file: Path, kind: str) -> Path:
    """Return `file` under a name that ends in its kind: a hard link beside it where the name does not."""
    if file.suffix.lower() in (f".{kind}", ".usd"):
        return file
    named, part = file.with_name(f"model.{kind}"), file.with_name(f"model.{kind}.part")
    part.unlink(missing_ok=True)
    try:
        os.link(file, part)
    except OSError:  # not every file system has links
        shutil.copyfile(file, part)
    part.replace(named)
    return named
