# SPDX-License-Identifier: GPL-3.0-or-later
"""The windowed layer: a real Blender from a newer Debian, the built zip installed in it, driven by tests/window."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import package
from .environment import Environment
from .pytest_runs import Outcome
from .talk import DIST, ROOT, Stop, say

SCRIPTS = ROOT / "tests" / "window" / "blender"
_LIMIT = 600  # seconds for one script in Blender


def cannot_run() -> str:
    """Return why the layer cannot run on this machine, or an empty text."""
    if platform.system() != "Linux" or not shutil.which("apt-get"):
        return "needs Debian: it builds its Blender from Debian's packages"
    if platform.machine() not in ("x86_64", "AMD64"):
        return f"needs x86-64, this machine is {platform.machine()}"
    if os.geteuid() != 0:
        return "needs root, to build and enter a folder with another Debian"
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        return "needs the right to mount (a container without it cannot)"
    return ""


def run(env: Environment, suite: str, *, only: Sequence[str] = ()) -> Outcome:
    """Install the zip in a clean profile of the suite's Blender and run the scripts of tests/window in it.

    `only` are names without "drive_", none for all of them. Screenshots and logs stay in dist/window/<suite>/<script>.
    """
    root = prepare(suite)
    archive = package.build(env, "linux-x64")
    home = ROOT / "tests" / "window"
    scripts = [home / f"drive_{name}.py" for name in only] or sorted(home.glob("drive_*.py"))
    shutil.rmtree(DIST / "window" / suite, ignore_errors=True)
    folder = DIST / "window" / suite
    failed = [script.stem for script in scripts if not drive(root, script, archive, out=folder / script.stem)]
    trouble = f"failed: {', '.join(failed)}" if failed else "" if scripts else "there is no script to run"
    return Outcome(len(scripts) - len(failed), len(failed) if scripts else 1, 0, trouble)


def prepare(suite: str) -> Path:
    """Build the suite's Blender, or reuse it; it is kept outside the repository for the next clone."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "img3d-build"
    root = base / f"blender-{suite}"
    if subprocess.run(["bash", str(SCRIPTS / "setup.sh"), str(root), suite], check=False).returncode:
        raise Stop(f"the Blender of Debian {suite} could not be built; its last lines above say why")
    return root


def drive(root: Path, script: Path, archive: Path, *, out: Path, size: str = "1280x800") -> bool:
    """Run one script in a fresh profile, its pictures and logs in `out`; True when Blender ended with status 0."""
    out.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="img3d-window-") as home:
        common = ["--home", home, "--bind-ro", str(ROOT), "--out", str(out), "--no-net", "--timeout", str(_LIMIT)]
        install = f"blender --command extension install-file -r user_default -e '{archive}'"
        if _run(root, [*common, "--headless", "--sh"], ["bash", "-c", install], out / "install.log"):
            say(f"Blender did not install {archive.name}, see {out / 'install.log'}")
            return False
        say(f"\n== {root.name}: {script.name}")
        status = _run(root, [*common, "--size", size], _words(script), out / "blender.log")
    if status:
        print((out / "blender.log").read_text(encoding="utf-8", errors="replace")[-6000:])
        say(f"{root.name}: {script.name} ended with status {status}; screenshots are in {out}")
    return status == 0


def _words(script: Path) -> list[str]:
    """Return Blender's arguments; a script whose first lines name `--enable-event-simulate` gets it."""
    simulate = "--enable-event-simulate" in script.read_text(encoding="utf-8")[:2000]
    return [*(["--enable-event-simulate"] if simulate else []), "--python-exit-code", "9", "--python", str(script)]


def _run(root: Path, options: list[str], words: list[str], log: Path) -> int:
    command = ["bash", str(SCRIPTS / "run.sh"), *options, str(root), "--", *words]
    with log.open("w", encoding="utf-8") as file:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, check=False
        ).returncode
