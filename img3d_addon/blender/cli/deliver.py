# SPDX-License-Identifier: GPL-3.0-or-later
"""From a model in the library to the file that the user asked for."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...core.errors import BadResult, OutputError
from ..exporting import count, move_in, staging, write

if TYPE_CHECKING:
    from ...core.jobs.job import Job

__all__ = ["Written", "changes_nothing", "copy", "export"]

# These leave what was delivered as it is; a location only says where in a scene.
_IDLE = {
    "size": (0, None),
    "facing": ("auto", None),
    "decimate": (0, None),
    "remesh": ("none", None),
    "quad": (0, None),
    "texture": (True, None),
    "shading": ("keep", None),
}


@dataclass(frozen=True)
class Written:
    """A file with its number of faces and vertices."""

    path: Path
    faces: int
    vertices: int


def changes_nothing(after: Mapping[str, Any]) -> bool:
    """Whether these options leave geometry, textures and shading as delivered."""
    return all(after.get(name) in idle for name, idle in _IDLE.items())


def copy(job: Job, target: Path) -> Written:
    """Write a delivered GLB byte for byte."""
    source = _model(job)
    try:
        with staging(target) as folder:
            shutil.copyfile(source, folder / target.name)
            move_in(folder, target)
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error
    return Written(target, *_glb_counts(source))


def export(job: Job, target: Path, after: Mapping[str, Any]) -> Written:
    """Import the model in a scene of its own, post-process it, and write it."""
    import bpy

    from ..importing import JobFacts, import_result

    path = _model(job)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    made = import_result(bpy.context, path, after, JobFacts.of(job))
    objects = list(made.objects)
    faces, vertices = count(objects)
    write(objects, target)
    return Written(target, faces, vertices)


def _model(job: Job) -> Path:
    if job.path is None or not job.path.is_file():
        raise OutputError(
            f"The model of the job {job.id} is not in the library any more",
            advice="Resume the job to fetch it again, or generate it anew.",
        )
    return job.path


def _glb_counts(path: Path) -> tuple[int, int]:
    """Count faces and vertices as the file's own index says."""
    data = path.read_bytes()
    try:
        (length,) = struct.unpack_from("<I", data, 12)
        found = json.loads(data[20 : 20 + length])
        parts = [part for mesh in found["meshes"] for part in mesh["primitives"]]
        vertices = [found["accessors"][part["attributes"]["POSITION"]]["count"] for part in parts]
        corners = [
            found["accessors"][part["indices"]]["count"] if "indices" in part else own
            for part, own in zip(parts, vertices, strict=True)
        ]
    except (struct.error, ValueError, KeyError, IndexError, TypeError) as error:
        raise BadResult(f"{path.name} is no readable GLB file") from error
    return sum(corners) // 3, sum(vertices)
