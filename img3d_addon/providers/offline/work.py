# SPDX-License-Identifier: GPL-3.0-or-later
"""One job as plain values: what the child process and the fall-back in this process both run. No bpy."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["run"]


def run(silhouette: ModuleType, job: Mapping[str, Any]) -> Generator[tuple[float, str], None, dict[str, Any]]:
    """Reconstruct `job["picture"]` with `job["options"]` and write `job["output"]`; returns the facts.

    `silhouette` is the package of that name, under whatever name it was loaded. The file appears whole or not at all.
    """
    options = silhouette.Options(**job["options"])
    stages: Generator[tuple[float, str], None, Any] = silhouette.stages(Path(job["picture"]), options)
    result = yield from stages
    output = Path(job["output"])
    part = output.with_suffix(".part")
    part.write_bytes(result.glb)
    part.replace(output)
    return result.facts
