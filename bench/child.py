# SPDX-License-Identifier: GPL-3.0-or-later
"""One sample in a process of its own: fresh memory, nothing imported yet, and no shutdown of Blender at its end."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["CACHE", "ROOT", "ask", "surroundings"]

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / "dist" / "bench"
MARK = "bench-answer "  # Blender writes to standard output, too
LIMIT = 1200.0  # seconds for one sample


def ask(function: str, **arguments: Any) -> Any:
    """Call `module.function` of this package in a new process and return its answer; all must be fit for JSON."""
    with tempfile.TemporaryDirectory(prefix="img3d-bench-") as folder:
        command = [sys.executable, "-m", "bench.child", function, json.dumps({**arguments, "folder": folder})]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=surroundings(Path(folder)),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT,
            check=False,
        )
    answers = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if done.returncode or not answers:
        raise SystemExit(f"bench: {function} failed ({done.returncode}):\n{(done.stderr or done.stdout)[-3000:]}")
    return json.loads(answers[-1][len(MARK) :])


def surroundings(folder: Path) -> dict[str, str]:
    """Return an environment without the user's settings, keys, services and proxies; compiled modules are kept."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not (name.startswith("IMG3D_") or name.lower().endswith("_proxy") or name == "PYTHONDONTWRITEBYTECODE")
    }
    return {
        **ours,
        "IMG3D_HOME": str(folder / "home"),
        "BLENDER_USER_RESOURCES": str(folder / "blender"),
        "PYTHONPYCACHEPREFIX": str(CACHE / "compiled"),
    }


def main(words: list[str]) -> None:
    """Call the function and end at once: Blender's module may crash or hang in its own shutdown."""
    module, _, function = words[0].rpartition(".")
    answer = getattr(importlib.import_module(f"bench.{module}"), function)(**json.loads(words[1]))
    sys.stdout.write(f"\n{MARK}{json.dumps(answer)}\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
