# SPDX-License-Identifier: GPL-3.0-or-later
"""The program of the helper process: takes requests as JSON lines, one at a time, until nobody asks any more.

It is run by its path, in a Blender without a window or in a Python that has `bpy`; the package may be installed under
any name, so it is loaded under a name of its own.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import queue
import signal
import sys
import threading
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

__all__ = ["main"]

IDLE = 120.0  # seconds without a line after which it ends
CALM = 1.0  # seconds after an answer until it is emptied: the window's Blender takes the result over meanwhile
NAME = "img3d_helper"


def main(arguments: list[str]) -> int:
    """Serve until the end of standard input, or until it was silent for `IDLE` seconds."""
    out = _own_stdout()
    if "--lifeline" in arguments and os.name == "posix":
        _end_with(int(arguments[arguments.index("--lifeline") + 1]))
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()  # our own process, not the user's
    tasks = _load_package(Path(__file__).parents[2])
    tasks.own_process()
    _tell(out, {"ready": True})
    emptied = True
    while True:
        try:
            line = lines.get(timeout=IDLE if emptied else CALM)
        except queue.Empty:
            if emptied:
                return 0
            line = ""
        if not emptied:
            tasks.clear()
            emptied = True
        if line.strip():
            _serve(tasks, json.loads(line), out)
            emptied = False


def _serve(tasks: ModuleType, request: dict[str, Any], out: TextIO) -> None:
    try:
        steps = tasks.run(request)
        while True:
            fraction, message = next(steps)
            _tell(out, {"fraction": fraction, "message": message})
    except StopIteration as end:
        _tell(out, {"result": end.value})
    except Exception as error:  # it is told, and the next request may do well
        traceback.print_exc()
        _tell(out, {"error": tasks.told(error)})


def _own_stdout() -> TextIO:
    """Keep standard output for answers: what Blender prints, from C too, goes to standard error from now on."""
    own = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(own, "w", encoding="utf-8", newline="\n")


def _tell(out: TextIO, message: dict[str, Any]) -> None:
    out.write(json.dumps(message) + "\n")
    out.flush()


def _read(lines: queue.SimpleQueue[str]) -> None:
    """Pass lines on; the end of standard input is the end of the parent."""
    for line in sys.stdin:
        lines.put(line)
    os._exit(3)


def _end_with(pipe: int) -> None:
    """End when `pipe` does, even while Blender's own code holds Python's lock: the system calls `_exit` itself."""
    import fcntl

    libc: Any = ctypes.CDLL(None)
    libc.signal.argtypes = [ctypes.c_int, ctypes.c_void_p]
    libc.signal(int(signal.SIGIO), ctypes.cast(libc._exit, ctypes.c_void_p))
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC | os.O_NONBLOCK)
    try:
        if os.read(pipe, 1) == b"":  # it died before we listened
            os._exit(3)
    except BlockingIOError:
        pass


def _load_package(folder: Path) -> ModuleType:
    init = folder / "__init__.py"
    spec = importlib.util.spec_from_file_location(NAME, init, submodule_search_locations=[str(folder)])
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder} cannot be loaded")
    module = sys.modules[NAME] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return importlib.import_module(f"{NAME}.blender.helper.tasks")


if __name__ == "__main__":
    status = 1
    try:
        status = main(sys.argv)
    except Exception:  # the parent reads its last line
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)  # some versions of Blender hang or crash at their own end
