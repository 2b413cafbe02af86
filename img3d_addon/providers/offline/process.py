# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the generator in a child process, so that it neither holds Blender's GIL nor outlives a cancel. No bpy."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from ...core.helper.process import last_line
from ...core.helper.python import Ended, asked
from . import work

__all__ = ["Broken", "generate"]

_MODULE = "providers.offline.work"
_ADVICE = "Try a smaller texture size; if that does not help, look into the log."

Steps = Generator[tuple[float, str] | None, None, dict[str, Any]]


class Broken(Exception):  # noqa: N818 - names the state of the generator
    """The generator came to an unexpected end."""

    advice = _ADVICE


def generate(job: Mapping[str, Any]) -> Steps:
    """Run `job` (see `work.run`) and return its facts; yields (fraction, stage), or None every 0.1 s of silence.

    `BadInput` when the picture cannot become an object. Closing this generator kills the child. Where no child can be
    started, the work is done in this process.
    """
    facts = yield from _in_a_child(job)
    if facts is not None:
        return facts
    return (yield from _in_this_process(job))


def _in_a_child(job: Mapping[str, Any]) -> Generator[tuple[float, str] | None, None, dict[str, Any] | None]:
    steps = asked(_MODULE, job, libraries=("numpy", "PIL.Image"))
    try:
        while True:
            news = next(steps)
            yield (news["fraction"], news["message"]) if news else None
    except StopIteration as end:
        return end.value
    except Ended as end:
        said = last_line(end.words)
        raise Broken(f"The offline generator ended with status {end.status}: {said}") from None
    finally:
        steps.close()
        with contextlib.suppress(OSError):  # a killed child cannot do it
            Path(job["output"]).with_suffix(".part").unlink()


def _in_this_process(job: Mapping[str, Any]) -> Steps:
    try:
        return (yield from work.run(job))
    except MemoryError:
        raise Broken("The offline generator needs more memory than there is") from None
    except OSError as error:
        raise Broken(f"The offline generator could not read or write a file: {error}") from None
