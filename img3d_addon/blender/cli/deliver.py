# SPDX-License-Identifier: GPL-3.0-or-later
"""From a model in the library to the file that the user asked for."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...core.errors import OutputError
from ...core.files.preflight import glb_contents
from ..exporting import count, move_in, staging, write

if TYPE_CHECKING:
    from ...core.jobs.job import Job

__all__ = ["Written", "changes_nothing", "copy", "export"]

# These leave what was delivered as it is; a location only says where in a scene, an asset is one in a .blend.
_IDLE = {
    "texture_limit": ("full", None),
    "repair_normals": (False, None),
    "lods": ("", None),
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
    found = glb_contents(source)
    try:
        with staging(target) as folder:
            shutil.copyfile(source, folder / target.name)
            move_in(folder, target)
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error
    return Written(target, found.faces, found.vertices)


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
