# SPDX-License-Identifier: GPL-3.0-or-later
"""From a model in the library to the file that the user asked for."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...core.errors import OutputError
from ...core.files.preflight import glb_contents
from ...core.steps import drained
from ..exporting import count, move_in, staging, write

if TYPE_CHECKING:
    from ...core.jobs.job import Job

__all__ = ["Written", "changes_nothing", "copy", "delivering", "export", "request_of"]

Steps = Generator[tuple[float, str], None, dict[str, Any]]

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
    """A file with its number of faces and vertices, and what a quad remesh has told (`quads.summary`)."""

    path: Path
    faces: int
    vertices: int
    quads: Mapping[str, Any] | None = None


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
    """Import the model in a scene of its own, post-process it, and write it; in this process."""
    return Written(target, **drained(delivering(request_of(job, target, after))))


def request_of(job: Job, target: Path, after: Mapping[str, Any], *, name: str = "") -> dict[str, Any]:
    """Return what `delivering` needs, as plain values, such as a helper process takes; `name` is not the job's."""
    from ..importing.prepared import JobFacts

    path, facts = _model(job), asdict(JobFacts.of(job))
    facts["name"] = name or facts["name"]
    return {
        "task": "deliver",
        "about": job.name,
        "path": str(path),
        "target": str(target),
        "after": dict(after),
        "facts": facts,
    }


def delivering(request: Mapping[str, Any]) -> Steps:
    """Do what `request_of` asks for; yields (fraction, what is being done), returns what `Written` has but a path."""
    import bpy

    from ..after import check
    from ..importing import JobFacts, blender_errors, finish, prepare

    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    options, facts = check(request["after"]), JobFacts(**request["facts"])
    path = Path(request["path"])
    alone = bool(request.get("alone"))
    prepared = yield from prepare(path, options=options, facts=facts, unit=1.0, alone=alone)
    with blender_errors(path):
        made = finish(bpy.context, prepared, options=options, facts=facts).objects
    objects = [item for item in made if not item.hide_viewport]
    faces, vertices = count(objects)
    yield 0.9, "writing"
    write(objects, Path(request["target"]))
    return {"faces": faces, "vertices": vertices, "quads": prepared.facts.get("quads")}


def _model(job: Job) -> Path:
    if job.path is None or not job.path.is_file():
        raise OutputError(
            f"The model of the job {job.id} is not in the library any more",
            advice="Resume the job to fetch it again, or generate it anew.",
        )
    return job.path
