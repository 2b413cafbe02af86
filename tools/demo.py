# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py demo`: an example picture becomes a quad model, by the same command line that a user has."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from . import pytest_runs, pythons
from .environment import Environment, ensure
from .talk import DIST, ROOT, Stop, say

EXAMPLE = ROOT / "examples" / "mushroom.png"
FACES = 4000
_STEPS = 5


def main(args: argparse.Namespace) -> int:
    """Make the model, the Blender file and the preview in dist/demo, and print where they are."""
    begun = time.monotonic()
    picture = Path(args.image).resolve() if args.image else EXAMPLE
    if not picture.is_file():
        raise Stop(f"There is no picture {picture}.", 2)
    blender = pythons.default_blender()
    _step(1, f"Blender {blender} as a Python module")
    env = ensure(blender)
    out = DIST / "demo"
    out.mkdir(parents=True, exist_ok=True)
    files = [out / f"{picture.stem}.{kind}" for kind in ("glb", "blend", "png")]
    for number, file in enumerate(files[:2], start=2):
        file.unlink(missing_ok=True)
        _step(number, f"{_short(picture)} -> offline provider -> quads with texture -> {_short(file)}")
        _child(env, ["-P", "-m", "img3d_addon", *generate(picture, file)])
    _step(4, f"{_short(files[1])} -> {_short(files[2])} (rendered with Cycles)")
    _child(env, [str(ROOT / "tools" / "preview.py"), str(files[1]), str(files[2])], quiet=True)
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise Stop(f"The demo ended without {', '.join(missing)}.")
    _step(5, f"done in {time.monotonic() - begun:.0f} s")
    print("\n".join(str(file) for file in files), flush=True)
    return 0


def generate(picture: Path, file: Path) -> list[str]:
    """Return the words of the command line that makes the model."""
    return ["generate", str(picture), "--provider", "offline", "--quad", str(FACES), "--out", str(file)]


def _step(number: int, text: str) -> None:
    say(f"[{number}/{_STEPS}] {text}")


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _child(env: Environment, words: list[str], *, quiet: bool = False) -> None:
    """Run Python in the environment, with a library of its own so that the user's jobs are left alone."""
    settings = {**pytest_runs.clean_environ(os.environ), **pytest_runs.user_folders(DIST / "demo" / ".user")}
    command = [str(env.python), *words]
    done = subprocess.run(
        command, env=settings, stdin=subprocess.DEVNULL, check=False,
        stdout=subprocess.PIPE if quiet else sys.stderr, stderr=subprocess.STDOUT if quiet else None,
        text=True, errors="replace",
    )  # fmt: skip
    if done.returncode:
        last = "\n".join((done.stdout or "").strip().splitlines()[-12:])
        raise Stop(f"'{' '.join(words[:5])} ...' ended with status {done.returncode}. {last}".strip())
