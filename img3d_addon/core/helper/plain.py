# SPDX-License-Identifier: GPL-3.0-or-later
"""The program of a plain child: one request from standard input, progress and an answer on standard output. No bpy.

It is run by its path, with the folders of libraries, the libraries and the name of one of our modules as arguments. The
package may be installed under any name and itself wants Blender, so its parts are loaded under a name of their own.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["main"]

NAME = "img3d_plain"
_LESS = 5  # the window goes first
_ONE_THREAD: dict[str, str] = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main(folders: str, libraries: str, module: str) -> int:
    """Call `module.run(request)`; the last line on stdout has "result" or "error"."""
    if sys.platform != "win32":  # there it is the starter's business
        os.nice(_LESS)
    os.environ.update(_ONE_THREAD)  # the libraries look when they are loaded
    sys.path += folders.split(os.pathsep)
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()  # our own process, not Blender's
    package = sys.modules[NAME] = ModuleType(NAME)
    package.__path__ = [str(Path(__file__).parents[2])]
    for name in libraries.split(","):  # before it is ready: without them the parent does the work itself
        importlib.import_module(name)
    run = importlib.import_module(f"{NAME}.{module}").run
    errors = importlib.import_module(f"{NAME}.core.errors")
    _tell(ready=True)
    steps = run(request)
    try:
        while True:
            fraction, message = next(steps)
            _tell(fraction=fraction, message=message)
    except StopIteration as end:
        _tell(result=end.value)
    except errors.Img3dError as error:
        _tell(error={"kind": error.kind, "message": error.message, "advice": error.advice})
    return 0


def _tell(**values: Any) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    """Wait for the end of stdin: the parent has closed it, or is dead."""
    while os.read(0, 4096):  # not through sys.stdin, whose lock a normal end of Python would miss
        pass
    os._exit(3)


if __name__ == "__main__":
    status = 1
    try:
        status = main(*sys.argv[1:4])
    except Exception:  # the parent reads its last line
        traceback.print_exc()
    finally:
        os._exit(status)  # nothing is left to tidy, and numpy's own end takes its time
