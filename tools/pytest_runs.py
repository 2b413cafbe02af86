# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one layer of tests by pytest and judge it by pytest's own report, not by how the process ended."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .environment import Environment
from .talk import DIST, ROOT, say

_LIMIT = 1500.0  # seconds for one layer
_GRACE = 30.0  # seconds from the report to the end of the process: an old wheel may hang at exit


@dataclass(frozen=True)
class Outcome:
    """What a layer's report says; `trouble` is why it does not count as passed, empty when it does."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    trouble: str = ""

    def __str__(self) -> str:
        counts = f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
        return f"{counts}: {self.trouble}" if self.trouble else counts


def run(env: Environment, name: str, words: Sequence[str], *, more: Mapping[str, str]) -> Outcome:
    """Run pytest with `words` in a scratch user folder; `more` are further environment variables."""
    report = DIST / "test" / f"{name.replace(' ', '-')}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="img3d-test-", ignore_cleanup_errors=True) as scratch:
        command = [env.python, "-m", "pytest", f"--junitxml={report}", "-o", "junit_family=xunit1", *words]
        settings = {**clean_environ(os.environ), **user_folders(Path(scratch)), **more}
        status = _wait(subprocess.Popen(command, cwd=ROOT, env=settings), report)
    if status is None or status < 0 or status > 5:
        say(f"{name}: the process ended with {_ending(status)}; pytest's report counts")
    return judge(report, status)


def _wait(process: subprocess.Popen[bytes], report: Path) -> int | None:
    """Return the exit status, or None after ending a process that took too long."""
    begun = time.monotonic()
    end = begun + _LIMIT
    while (status := process.poll()) is None:
        time.sleep(0.1)
        if report.exists():
            end = min(end, time.monotonic() + _GRACE)
        if time.monotonic() > end:
            process.kill()
            process.wait()
            return None
    return status


def clean_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without keys and without this project's own settings: a test sets what it needs."""
    ours = ("IMG3D_", "BLENDER_USER_")
    secret = ("_API_KEY", "_API_SECRET", "_API_TOKEN")
    return {name: value for name, value in environ.items() if not (name.startswith(ours) or name.endswith(secret))}


def user_folders(scratch: Path) -> dict[str, str]:
    """Return the variables that keep a test away from the user's own jobs and Blender settings."""
    return {"IMG3D_HOME": str(scratch / "img3d"), "BLENDER_USER_RESOURCES": str(scratch / "blender")}


def judge(report: Path, status: int | None) -> Outcome:
    """Read a finished report. The wheels 4.2 and 4.5 may crash or hang after pytest's last line:
    that alone is no failure, a missing or empty report is; `status` is None when time ran out.
    """
    try:
        suites = list(ET.parse(report).getroot().iter("testsuite"))
    except (OSError, ET.ParseError):
        return Outcome(failed=1, trouble=f"no report, the process ended with {_ending(status)}")
    counts = {key: sum(int(s.get(key, 0)) for s in suites) for key in ("tests", "failures", "errors", "skipped")}
    failed = counts["failures"] + counts["errors"]
    passed = counts["tests"] - failed - counts["skipped"]
    trouble = ""
    if failed:
        trouble = "tests failed"
    elif passed == 0:
        trouble = "no test passed"
    elif status is not None and status in (1, 2, 3, 4):
        trouble = f"pytest itself ended with status {status}"
    return Outcome(passed, failed, counts["skipped"], trouble)


def _ending(status: int | None) -> str:
    return "the time limit" if status is None else f"status {status}"
