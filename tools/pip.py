# SPDX-License-Identifier: GPL-3.0-or-later
"""Run pip with signs of life on the way and one clear sentence at the end."""

from __future__ import annotations

import queue
import subprocess
import threading
import time
from pathlib import Path

from .talk import Stop, say

_SHOWN = ("Downloading ", "Installing collected")
_QUIET = 20.0  # seconds without a line, after which we say that it still goes on


def install(python: Path, packages: list[str]) -> None:
    """Install `packages` into the environment of `python`; ready-made wheels only, nothing is compiled."""
    _run([str(python), "-m", "pip", "install", "--only-binary=:all:", *packages], what=", ".join(packages))


def download(python: Path, arguments: list[str], *, what: str = "") -> None:
    """Run `pip download` with the given arguments; `what` names the thing where the last of them does not."""
    _run([str(python), "-m", "pip", "download", *arguments], what=what or arguments[-1])


def _run(command: list[str], *, what: str) -> None:
    command = [*command, "--no-input", "--disable-pip-version-check", "--progress-bar=off"]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, encoding="utf-8", errors="replace",
    ) as process:  # fmt: skip
        lines = _follow(process)
    if process.returncode:
        raise Stop(explain(lines, what))


def _follow(process: subprocess.Popen[str]) -> list[str]:
    """Return all lines that the process prints; show the telling ones, and the time when none comes."""
    arrived: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in process.stdout or ():
            arrived.put(line.rstrip())
        arrived.put(None)

    reader = threading.Thread(target=read)
    reader.start()
    lines: list[str] = []
    begun = time.monotonic()
    while True:
        try:
            line = arrived.get(timeout=_QUIET)
        except queue.Empty:
            say(f"  ... still at work ({time.monotonic() - begun:.0f} s)")
            continue
        if line is None:
            break
        lines.append(line)
        if line.strip().startswith(_SHOWN):
            say(f"  {line.strip()[:110]}")
    reader.join()
    return lines


def explain(lines: list[str], what: str) -> str:
    """Turn pip's lines into one sentence on what went wrong, with pip's own last lines below it."""
    text = "\n".join(lines).lower()
    reasons = {
        "no space left": "the disk is full. Free about 2 GB and run the same command again",
        "certificate": "the certificate of the package index was not accepted. Set PIP_CERT to your certificates' file",
        "proxy": "the proxy did not let it through. Check HTTPS_PROXY, or set PIP_PROXY",
        "newconnectionerror": "the package index could not be reached. Check the network, or set HTTPS_PROXY",
        "connection": "the connection to the package index failed. Check the network, or set HTTPS_PROXY",
        "do not match the hashes": "the package index has another file of that name than the one that was pinned",
        "no matching distribution": "the package index has none that fits this system and this Python",
    }
    reason = next((words for sign, words in reasons.items() if sign in text), "see its last lines")
    if "bpy" in what and reason == reasons["no matching distribution"]:
        reason += ". Blender's module exists for Windows, macOS and Linux with glibc 2.28 or newer"
    told = [line[:180] for line in lines if line.strip() and "is ignored: it is neither" not in line]
    last = list({line[:25]: line for line in told[-12:]}.values())[-6:]  # the same words again and again say it once
    return f"pip could not install {what}: {reason}.\n" + "\n".join(f"  pip: {line}" for line in last)
