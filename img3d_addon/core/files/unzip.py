# SPDX-License-Identifier: GPL-3.0-or-later
"""Unpack an archive from a service, trusting nothing in it, and find the model inside. No bpy."""

from __future__ import annotations

import lzma
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from ..errors import BadResult, OutputError
from .sniff import MODELS, kind_of

__all__ = ["BROKEN", "find_model", "unzip"]

MOST_ENTRIES = 2000
MOST_BYTES = 2 << 30  # unpacked, in all
PIECE = 256 * 1024
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What `zipfile` raises for archives that are damaged, encrypted or of an unknown kind."""
SUFFIXES = ("glb", "gltf", "obj", "usdz", "usdc", "usda", "usd", "stl", "ply", "fbx")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # file names that Windows keeps


def unzip(source: Path, folder: Path, *, most_entries: int = MOST_ENTRIES, most_bytes: int = MOST_BYTES) -> Path:
    """Unpack `source` into the new `folder` and return the model file inside; `BadResult` for anything unsafe.

    Nothing is left behind when it fails.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            entries = [(entry, _safe(entry)) for entry in archive.infolist()]
            _judge(entries, most_entries=most_entries)
            folder.mkdir(parents=True)
            files = _unpack(archive, entries, folder, most_bytes=most_bytes)
        return find_model(files)
    except BROKEN as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise BadResult(f"The archive {source.name} is damaged or of an unknown kind") from error
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise OutputError(f"The archive {source.name} could not be unpacked into {folder} ({error})") from error
    except BadResult:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def find_model(files: Sequence[Path]) -> Path:
    """Return the model among `files`: GLB before glTF, OBJ, USD, FBX, STL, PLY; the largest of one kind."""
    found: list[tuple[int, int, Path]] = []
    for path in files:
        kind = kind_of(path)
        suffix = path.suffix.lower().lstrip(".")
        if kind in MODELS and (suffix in SUFFIXES or kind == "glb"):
            found.append((MODELS.index(kind), -path.stat().st_size, path))
    if not found:
        names = ", ".join(path.name for path in files[:5]) or "nothing"
        raise BadResult(f"There is no model in the archive; it holds {names}")
    return min(found)[2]


def _safe(entry: zipfile.ZipInfo) -> Path | None:
    """Return the relative path of an entry, None for a folder."""
    name = entry.filename.replace("\\", "/")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    mode = entry.external_attr >> 16
    linked = stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR)
    if name.startswith("/") or ".." in parts or linked or entry.flag_bits & 0x1:
        raise BadResult(f"The archive holds {entry.filename[:80]!r}: links, encryption and ways out are not unpacked")
    if any(not _is_plain(part) for part in parts):
        raise BadResult(f"The archive holds a file with an odd name, {entry.filename[:80]!r}")
    return None if entry.is_dir() or not parts else Path(*parts)


def _is_plain(part: str) -> bool:
    odd = set(part) & set('<>:"|?*') or not part.isprintable() or part.endswith((".", " "))
    return not odd and len(part.encode()) <= 200 and not RESERVED.fullmatch(part)


def _judge(entries: Sequence[tuple[zipfile.ZipInfo, Path | None]], *, most_entries: int) -> None:
    names = [str(path).casefold() for _entry, path in entries if path]
    if len(entries) > most_entries:
        raise BadResult(f"The archive holds {len(entries)} files; more than {most_entries} are not unpacked")
    if len(set(names)) != len(names):
        raise BadResult("The archive holds two files of one name")


def _unpack(
    archive: zipfile.ZipFile,
    entries: Sequence[tuple[zipfile.ZipInfo, Path | None]],
    folder: Path,
    *,
    most_bytes: int,
) -> list[Path]:
    files: list[Path] = []
    left = most_bytes
    for entry, relative in entries:
        if relative is None:
            continue
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, path.open("xb") as target:
            while piece := source.read(PIECE):
                left -= len(piece)  # what really comes out; the header may lie
                if left < 0:
                    raise BadResult(f"The archive unpacks to more than {most_bytes >> 20} MiB")
                target.write(piece)
        files.append(path)
    return files
