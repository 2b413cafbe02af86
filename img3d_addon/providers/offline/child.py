# SPDX-License-Identifier: GPL-3.0-or-later
"""The child process: reads one job from stdin, tells its progress on stdout, ends when stdin is closed. No bpy.

It is run by its path, with the folders of numpy and Pillow as arguments; the package may be installed under any name,
so the parts beside this file are loaded under names of their own.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import threading
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["main"]


def main() -> int:
    """Run one job; the lines on stdout are JSON objects, the last of them has "facts" or "refused"."""
    sys.path += sys.argv[1:]
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()  # our own process, not Blender's
    folder = Path(__file__).parent
    silhouette = _load("img3d_silhouette", folder / "silhouette" / "__init__.py")
    work = _load("img3d_silhouette_work", folder / "work.py")
    _tell(ready=True)
    steps = work.run(silhouette, job)
    try:
        while True:
            fraction, message = next(steps)
            _tell(fraction=fraction, message=message)
    except StopIteration as end:
        _tell(facts=end.value)
    except silhouette.NoObject as refused:
        _tell(refused=refused.message, advice=refused.advice)
    return 0


def _load(name: str, path: Path) -> ModuleType:
    folders = [str(path.parent)] if path.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=folders)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
        status = main()
    except Exception:  # the parent reads its last line
        traceback.print_exc()
    finally:
        os._exit(status)  # nothing is left to tidy, and numpy's own end takes its time
