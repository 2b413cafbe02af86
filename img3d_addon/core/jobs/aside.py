# SPDX-License-Identifier: GPL-3.0-or-later
"""What was paid for, put aside in the job's own folder when the journal cannot take it. No bpy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from ..errors import OutputError
from ..values import Model, Task
from .job import Job
from .library import write_json
from .rows import ODD, model_of, to_columns

__all__ = ["clear_aside", "found_aside", "put_aside"]

_NAME = "paid.json"


def put_aside(job: Job, *, folder: Path, home: Path) -> bool:
    """Write down the task and the model of a job whose folder this is; tell whether it could be done."""
    path = folder / _NAME
    try:
        write_json(path, to_columns({"task": job.task, "model": job.model}, home=home))
    except OutputError:
        return False
    with suppress(OSError):
        path.chmod(0o600)  # a signed address may be in it, as in the journal
    return True


def found_aside(folder: Path, *, home: Path) -> tuple[Task | None, Model | None]:
    """Return what `put_aside` wrote, as far as it is there and can be read."""
    with suppress(OSError, *ODD):
        found: Any = json.loads((folder / _NAME).read_text(encoding="utf-8"))
        task = Task(**json.loads(found["task"])) if found["task"] else None
        model = model_of(cast("Mapping[str, Any]", json.loads(found["model"])), home) if found["model"] else None
        return task, model
    return None, None


def clear_aside(folder: Path) -> None:
    """Forget what was put aside: another submit follows."""
    with suppress(OSError):
        (folder / _NAME).unlink(missing_ok=True)
