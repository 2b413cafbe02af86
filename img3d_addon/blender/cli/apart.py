# SPDX-License-Identifier: GPL-3.0-or-later
"""Post-processing in a helper process where it might hang: Blender's remesher cannot be broken off from within."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...core.helper.helper import Helper, NoHelper
from .deliver import Written, export, request_of

if TYPE_CHECKING:
    from ...core.jobs.job import Job

__all__ = ["export_apart"]


def export_apart(job: Job, target: Path, after: Mapping[str, Any], *, watch: Callable[[float, str], None]) -> Written:
    """Do what `export` does, and end it when it takes too long or `watch` raises, which is called now and then.

    What cannot hang, and all where no helper can be started, is done in this process.
    """
    if not after.get("quad"):
        return export(job, target, after)
    from ..helper import starting

    if starting.refused():
        return export(job, target, after)
    helper = starting.helper()
    try:
        return _watched(helper, job, target, after, watch)
    except NoHelper as error:
        starting.remember_refusal(str(error))
        return export(job, target, after)


def _watched(
    helper: Helper, job: Job, target: Path, after: Mapping[str, Any], watch: Callable[[float, str], None]
) -> Written:
    from ..bringing import time_limit

    work = helper.submit(request_of(job, target, after), limit=time_limit(after))
    helper.wait(work, watch=lambda fraction, message: watch(fraction or 0.0, message))
    return Written(target, **work.result())
