# SPDX-License-Identifier: GPL-3.0-or-later
"""One job as plain values: what the child process and the fall-back in this process both run. No bpy."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from ...core.errors import BadInput

__all__ = ["run"]


def run(job: Mapping[str, Any]) -> Generator[tuple[float, str], None, dict[str, Any]]:
    """Reconstruct `job["picture"]` with `job["options"]` and write `job["output"]`; returns the facts.

    `BadInput` when the picture cannot become an object. The file appears whole or not at all.
    """
    from . import silhouette  # here, as it loads numpy and Pillow

    try:
        result = yield from silhouette.stages(Path(job["picture"]), silhouette.Options(**job["options"]))
    except silhouette.NoObject as refused:
        raise BadInput(refused.message, advice=refused.advice) from None
    output = Path(job["output"])
    part = output.with_suffix(".part")
    part.write_bytes(result.glb)
    part.replace(output)
    return result.facts
