# SPDX-License-Identifier: GPL-3.0-or-later
"""The library: one folder for each job with its picture, settings, result and where that came from. No bpy."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..errors import OutputError
from .job import Job

__all__ = ["Library", "sha256_of", "write_json"]


class Library:
    """The folder `home/library`; nothing is made before it is needed."""

    def __init__(self, home: Path) -> None:
        self.root = home / "library"

    def folder(self, job_id: str) -> Path:
        """Return the folder of a job, which may not exist."""
        return self.root / job_id

    def make_folder(self, job_id: str) -> Path:
        """Make the folder of a job and return it; `OutputError` when it cannot be."""
        folder = self.folder(job_id)
        with _writing(folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def drop(self, job_id: str) -> None:
        """Remove the folder of a job and all that is in it."""
        shutil.rmtree(self.folder(job_id), ignore_errors=True)

    def keep_request(self, job: Job) -> None:
        """Write `request.json`: what was asked of whom; no key is among it."""
        write_json(
            self.folder(job.id) / "request.json",
            {
                "job": job.id,
                "provider": job.provider,
                "name": job.name,
                "image": str(job.image),
                "picture": _named(job),
                "params": dict(job.params),
                "after": dict(job.after),
                "created": job.created,
            },
        )

    def keep_provenance(self, job: Job, *, original: Path, ended: float) -> None:
        """Write `provenance.json`: what was delivered, from where, for how much, and the digests."""
        folder = self.folder(job.id)
        write_json(
            folder / "provenance.json",
            {
                "job": job.id,
                "provider": job.provider,
                "task": job.task.id if job.task else None,
                "file": _relative(job.path, folder),
                "kind": job.kind,
                "sha256": job.sha256,
                "original": _relative(original, folder),
                "original_sha256": sha256_of(original),
                "picture_sha256": job.picture.sha256 if job.picture else None,
                "seed": job.seed,
                "price": asdict(job.price) if job.price else None,
                "cost": asdict(job.cost) if job.cost else None,
                "submitted": job.created,
                "ended": ended,
            },
        )


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Write a JSON file whole or not at all."""
    part = path.with_name(path.name + ".part")
    with _writing(path):
        with part.open("w", encoding="utf-8", errors="backslashreplace") as file:
            json.dump(values, file, indent=1, ensure_ascii=False, default=str)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)


def sha256_of(path: Path) -> str:
    """Return the digest of a file in hexadecimal."""
    with _writing(path, "read"), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _writing(path: Path, verb: str = "written") -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path} cannot be {verb} ({error.strerror or error})") from error


def _named(job: Job) -> dict[str, Any] | None:
    if job.picture is None:
        return None
    return {**asdict(job.picture), "path": job.picture.path.name}


def _relative(path: Path | None, folder: Path) -> str | None:
    if path is None:
        return None
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
