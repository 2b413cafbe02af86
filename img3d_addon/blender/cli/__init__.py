# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: `main` reads the arguments, runs the command and returns the exit status."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence

from ...core.errors import BadInput, Img3dError, Stopped
from . import accounts, batch, generate, journal, merge
from .follow import Interrupted
from .output import Output
from .parser import parse
from .run import Run
from .signals import Interrupts
from .streams import own_output
from .surroundings import opened

__all__ = ["INTERRUPTED", "main"]

INTERRUPTED = 130
_PACKAGE = __name__.rsplit(".", 2)[0]
_log = logging.getLogger(__name__)
_COMMANDS = {
    "generate": generate.generate,
    "batch": batch.batch,
    "batch-merge": merge.merge,
    "estimate": generate.estimate,
    "jobs": journal.jobs,
    "resume": journal.resume,
    "cancel": journal.cancel,
    "providers": accounts.providers,
    "balance": accounts.balance,
}


def main(argv: Sequence[str], *, module: bool = False) -> int:
    """Run one command; `module`: without Blender's program and its preferences. Returns the exit status.

    Nothing is raised for what a user or a service can do wrong: it is one sentence on stderr.
    """
    prog = "python -m img3d_addon" if module else "blender --command img3d"
    try:
        args = parse(argv, prog)
    except SystemExit as done:  # after --help
        return int(done.code or 0)
    except BadInput as error:
        Output(sys.stdout, sys.stderr, as_json="--json" in argv).failed(error)
        return error.exit_status
    _set_log(verbose=args.verbose)
    with own_output(chatter=args.verbose) as out, Interrupts() as interrupts:
        return _run(args, Output(out, sys.stderr, as_json=args.json), interrupts, prog=prog, module=module)


def _run(args: argparse.Namespace, output: Output, interrupts: Interrupts, *, prog: str, module: bool) -> int:
    run = Run(output, interrupts)
    try:
        workers = batch.jobs_at_once(args) if args.command == "batch" else None
        with opened(module=module, online=args.online_mode, workers=workers) as engine:
            try:
                return _COMMANDS[args.command](args, engine, run)
            except Interrupted as stopped:
                engine.close()
                if stopped.job:
                    output.interrupted(engine.job(stopped.job), prog=prog)
                else:
                    advice = "Start it again with what is left."
                    output.failed(Stopped(f"Interrupted before {stopped.label}", advice=advice), label=stopped.label)
                run.finish()
                return INTERRUPTED
    except KeyboardInterrupt:  # the second Ctrl-C
        output.note(f"Interrupted. Jobs that had begun are kept; '{prog} resume' goes on with them.")
        return INTERRUPTED
    except Img3dError as error:
        output.failed(error)
        return error.exit_status
    except BrokenPipeError:  # the reader has gone: `jobs | head`
        return 0
    except Exception as error:
        _log.debug("nobody expected this", exc_info=True)
        what = f"Something went wrong inside img3d ({type(error).__name__}: {error})"
        output.failed(Img3dError(what, advice="Run it again with --verbose and report what it prints; jobs are kept."))
        return Img3dError.exit_status


def _set_log(*, verbose: bool) -> None:
    root = logging.getLogger(_PACKAGE)
    if verbose:
        handler: logging.Handler = logging.StreamHandler(os.fdopen(os.dup(2), "w", encoding="utf-8", buffering=1))
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        root.setLevel(logging.DEBUG)
    else:
        handler = logging.NullHandler()  # else Python prints warnings, which the job's own sentence repeats
    root.addHandler(handler)
