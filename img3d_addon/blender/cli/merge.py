# SPDX-License-Identifier: GPL-3.0-or-later
"""`batch-merge`: one summary of a batch that several machines, or several runs, have made in parts."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ...core.batch.merge import merge as merge_parts, ranges
from ...core.batch.outcome import FAILED, LEFT
from ...core.errors import BadInput, Img3dError
from .batch import closing
from .batch.report import of_row
from .run import Run
from .targets import writable

if TYPE_CHECKING:
    from ...core.jobs.engine import Engine

__all__ = ["merge"]


def merge(args: argparse.Namespace, engine: Engine, run: Run) -> int:
    """Put the summaries of the folders together; sends nothing and needs no key. 0 when every row is written."""
    if args.out is None and len(args.folders) > 1:
        raise BadInput("Several folders are merged into one", advice="Say with --out which one gets the summary.")
    out = (args.out or args.folders[0]).absolute()
    writable(out)
    merged = merge_parts([folder.absolute() for folder in args.folders], out)
    for found in merged.outcomes:
        if found.state in (*FAILED, *LEFT):
            message = found.error or "It is not done yet."
            run.output.emit("failed", found.job or None, kind=found.state, message=message, **of_row(found.row))
    if merged.missing:
        numbers = ranges(merged.missing)
        run.output.note(f"No part tells of the rows {numbers}: run them with --range, which counts from 0.")
    closing.summary(merged.outcomes, merged.files, run)
    done = all(found.state == "written" for found in merged.outcomes)
    return 0 if done and not merged.missing else Img3dError.exit_status
