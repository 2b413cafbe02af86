# SPDX-License-Identifier: GPL-3.0-or-later
"""How operators end: our own errors become reports, a pop-up for users and a `RuntimeError` for scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bpy.types import Operator

from ..core.errors import Img3dError
from . import pump

__all__ = ["JOB", "reported"]

JOB: dict[str, Any] = {"name": "Job", "options": {"HIDDEN", "SKIP_SAVE"}}
"""What the property of an operator that names its job is made with."""


def reported(operator: Operator, run: Callable[[], None], *, job: str = "") -> set[Any]:
    """Run, and report an error of ours; the sidebar shows it with `job`, too, where one is named."""
    try:
        run()
    except Img3dError as error:
        if job:
            pump.errors[job] = str(error)
        operator.report({"ERROR"}, str(error))
        return {"CANCELLED"}
    return {"FINISHED"}
